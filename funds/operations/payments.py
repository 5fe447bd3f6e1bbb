"""Payments: prepared by one person, authorised by another, paid and posted, confirmed by who received it (D3)."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from alliance.access import require
from alliance.core import clock
from alliance.core.errors import Refused
from alliance.core.references import next_reference
from alliance.core.states import advance
from alliance.people.four_eyes import require_another
from alliance.people.models import Organisation, User
from alliance.register import operation, record
from funds import permissions
from funds.ledger.posting import Line, post
from funds.models import Account, AccountKind, Act, Fund, Payment
from funds.operations.backdating import require_held_then
from funds.operations.valuation import FUND_CURRENCY, check_not_future, worth_only


@operation
def prepare_payment(
    *, by: User, payee: Organisation, purpose: str, amount: Decimal, debit: Account, credit: Account
) -> Payment:
    """Prepare a payment from a project's money to its partner, in the fund's currency. It waits for another person.

    Nothing is posted and nothing is set aside; the money must be there when it is paid. Payee, amount and accounts
    stay as they are from now on: the database refuses to change them.
    """
    require(permissions.may_record_money(by), _("Finance officers prepare payments."))
    Fund.objects.held().require(Act.PAY)
    amount = worth_only(amount, FUND_CURRENCY, clock.today()).amount_usd
    if AccountKind.POOL in (debit.kind, credit.kind):
        raise Refused(_("Money leaves a pool by an allocation, never by a payment."))
    if (debit.kind, credit.kind) != (AccountKind.PARTNER, AccountKind.PROJECT) or debit.subject != (
        f"{credit.subject}:{payee.slug}"
    ):
        raise Refused(_("A payment goes from a project's money to the account of whom it is paid to."))
    payment = Payment.objects.create(
        reference=next_reference("PAY"),
        payee=payee,
        purpose=purpose,
        amount=amount,
        debit=debit,
        credit=credit,
        prepared_by=by,
        prepared_at=clock.now(),
    )
    record("payment.prepared/1", by=by, rows=[payment], facts=_facts(payment))
    return payment


@operation
def authorise_payment(*, by: User, payment: Payment) -> Payment:
    """Authorise a prepared payment. Raises NotAllowed for whoever prepared it."""
    require(permissions.may_authorise(by), _("A finance officer or the head authorises payments."))
    payment = _locked(payment)
    require_another(by, payment.prepared_by_id)
    advance(payment, "authorise")
    payment.authorised_by, payment.authorised_at = by, clock.now()
    payment.save(update_fields=["state", "authorised_by", "authorised_at"])
    record("payment.authorised/1", by=by, rows=[payment], facts=_facts(payment))
    return payment


@operation
def pay_payment(*, by: User, payment: Payment, on: date, bank_reference: str = "") -> Payment:
    """Record that an authorised payment was made on a day, and post it.

    Raises InsufficientFunds when the account paid from does not hold the amount; Refused for a date in the future,
    before the authorisation, or in no open period.
    """
    require(permissions.may_record_money(by), _("Finance officers record that a payment was made."))
    Fund.objects.held().require(Act.PAY)
    payment = _locked(payment)
    check_not_future(on, "on")
    advance(payment, "pay")
    if payment.authorised_at and on < payment.authorised_at.date():
        raise Refused(_("This is before the payment was authorised."), field="on")
    draft = record("payment.paid/1", by=by, rows=[payment], facts=_facts(payment), public=True)
    payment.paid_by, payment.paid_on, payment.bank_reference, payment.entry_id = (
        by,
        on,
        bank_reference.strip(),
        draft.id,
    )
    payment.save(update_fields=["state", "paid_by", "paid_on", "bank_reference", "entry"])
    require_held_then(post([Line(payment.debit, payment.credit, payment.amount, on)], entry=draft))
    return payment


@operation
def acknowledge_payment(*, by: User, payment: Payment) -> Payment:
    """Confirm, for the organisation that was paid, that the money arrived."""
    require(
        permissions.may_confirm_receipt(by, payment.payee_id),
        _("Only the organisation that was paid confirms a receipt."),
    )
    payment = _locked(payment)
    advance(payment, "acknowledge")
    payment.acknowledged_by, payment.acknowledged_at = by, clock.now()
    payment.save(update_fields=["state", "acknowledged_by", "acknowledged_at"])
    record("payment.acknowledged/1", by=by, rows=[payment], facts=_facts(payment))
    return payment


@operation
def cancel_payment(*, by: User, payment: Payment, why: str) -> Payment:
    """Cancel a payment that was not made yet, with the reason."""
    require(permissions.may_authorise(by), _("A finance officer or the head cancels a payment."))
    payment = _locked(payment)
    if not why.strip():
        raise Refused(_("Say why the payment is cancelled."), field="why")
    advance(payment, "cancel")
    payment.cancelled_by, payment.cancelled_at, payment.cancelled_why = by, clock.now(), why.strip()
    payment.save(update_fields=["state", "cancelled_by", "cancelled_at", "cancelled_why"])
    record("payment.cancelled/1", by=by, rows=[payment], facts=_facts(payment))
    return payment


def _locked(payment: Payment) -> Payment:
    rows = Payment.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("payee", "debit", "credit").get(pk=payment.pk)


def _facts(payment: Payment) -> dict[str, object]:
    return {
        "payment": payment.reference,
        "payee": payment.payee.slug,
        "debit": payment.debit.code,
        "credit": payment.credit.code,
        "amount": payment.amount,
    }
