"""Figures, dates and names as a reader writes them, by the active language (CLDR, through Babel).

Pages, PDF and charts use these functions and no others. Amounts carry the ISO code of their currency,
because "$" means several of them; spaces inside a figure never break.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache, lru_cache
from typing import Any, Literal

from babel import Locale, dates, numbers
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext

NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"
FUND_CURRENCY = "USD"

type Number = Decimal | int

# English here is British, as the United Nations writes it.
LOCALES = {"en": "en_GB"}


def locale() -> Locale:
    """Return the locale of the active language."""
    return _locale(get_language() or "en")


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(LOCALES.get(language, language), sep="-" if "-" in language else "_")


@cache
def _pattern(places: int) -> str:
    return "#,##0." + "0" * places if places else "#,##0"


@cache
def _signs(of: Locale) -> dict[int, str]:
    """Return what a locale writes for the signs of Python's own grouped figures; faster by far than a CLDR pattern."""
    return str.maketrans({",": numbers.get_group_symbol(of), ".": numbers.get_decimal_symbol(of), "-": MINUS})


@cache
def _puts_code_first(of: Locale) -> bool:
    return of.currency_formats["standard"].pattern.startswith("¤")


@cache
def minor_units(currency: str) -> int:
    """Return how many decimals a currency has: 2 for most, 0 for JPY, 3 for KWD."""
    return numbers.get_currency_precision(currency)


@cache
def _quantum(places: int) -> Decimal:
    return Decimal(1).scaleb(-places)


def rounded(amount: Number, places: int) -> Decimal:
    """Return `amount` at `places` decimals, halves to even."""
    return Decimal(amount).quantize(_quantum(places), rounding=ROUND_HALF_EVEN)


def figure(value: Number, places: int | None = None) -> str:
    """Return a grouped figure: 1,234 for whole numbers, 1,234.50 for decimals unless `places` says otherwise."""
    if places is None:
        places = 0 if isinstance(value, int) else 2
    return f"{rounded(value, places):,.{places}f}".translate(_signs(locale()))


def figures(places: int) -> Callable[[Number], str]:
    """Return what writes figures as `figure` does, for a table of many: the language is looked up once."""
    signs, pattern = _signs(locale()), f",.{places}f"

    def write(value: Number) -> str:
        return format(rounded(value, places), pattern).translate(signs)

    return write


def plain_figure(value: Decimal) -> str:
    """Return a decimal with the places that it needs and no more, as rates and indicators want."""
    text = f"{value:,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.translate(_signs(locale()))


def _with_code(text: str, currency: str) -> str:
    first = _puts_code_first(locale())
    return NO_BREAK_SPACE.join((currency, text) if first else (text, currency))


def money(amount: Number, currency: str = FUND_CURRENCY) -> str:
    """Return an amount with its currency's code and minor units: "USD 1,234.50", "1 234,50 USD"."""
    return _with_code(figure(amount, minor_units(currency)), currency)


def brief_money(amount: Number, currency: str = FUND_CURRENCY) -> str:
    """Return an amount for a line of few words: "USD 480,000", with decimals only where it has any."""
    is_whole = Decimal(amount) == Decimal(amount).to_integral_value()
    return _with_code(figure(amount, 0 if is_whole else minor_units(currency)), currency)


def short_money(amount: Number, currency: str = FUND_CURRENCY) -> str:
    """Return a rounded amount in words of size: "USD 1.2 million". Never for an account."""
    return _with_code(short_figure(amount), currency)


def short_figure(value: Number) -> str:
    """Return a figure rounded to a tenth of its thousand, million or billion."""
    if abs(Decimal(value)) < 1_000_000:
        return figure(value, 0)
    style: Literal["long", "short"] = "long" if "long" in locale().compact_decimal_formats else "short"
    text = numbers.format_compact_decimal(value, format_type=style, fraction_digits=1, locale=locale())
    return text.replace("-", MINUS).replace(" ", NO_BREAK_SPACE)


def percent(ratio: Number, places: int = 0) -> str:
    """Return a ratio as a percentage: 0.7 is 70%, with a space in French and Spanish."""
    pattern = _percent_pattern(locale(), places)
    text = numbers.format_percent(rounded(ratio, places + 2), format=pattern, locale=locale())
    return text.replace("-", MINUS)


@cache
def _percent_pattern(of: Locale, places: int) -> str:
    gap = NO_BREAK_SPACE if NO_BREAK_SPACE in of.percent_formats[None].pattern else ""
    return _pattern(places) + gap + "%"


def _moment(value: datetime) -> datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value


def _day(value: date | datetime) -> date:
    return _moment(value).date() if isinstance(value, datetime) else value


def long_date(value: date | datetime) -> str:
    """Return "15 September 2008"."""
    return _date(_day(value), "long", locale())


def short_date(value: date | datetime) -> str:
    """Return "15 Sept 2008", which does not break."""
    return _date(_day(value), "medium", locale()).replace(" ", NO_BREAK_SPACE)


@lru_cache(maxsize=4096)
def _date(day: date, style: Literal["long", "medium"], of: Locale) -> str:
    """Return a day as CLDR writes it, and the first of a French month as French does: "1er juillet"."""
    text = dates.format_date(day, style, of)
    return f"1er{text[1:]}" if day.day == 1 and of.language == "fr" else text


def brief_date(value: date | datetime, today: date) -> str:
    """Return "15 September", with the year when it is not today's."""
    day = _day(value)
    if day.year != today.year:
        return long_date(day)
    text = dates.format_skeleton("MMMMd", day, locale=locale())
    return f"1er{text[1:]}" if day.day == 1 and locale().language == "fr" else text


def month(value: date | datetime) -> str:
    """Return "September 2008"."""
    return dates.format_skeleton("yMMMM", _day(value), locale=locale())


def clock_time(value: datetime) -> str:
    """Return "14:30 UTC": the hour in the fund's zone, which is named."""
    moment = _moment(value)
    zone = moment.tzname() or "UTC"
    return dates.format_time(moment, "HH:mm", locale=locale()) + NO_BREAK_SPACE + zone


def date_time(value: datetime) -> str:
    """Return "15 September 2008, 14:30 UTC"."""
    return f"{long_date(value)}, {clock_time(value)}"


def brief_time(value: datetime, today: date) -> str:
    """Return "15 September, 14:30 UTC", with the year when it is not today's."""
    return f"{brief_date(value, today)}, {clock_time(value)}"


def labelled(label: object, text: object) -> str:
    """Return "Direct cost: USD 45.00", with the space before the colon that French wants."""
    return gettext("%(label)s: %(text)s") % {"label": label, "text": text}


def time_left(until: datetime, now: datetime) -> str:
    """Return "in 3 days" or "2 hours ago": whole days once there is more than one."""
    return dates.format_timedelta(until - now, granularity="minute", threshold=1, add_direction=True, locale=locale())


def _named(names: Callable[[Locale], Any]) -> Callable[[str], str]:
    def name(code: str) -> str:
        return names(locale()).get(code, code)

    return name


country_name = _named(lambda of: of.territories)
language_name = _named(lambda of: of.languages)


def currency_name(code: str) -> str:
    """Return a currency's name in the active language, or its code when CLDR has none."""
    return numbers.get_currency_name(code, locale=locale())


def file_size(size: int) -> str:
    """Return a file's size in kB or MB, with the language's decimal sign."""
    if size < 1_000_000:
        return figure(max(1, round(size / 1000)), 0) + NO_BREAK_SPACE + _unit("kilobyte")
    return figure(Decimal(size) / 1_000_000, 1) + NO_BREAK_SPACE + _unit("megabyte")


@cache
def _unit_for(of: Locale, unit: str) -> str:
    if of.language == "fr":
        return {"kilobyte": "ko", "megabyte": "Mo"}[unit]
    return {"kilobyte": "kB", "megabyte": "MB"}[unit]


def _unit(unit: str) -> str:
    return _unit_for(locale(), unit)


def iso(value: date | datetime) -> str:
    """Return the machine's form of a date, for `<time datetime>`."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value.isoformat()


def text(value: str | Promise | None) -> str:
    """Return a text that may be lazily translated, or an empty one."""
    return "" if value is None else str(value)
