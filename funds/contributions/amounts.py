"""Amounts and rates of exchange: reading, rounding, converting. Pure; exact decimals, never floats.

Rounding, ours and stated (D2): half up, to the smallest unit of the currency; a fee is rounded once per deposit.
"""

from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from babel.numbers import get_currency_precision, list_currencies

from alliance.core.numbers import GROUP, read_number

CENT = Decimal("0.01")
LARGEST = Decimal("999999999999.999")
RATE_DECIMALS = 12
NO_MONEY = {"XTS", "XXX"}  # the codes for tests and for no currency at all: nobody pays in them


class TooPrecise(ValueError):
    """More decimals than the currency has."""


@cache
def currencies() -> frozenset[str]:
    """Return the ISO 4217 codes that are known and stand for money."""
    return frozenset(list_currencies()) - NO_MONEY


def minor_digits(currency: str) -> int:
    """Return how many decimals the currency has: JPY 0, USD 2, KWD 3."""
    return get_currency_precision(currency)


def read_amount(text: str, *, currency: str | None = None) -> Decimal:
    """Read an amount typed by a person, with a point or a comma as the decimal sign and spaces between groups.

    “1.234” and “1,234” could mean two things: they raise Unreadable rather than being guessed at.
    Raises TooPrecise for more decimals than the currency has, when one is given.
    """
    amount = read_number(text)
    if currency is not None:
        check_precision(amount, currency)
    return amount


def check_precision(amount: Decimal, currency: str) -> None:
    """Raise TooPrecise when the amount has parts of the currency's smallest unit."""
    unit = Decimal(1).scaleb(-minor_digits(currency))
    if amount != amount.quantize(unit, rounding=ROUND_HALF_UP):
        raise TooPrecise(currency)


def written(amount: Decimal, currency: str) -> str:
    """Return an amount as a form shows it and reads it back: with its currency's decimals, ungrouped.

    Currencies of three decimals get a fourth: three digits after the sign could be read as thousands.
    """
    digits = minor_digits(currency)
    return f"{amount:.{digits + (digits == GROUP)}f}"


def to_usd(amount: Decimal, units_per_usd: Decimal) -> Decimal:
    """Convert at a rate given as units of the currency for one dollar; half up to the cent."""
    return (amount / units_per_usd).quantize(CENT, rounding=ROUND_HALF_UP)


def in_proportion(amount_usd: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    """Return the dollars of `part` when `whole` is worth `amount_usd`; half up to the cent."""
    return (amount_usd * part / whole).quantize(CENT, rounding=ROUND_HALF_UP)


def fee_on(amount_usd: Decimal, percent: Decimal) -> Decimal:
    """Return the administrative agent's fee on one deposit; half up to the cent."""
    return (amount_usd * percent / 100).quantize(CENT, rounding=ROUND_HALF_UP)
