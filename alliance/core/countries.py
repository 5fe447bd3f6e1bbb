"""Countries and currencies to choose from, in the active language's order; names from CLDR, by way of Babel."""

import unicodedata
from datetime import date
from functools import cache

from babel import Locale
from babel.numbers import get_territory_currencies

from alliance.core import clock
from alliance.core.formats import country_name, currency_name, locale

__all__ = ["country_choices", "country_name", "currency_choices", "currency_name", "sort_key"]

# CLDR's territories that are groupings, test codes or parts of countries rather than countries.
NOT_COUNTRIES = frozenset(["EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"])


def country_choices(empty: str | None = None) -> list[tuple[str, str]]:
    """Return (code, name) of every country in the active language's order, after an empty choice if one is given."""
    choices = list(_countries(str(locale())))
    return choices if empty is None else [("", empty), *choices]


@cache
def _countries(language: str) -> tuple[tuple[str, str], ...]:
    names = Locale.parse(language).territories
    return tuple(sorted(((code, names[code]) for code in _codes()), key=lambda pair: sort_key(pair[1])))


@cache
def _codes() -> tuple[str, ...]:
    return tuple(
        code
        for code in map(str, Locale("en").territories)
        if len(code) == 2 and code.isalpha() and code not in NOT_COUNTRIES
    )


def sort_key(text: str) -> str:
    """Return a key that sorts as readers of English, French and Spanish expect: accents apart, ñ after n."""
    folded = text.casefold().replace("ñ", "n\uffff").replace("’", "'")
    return "".join(letter for letter in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(letter))


def currency_choices(on: date | None = None) -> list[tuple[str, str]]:
    """Return (code, "code – name") of the currencies that are legal tender somewhere on that day (the portal’s by default)."""
    return [(code, f"{code} – {currency_name(code)}") for code in _tender(on or clock.today())]


@cache
def _tender(day: date) -> tuple[str, ...]:
    return tuple(sorted({code for territory in _codes() for code in get_territory_currencies(territory, day)}))
