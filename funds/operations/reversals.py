"""What a reversal takes back: of a deposit the fee too, and what stood completed or paid by it; of a payment, the payment.

For `reverse`, which owns the act. The rule is ours: a deposit is corrected whole, so that books and papers never disagree.
"""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import Refused
from alliance.core.states import advance, can
from alliance.people.models import User
from alliance.register import Draft, record
from funds.contributions.positions import received_in_own_currency
from funds.ledger.chart import GIVEN
from funds.models import AccountKind, Agreement, Deposit, Payment, Pledge, Posting
from funds.operations.agreements import agreement_facts, lock_agreement
from funds.operations.pledges import lock_pledge, pledge_facts


def deposit_of(posting: Posting) -> Deposit | None:
    """Return the deposit that a posting is of, if it is of one."""
    return Deposit.ever.filter(entry_id=posting.entry_id).first()


def held_deposit(posting: Posting) -> Deposit | None:
    """Return the deposit that a posting is of, with its agreement or pledge locked as when it was recorded."""
    deposit = deposit_of(posting)
    if deposit is None:
        return None
    if deposit.agreement_id:
        lock_agreement(deposit.agreement_id)
    elif deposit.pledge_id:
        lock_pledge(deposit.pledge_id)
    return (
        Deposit.ever.select_for_update(of=("self",), no_key=True)
        .select_related("donor__organisation")
        .get(pk=deposit.pk)
    )


def held_payment(posting: Posting) -> Payment | None:
    """Return the payment that a posting is of, locked."""
    rows = Payment.objects.select_for_update(of=("self",), no_key=True).select_related("payee")
    return rows.filter(entry_id=posting.entry_id).first()


def with_its_fee(posting: Posting, on: date) -> Sequence[Posting]:
    """Return what is reversed with a posting: of a deposit's money its fee, if there is one; else the posting alone.

    Raises Refused for the fee alone, for a payment that its payee has confirmed, and for a day before the posting's.
    """
    if on < posting.effective_on:
        raise Refused(_("A posting is corrected on its own day, or later."), field="on")
    payment = Payment.objects.filter(entry_id=posting.entry_id).first()
    if payment is not None and not can(payment, "reverse"):
        raise Refused(_("The payee has confirmed this payment: what it gives back is a refund."), field="posting")
    if deposit_of(posting) is None:
        return [posting]
    if posting.credit.kind not in GIVEN:
        raise Refused(_("A fee is corrected with its deposit: name the posting of the money."), field="posting")
    fees = Posting.objects.filter(entry_id=posting.entry_id, debit__kind=AccountKind.FEE, reversed_by=None)
    return [posting, *fees.select_related("debit", "credit")]


def take_back(by: User, deposit: Deposit, on: date, entry: Draft) -> None:
    """Write that a locked deposit stands no longer from a day on, and open again what rested on it."""
    deposit.reversed_on = on
    deposit.save(update_fields=["reversed_on"])
    entry.facts.update(deposit=deposit.reference, donor=deposit.donor.organisation.slug)
    entry.rows.append(deposit)
    if deposit.agreement_id:
        _reopen_agreement(by, lock_agreement(deposit.agreement_id))
    if deposit.pledge_id:
        _reopen_pledge(by, lock_pledge(deposit.pledge_id))


def bring_back(payment: Payment, entry: Draft) -> None:
    """Write that a locked payment is not made any more: what it was for can be prepared anew."""
    advance(payment, "reverse")
    payment.save(update_fields=["state"])
    entry.facts.update(payment=payment.reference, payee=payment.payee.slug)
    entry.rows.append(payment)


def _is_paid(promise: Agreement | Pledge) -> bool:
    """Say whether the deposits that still stand pay a promise, in its own currency."""
    received = received_in_own_currency(promise, promise.deposits.all())
    return received is not None and promise.amount is not None and received >= promise.amount


def _reopen_agreement(by: User, agreement: Agreement) -> None:
    if not can(agreement, "reopen") or _is_paid(agreement):
        return
    advance(agreement, "reopen")
    agreement.completed_on = None
    agreement.save(update_fields=["state", "completed_on"])
    record("agreement.reopened/1", by=by, rows=[agreement], facts=agreement_facts(agreement), public=True)


def _reopen_pledge(by: User, pledge: Pledge) -> None:
    """Open a pledge that was paid, or the rest of which was written off; that rest is owed again as well."""
    was_written_off = can(pledge, "reopen")
    if not (was_written_off or pledge.is_settled) or _is_paid(pledge):
        return
    if was_written_off:
        advance(pledge, "reopen")
        pledge.written_off_on = pledge.written_off_usd = None
    pledge.settled_on = None
    pledge.save(update_fields=["state", "settled_on", "written_off_on", "written_off_usd"])
    record("pledge.reopened/1", by=by, rows=[pledge], facts=pledge_facts(pledge), public=True)
