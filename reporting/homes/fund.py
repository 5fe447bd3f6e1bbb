"""What waits for a person in the fund: derived from the rows, oldest deadline first."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import chain
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.core import clock, formats
from alliance.core.display import Task
from alliance.people.models import PARTNER_ROLES
from funds import permissions
from funds.contributions.agreements import received_in_own_currency_of, standings_of
from funds.contributions.matching import first_unpaid
from funds.ledger.refunds_in_transit import late_after, refunds_in_transit
from funds.models import Agreement, Donor, Instalment, Payment, PaymentState, Pledge, PledgeState, Voucher, VoucherKind

MOST = 50
STEPS_AHEAD = timedelta(days=7)


def waiting_for(user: Any) -> list[Task]:
    """Return the tasks that this person can do, oldest deadline first, those without one after them."""
    tasks = chain(
        _next_steps(user),
        _pledges(user),
        _instalments(user),
        _payments(user),
        _vouchers(user),
        _refunds(user),
        _receipts(user),
    )
    return sorted(tasks, key=lambda task: (task.due is None, task.due or date.max, task.reference))


def _next_steps(user: Any) -> Iterator[Task]:
    """Steps with donors that this person takes, due within a week or overdue."""
    if not permissions.may_register_donor(user):
        return
    today = clock.today()
    rows = Donor.objects.visible_to(user).filter(owner=user).with_step_due(today + STEPS_AHEAD).for_list()
    for donor in rows[:MOST]:
        yield Task(
            _("Take the next step with a donor"), donor.get_absolute_url(), donor.next_step_on, donor.next_step,
            donor.name, late=donor.next_step_on is not None and donor.next_step_on < today,
        )  # fmt: skip


def _pledges(user: Any) -> Iterator[Task]:
    """Pledges to acknowledge, and acknowledged ones on which an agreement is to be recorded."""
    rows, found = Pledge.objects.visible_to(user).for_task(), []
    if permissions.may_acknowledge_pledge(user):
        found.append(rows.awaiting_acknowledgement()[:MOST])
    if permissions.may_record_money(user):
        found.append(rows.without_agreement()[:MOST])
    for pledge in _all_of(found):
        is_new = pledge.state == PledgeState.PLEDGED
        label = _("Acknowledge a pledge") if is_new else _("Record the agreement on a pledge")
        yield Task(label, pledge.get_absolute_url(), None, _worth(pledge), pledge.reference)


def _all_of(rows: list[Any]) -> Any:
    """Return the rows of several lists, read in one go."""
    return rows[0].union(*rows[1:], all=True) if rows else ()


def _instalments(user: Any) -> Iterator[Task]:
    """Instalments due within a month or overdue, for which not enough has come in."""
    if not permissions.may_record_money(user):
        return
    today = clock.today()
    rows = Agreement.objects.visible_to(user).running().for_task().prefetch_related("deposits", "instalments")
    expected = [(due.due_on, agreement.pk, due, agreement) for agreement in rows if (due := next_due(agreement))]
    for due_on, _pk, due, agreement in sorted(expected)[:MOST]:
        if (due_on - today).days <= 31:
            detail = f"{agreement.donor.name}, {formats.money(due.amount, agreement.currency)}"
            yield Task(
                _("Expect an instalment"), agreement.get_absolute_url(), due_on, detail, agreement.reference,
                late=due_on < today,
            )  # fmt: skip


def next_due(agreement: Agreement) -> Instalment | None:
    """Return the first instalment that what came in does not cover."""
    if received_in_own_currency_of(agreement) is None:
        return None
    unpaid = first_unpaid(standings_of(agreement))
    return unpaid.instalment if unpaid else None


def _payments(user: Any) -> Iterator[Task]:
    rows, found = Payment.objects.visible_to(user).for_task(), []
    if permissions.may_authorise(user):
        found.append(rows.awaiting_authorisation(user)[:MOST])
    if permissions.may_record_money(user):
        found.append(rows.awaiting_payment()[:MOST])
    for payment in _all_of(found):
        is_prepared = payment.state == PaymentState.PREPARED
        yield _task(_("Authorise a payment") if is_prepared else _("Pay, and record it"), payment)


def _vouchers(user: Any) -> Iterator[Task]:
    if not permissions.may_authorise(user):
        return
    for voucher in Voucher.objects.visible_to(user).awaiting_authorisation(user).for_task()[:MOST]:
        detail = f"{voucher.get_kind_display()}, {formats.money(voucher.amount)}"
        yield Task(_("Authorise a voucher"), voucher.get_absolute_url(), None, detail, voucher.reference)


def _refunds(user: Any) -> Iterator[Task]:
    """Refunds that partners have sent, to be looked for on the bank's statement; late after a set number of days."""
    if not permissions.may_record_money(user):
        return
    for transit in refunds_in_transit()[:MOST]:
        form = reverse("funds:voucher_kind", args=[VoucherKind.REFUND_RECEIVED])
        address = f"{form}?{urlencode({'partner': transit.account.subject})}"
        age = ngettext("%(days)s day in transit", "%(days)s days in transit", transit.days) % {"days": transit.days}
        detail = f"{transit.organisation}, {formats.money(transit.amount)}, {age}"
        due = transit.since + timedelta(days=late_after())
        yield Task(_("Expect a refund"), address, due, detail, transit.project, late=transit.is_late)


def _receipts(user: Any) -> Iterator[Task]:
    if user.has_role(*PARTNER_ROLES):
        for payment in Payment.objects.visible_to(user).filter(state=PaymentState.PAID).for_task()[:MOST]:
            if permissions.may_confirm_receipt(user, payment.payee_id):
                yield _task(_("Confirm that a payment arrived"), payment)


def _task(label: str, payment: Payment) -> Task:
    detail = f"{payment.payee.name}, {formats.money(payment.amount)}"
    return Task(label, payment.get_absolute_url(), None, detail, payment.reference)


def _worth(pledge: Pledge) -> str:
    amount = (
        formats.money(pledge.amount_usd) if pledge.amount is None else formats.money(pledge.amount, pledge.currency)
    )
    return f"{pledge.donor.name}, {amount}"
