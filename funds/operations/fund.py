"""Changes of the fund itself: statuses, periods, rates."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from alliance.access import require
from alliance.core import clock
from alliance.core.constraints import constraint_of
from alliance.core.errors import OutOfState, Refused
from alliance.core.states import Move, advance
from alliance.people.models import User
from alliance.register import operation, record
from funds import permissions
from funds.models import Fund, FundStatus, Period, Posting, Rate, Window
from funds.operations.closing import require_clear
from funds.operations.rates import hold_rates
from funds.operations.valuation import FUND_CURRENCY, check_currency, check_not_future, check_rate


def verb_to(transitions: Mapping[str, Move], source: str, target: str) -> str:
    """Return the verb that leads from one state to the other; OutOfState when none does."""
    for verb, move in transitions.items():
        if move.target == target and source in move.sources:
            return verb
    raise OutOfState(_("From its present status this is not possible. Nothing was changed."))


@operation
def set_fund_status(*, by: User, status: str, note: str = "", on: date | None = None, fund: Fund | None = None) -> Fund:
    """Move the fund to another status from today on, with the reason. Each status allows certain acts only (R103).

    The day of its approval or establishment may be an earlier one: it takes no money of a day before the latter. Raises Refused
    for any other day than today otherwise, for one to come or before the present status began, and, with what is still open, when the fund is
    to be closed and an account of it is not at zero.
    """
    require(permissions.may_set_status(by), _("The head of the secretariat sets the fund's status."))
    fund = Fund.objects.select_for_update(no_key=True).the()
    if status == FundStatus.CLOSED and fund.status == FundStatus.CLOSING:
        require_clear()
    day = on or clock.today()
    if on:
        _check_status_day(fund, status, on)
    advance(fund, verb_to(Fund.TRANSITIONS, fund.status, status))
    fund.status_on, fund.status_note = day, note
    if status == FundStatus.ESTABLISHED:
        fund.established_on = day
    if status == FundStatus.OPERATING:
        fund.operating_on = day
    fund.save(update_fields=["status", "status_on", "status_note", "established_on", "operating_on"])
    facts = {"fund": fund.code, "status": status, "on": day}
    record("fund.status_set/1", by=by, rows=[fund], facts=facts, public=True)
    return fund


def _check_status_day(fund: Fund, status: str, day: date) -> None:
    check_not_future(day, "on")
    if day < fund.status_on:
        raise Refused(_("The present status began after this day."), field="on")
    if status not in Fund.ENTERED_LATE and day < clock.today():
        raise Refused(
            _(
                "Only the day of its approval or establishment may be an earlier one: what happened since would stand against it."
            ),
            field="on",
        )


@operation
def set_window_status(*, by: User, window: Window, status: str, note: str = "") -> Window:
    """Move a window to another status, with the reason. Money is allocated from open windows only (R14)."""
    require(permissions.may_set_status(by), _("The head of the secretariat sets a window's status."))
    window = Window.objects.select_for_update(of=("self",), no_key=True).get(pk=window.pk)
    advance(window, verb_to(Window.TRANSITIONS, window.status, status))
    window.status_on, window.status_note = clock.today(), note
    window.save(update_fields=["status", "status_on", "status_note"])
    record("window.status_set/1", by=by, rows=[window], facts={"window": window.code, "status": status}, public=True)
    return window


@operation
def close_period(*, by: User, period: Period) -> Period:
    """Close an accounting period: no posting can take effect in it from now on. It must be over."""
    require(permissions.may_close_period(by), _("Finance officers close periods."))
    # FOR UPDATE, not the weaker lock: postings hold the period FOR SHARE, and must be waited for.
    period = Period.objects.select_for_update().get(pk=period.pk)
    if period.ends_on >= clock.today():
        raise Refused(_("This period is not over yet."))
    if Period.objects.filter(ends_on__lt=period.starts_on, state=Period.State.OPEN, pk__in=_used()).exists():
        raise Refused(_("An earlier period is still open: close it first."))
    advance(period, "close")
    period.closed_at, period.closed_by = clock.now(), by
    period.save(update_fields=["state", "closed_at", "closed_by"])
    record("period.closed/1", by=by, rows=[period], facts={"period": period.code}, public=True)
    return period


def _used() -> list[int]:
    """Return the periods that hold postings: an empty year of long ago need not be closed first."""
    days = Posting.objects.order_by().values_list("effective_on", flat=True).distinct()
    return [p.pk for p in Period.objects.all() if any(p.starts_on <= day <= p.ends_on for day in days)]


@operation
def record_rate(*, by: User, currency: str, on: date, units_per_usd: Decimal, source: str) -> Rate:
    """Enter a rate of exchange, as units of the currency for one US dollar, with its source (D2)."""
    require(permissions.may_record_money(by), _("Finance officers enter rates of exchange."))
    check_currency(currency)
    if currency == FUND_CURRENCY:
        raise Refused(_("The fund's own currency needs no rate."), field="currency")
    check_rate(units_per_usd, "units_per_usd")
    hold_rates()
    try:
        with transaction.atomic():
            rate = Rate.objects.create(currency=currency, on=on, units_per_usd=units_per_usd, source=source)
    except IntegrityError as error:
        if constraint_of(error) != "rate_once_a_day":
            raise
        raise Refused(_("There is already a rate for this currency on this day."), field="on") from None
    facts = {"currency": currency, "on": on, "units_per_usd": units_per_usd}
    record("rate.recorded/1", by=by, rows=[rate], facts=facts, public=True)
    return rate
