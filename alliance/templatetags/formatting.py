"""Values as the reader writes them, and states in their colours."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from alliance.core import clock, formats, tones
from alliance.core.translated import active_language, translation
from alliance.templatetags.rendered import Text, component

register = template.Library()


@register.filter(name="money")
def money_filter(amount: Decimal | None) -> str:
    """Return an amount of the fund, with its currency."""
    return "" if amount is None else formats.money(amount)


@register.simple_tag
def money(amount: Decimal | None, currency: str = formats.FUND_CURRENCY) -> str:
    """Return an amount with its own currency's code and minor units."""
    return "" if amount is None else formats.money(amount, currency)


@register.filter
def figure(value: Decimal | int | None, places: int | None = None) -> str:
    return "" if value is None else formats.figure(value, places)


@register.filter
def plain_figure(value: Decimal | None) -> str:
    return "" if value is None else formats.plain_figure(value)


@register.filter
def short_money(amount: Decimal | None) -> str:
    return "" if amount is None else formats.short_money(amount)


@register.filter
def percent(ratio: Decimal | None, places: int = 0) -> str:
    return "" if ratio is None else formats.percent(ratio, places)


@register.filter
def percent_of_hundred(value: Decimal | int | None, places: int = 0) -> str:
    """Return 70 as "70%"."""
    return "" if value is None else formats.percent(Decimal(value) / 100, places)


@register.filter
def longdate(value: date | None) -> str:
    return formats.long_date(value) if value else ""


@register.filter
def shortdate(value: date | None) -> str:
    return formats.short_date(value) if value else ""


@register.filter(name="datetime")
def datetime_filter(value: datetime | None) -> str:
    return formats.date_time(value) if value else ""


@register.filter
def labelled(label: str, text: str) -> str:
    return formats.labelled(label, text)


@register.filter
def clocktime(value: datetime | None) -> str:
    return formats.clock_time(value) if value else ""


@register.filter
def when(value: date | datetime | None) -> str:
    """Return a moment with its hour, or a day without one."""
    if not value:
        return ""
    return formats.date_time(value) if isinstance(value, datetime) else formats.long_date(value)


@register.filter
def isodate(value: date | datetime) -> str:
    return formats.iso(value)


@register.filter
def country(code: str) -> str:
    return formats.country_name(code) if code else ""


@register.filter
def currency_name(code: str) -> str:
    return formats.currency_name(code) if code else ""


@register.filter
def language(code: str) -> str:
    """Return a language's name in the active one. (`language_name` is Django's, and always English.)"""
    return formats.language_name(code)


@register.filter
def filesize(size: int) -> str:
    return formats.file_size(size)


@register.filter
def dash(value: Any) -> Any:
    """Return the value, or a dash that a screen reader says as "none"."""
    if value not in (None, ""):
        return value
    return format_html('<span aria-hidden="true">—</span><span class="visually-hidden">{}</span>', gettext("none"))


@register.simple_tag
def tr(row: object, field: str) -> str:
    """Return a row's text in the active language; when missing, its English, marked for eyes and for voices."""
    found = translation(row, field)
    if found.language == active_language() or not found.text:
        return found.text
    mark = gettext("in English")
    return format_html(
        '<span lang="{}">{}</span> <span class="muted small">({})</span>', found.language, found.text, mark
    )


@register.simple_tag(takes_context=True)
def deadline(context: Context, at: datetime | date) -> SafeString:
    """Return a deadline with what is left of it; a script counts the last hours and adds the reader's own time."""
    left = formats.time_left(at, moment(context)) if isinstance(at, datetime) else ""
    return component("deadline", at=at, left=left, now=moment(context) if left else None)


def moment(context: Context) -> datetime:
    """Return the portal's time, read once for a page."""
    now: Any = context.get("now", clock.now)
    return now() if callable(now) else now


@register.simple_tag
def saved(at: datetime) -> SafeString:
    return component("saved", at=at)


@register.simple_tag
def badge(row: Any = None, text: Text = "", tone: str = "") -> SafeString:
    """Return a state as a word in its colour. The word is the meaning; the colour only helps."""
    if row is not None:
        text, tone = text or row.get_state_display(), tone or tones.of_state(row.state)
    return format_html('<span class="badge tone-{}">{}</span>', tone or "neutral", text)


def _tag(row: Any) -> SafeString:
    return format_html(
        '<span class="tag tone-{}"><span class="tag-code">{}</span> {}</span>',
        tones.of_code(row.code),
        row.code,
        tr(row, "name"),
    )


@register.simple_tag
def tag_objective(objective: Any) -> SafeString:
    return _tag(objective)


@register.simple_tag
def tag_window(window: Any) -> SafeString:
    return _tag(window)


@register.filter
def tone(code: str) -> str:
    """Return the class of an objective's or window's colour."""
    return f"tone-{tones.of_code(code)}"
