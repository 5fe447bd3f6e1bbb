"""Pledges: promised, acknowledged, paid, cancelled, written off. None of it is money."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from alliance.access import require
from alliance.core import clock, formats
from alliance.core.errors import OutOfState, Refused
from alliance.core.references import next_reference
from alliance.core.states import advance, can
from alliance.people.models import User
from alliance.register import operation, record
from funds import permissions
from funds.contributions.positions import position
from funds.models import Act, Donor, Fund, Pledge, PledgeState, Window, WindowStatus
from funds.operations.diligence import require_cleared, require_not_barred
from funds.operations.donors import carry_donor_on
from funds.operations.valuation import Value, check_not_future, valued


@operation
def record_pledge(
    *,
    by: User,
    donor: Donor,
    amount: Decimal,
    currency: str,
    window: Window | None = None,
    pledged_on: date | None = None,
    conditions: str = "",
    event: str = "",
) -> Pledge:
    """Note a donor's promise, in its own currency, to a window or unearmarked. It raises no balance (R56).

    The dollar worth is indicative, at the rate of the day. Possible from the day the fund is proposed (R103).
    Raises Refused for an amount, currency, date or window that cannot be; NotAllowed for another donor's people.
    """
    require(permissions.may_pledge(by, donor.organisation_id), _("Only a donor's own contributors pledge for it."))
    Fund.objects.held().require(Act.PLEDGE)
    day = pledged_on or clock.today()
    check_not_future(day, "pledged_on")
    check_window(window)
    require_not_barred(donor)
    return write_pledge(
        by=by,
        donor=donor,
        window=window,
        value=valued(amount, currency, day),
        pledged_on=day,
        conditions=conditions,
        event=event,
    )


def write_pledge(
    *,
    by: User | None,
    donor: Donor,
    window: Window | None,
    value: Value,
    pledged_on: date,
    conditions: str = "",
    event: str = "",
) -> Pledge:
    """Write a pledge and its register entry, for an operation that has checked who and when."""
    pledge = Pledge.objects.create(
        reference=next_reference("PLG"),
        donor=donor,
        window=window,
        pledged_on=pledged_on,
        conditions=conditions.strip(),
        event=event.strip(),
        noted_by=by,
        noted_at=clock.now(),
        **value.columns(),
    )
    record("pledge.recorded/1", by=by, rows=[pledge], facts=pledge_facts(pledge))
    carry_donor_on(by, donor, "pledge")
    return pledge


@operation
def acknowledge_pledge(*, by: User | None, pledge: Pledge) -> Pledge:
    """Acknowledge a pledge for the secretariat; from now on it is public.

    A private entity's only with due diligence that is valid and acceptable; an import (`by=None`) brings in what its
    source had made public already.
    """
    require(by is None or permissions.may_acknowledge_pledge(by), _("The secretariat acknowledges pledges."))
    pledge = _locked(pledge)
    if by is not None:
        require_cleared(pledge.donor)
    advance(pledge, "acknowledge")
    pledge.acknowledged_at, pledge.acknowledged_by = clock.now(), by
    pledge.save(update_fields=["state", "acknowledged_at", "acknowledged_by"])
    record("pledge.acknowledged/1", by=by, rows=[pledge], facts=pledge_facts(pledge), public=True)
    return pledge


@operation
def cancel_pledge(*, by: User, pledge: Pledge, why: str) -> Pledge:
    """Withdraw a pledge, with the reason. Not once an agreement was signed or money came in under it."""
    require(
        permissions.may_cancel_pledge(by, pledge.donor.organisation_id),
        _("A pledge is withdrawn by its donor's signatory or by the secretariat."),
    )
    pledge = _locked(pledge)
    if not why.strip():
        raise Refused(_("Say why the pledge is cancelled."), field="why")
    if pledge.agreements.exclude(state="cancelled").exists() or pledge.deposits.exists():
        raise OutOfState(_("An agreement or a deposit stands on this pledge: it can no longer be cancelled."))
    withdraw(by, pledge, why.strip())
    return pledge


def withdraw(by: User | None, pledge: Pledge, why: str) -> None:
    """Write that a locked pledge is withdrawn."""
    advance(pledge, "cancel")
    pledge.cancelled_at, pledge.cancelled_why = clock.now(), why
    pledge.save(update_fields=["state", "cancelled_at", "cancelled_why"])
    record("pledge.cancelled/1", by=by, rows=[pledge], facts=pledge_facts(pledge), public=pledge.is_public)


@operation
def accept_as_paid(*, by: User | None, pledge: Pledge, on: date) -> Pledge:
    """Accept that a pledge is fully paid although its own amount is unknown or a little short: nothing more is owed."""
    require(by is None or permissions.may_write_off(by), _("A finance officer accepts a pledge as paid."))
    pledge = _locked(pledge)
    if pledge.state != PledgeState.ACKNOWLEDGED or pledge.settled_on:
        raise OutOfState()
    check_not_future(on, "on")
    if not pledge.deposits.exists():
        raise Refused(_("Nothing was received under this pledge yet."))
    settle(by, pledge, on)
    return pledge


def settle(by: User | None, pledge: Pledge, on: date) -> None:
    """Write that nothing more is owed on a locked, acknowledged pledge."""
    pledge.settled_on = on
    pledge.save(update_fields=["settled_on"])
    record("pledge.settled/1", by=by, rows=[pledge], facts=pledge_facts(pledge), public=True)


@operation
def write_off_pledge(*, by: User | None, pledge: Pledge, on: date, amount_usd: Decimal | None = None) -> Pledge:
    """Write off what is still owed on a pledge, or a part of it, in the fund's currency."""
    require(by is None or permissions.may_write_off(by), _("Finance officers and the head write pledges off."))
    pledge = _locked(pledge)
    owed = position(pledge, pledge.deposits.all()).pledged_unpaid
    amount = owed if amount_usd is None else amount_usd
    if not can(pledge, "write_off") or pledge.written_off_on:
        raise OutOfState()
    check_not_future(on, "on")
    if amount <= 0 or amount > owed:
        told = {"owed": formats.money(owed)}
        raise Refused(_("No more can be written off than is owed: %(owed)s.") % told, field="amount")
    if amount == owed:
        advance(pledge, "write_off")
    pledge.written_off_on, pledge.written_off_usd = on, amount
    pledge.save(update_fields=["state", "written_off_on", "written_off_usd"])
    record(
        "pledge.written_off/1", by=by, rows=[pledge], facts=pledge_facts(pledge) | {"written_off": amount}, public=True
    )
    return pledge


def lock_pledge(pk: int) -> Pledge:
    return Pledge.objects.select_for_update(of=("self",), no_key=True).select_related("donor__organisation").get(pk=pk)


def _locked(pledge: Pledge) -> Pledge:
    return lock_pledge(pledge.pk)


def check_window(window: Window | None) -> None:
    if window is not None and window.status == WindowStatus.CLOSED:
        raise Refused(_("This window is closed: nothing more can be promised to it."), field="window")


def pledge_facts(pledge: Pledge) -> dict[str, object]:
    return {
        "pledge": pledge.reference,
        "donor": pledge.donor.organisation.slug,
        "currency": pledge.currency,
        "amount_usd": pledge.amount_usd,
    }
