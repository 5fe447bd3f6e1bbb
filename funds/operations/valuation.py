"""An amount in its own currency with its worth in the fund's: found, checked, rounded in one place."""

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.errors import Refused
from funds.contributions import amounts
from funds.models import Rate
from funds.models.fund import said_source

FUND_CURRENCY = "USD"
ONE = Decimal(1)


@dataclass(frozen=True)
class Value:
    """What a pledge, agreement or deposit is worth, with the rate that says so. Columns of those rows."""

    amount: Decimal | None
    currency: str
    rate: Decimal | None
    rate_on: date | None
    rate_source: str
    amount_usd: Decimal

    @property
    def rate_source_said(self) -> str:
        return said_source(self.rate_source)

    def columns(self) -> dict[str, Any]:
        return asdict(self)


def valued(amount: Decimal, currency: str, on: date, *, rate: Decimal | None = None, rate_source: str = "") -> Value:
    """Value an amount at the rate of the day, or at a rate that the bank gave, with its source.

    Raises Refused for an unknown currency, an amount not above zero or finer than the currency, or no rate.
    """
    check_amount(amount, currency)
    if currency == FUND_CURRENCY:
        return Value(amount, currency, ONE, on, "", amount.quantize(amounts.CENT))
    if rate is None:
        units, rate_on, source = rate_of_the_day(currency, on)
    else:
        units, rate_on, source = _rate_given(rate, rate_source), on, rate_source.strip()
    if amount / units > amounts.LARGEST:
        raise Refused(
            _("At this rate the amount is worth more than the accounts can hold."),
            field="amount" if rate is None else "rate",
        )
    worth = amounts.to_usd(amount, units)
    if worth < amounts.CENT:
        raise Refused(_("This amount is worth less than one cent of the fund's currency."), field="amount")
    return Value(amount, currency, units, rate_on, source, worth)


def worth_only(amount_usd: Decimal, currency: str, on: date) -> Value:
    """Value something of which only the worth in the fund's currency is known: the own amount stays unknown."""
    check_amount(amount_usd, FUND_CURRENCY)
    check_currency(currency)
    if currency == FUND_CURRENCY:
        return Value(amount_usd, currency, ONE, on, "", amount_usd)
    return Value(None, currency, None, None, "", amount_usd)


def rate_of_the_day(currency: str, on: date) -> tuple[Decimal, date, str]:
    """Return units for one dollar, the rate's day and its source. Raises Refused when there is none."""
    check_currency(currency)
    rate = Rate.objects.on(currency, on)
    if rate is None:
        raise Refused(
            _("There is no rate of exchange for %(currency)s on this date. A finance officer can enter one.")
            % {"currency": currency},
            field="currency",
        )
    return rate.units_per_usd, rate.on, rate.source


def check_currency(currency: str) -> None:
    if currency not in amounts.currencies():
        raise Refused(_("“%(code)s” is not a currency.") % {"code": currency}, field="currency")


def check_not_future(day: date, field: str) -> None:
    """Raise Refused for a date that has not come yet, by the Alliance's clock."""
    if day > clock.today():
        raise Refused(_("This date lies in the future."), field=field)


def check_rate(rate: Decimal, field: str) -> None:
    """Raise Refused for a rate that is not above zero, or that cannot be kept as it was given."""
    if not rate.is_finite() or rate <= 0:
        raise Refused(_("A rate must be more than zero."), field=field)
    if rate > amounts.LARGEST or rate != round(rate, amounts.RATE_DECIMALS):
        raise Refused(_("A rate has at most twelve digits before the decimal sign and twelve after it."), field=field)


def check_fee_percent(percent: Decimal) -> None:
    """Raise Refused for a fee that is no percentage of a deposit, or that cannot be kept as it was given."""
    if not 0 <= percent < 100 or percent != round(percent, 2):
        raise Refused(
            _("A fee is a percentage from 0 to less than 100, with two decimals at most."), field="fee_percent"
        )


def _rate_given(rate: Decimal, source: str) -> Decimal:
    check_rate(rate, "rate")
    if not source.strip():
        raise Refused(_("Say where this rate comes from."), field="rate_source")
    return rate


def check_amount(amount: Decimal, currency: str, field: str = "amount") -> None:
    """Raise Refused for an amount that is not above zero, too large for the accounts, or finer than its currency."""
    check_currency(currency)
    if not amount.is_finite() or amount <= 0:
        raise Refused(_("An amount is more than zero."), field=field)
    if amount > amounts.LARGEST:
        raise Refused(_("This amount is larger than the accounts can hold."), field=field)
    try:
        amounts.check_precision(amount, currency)
    except amounts.TooPrecise:
        raise Refused(
            _("%(currency)s has %(digits)s decimals at most.")
            % {"currency": currency, "digits": amounts.minor_digits(currency)},
            field=field,
        ) from None
