"""Figures that people type: read in one way only, or refused. Never guessed at."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from alliance.core.widgets import MoneyInput

# Digits in groups of three, parted by spaces (plain, no-break, narrow no-break) or not at all, and one decimal sign.
WRITTEN = re.compile(r"^(?P<whole>\d+|\d{1,3}(?:[ \u00a0\u202f]\d{3})+)(?:[.,](?P<part>\d+))?$", re.ASCII)
UNREADABLE = _(
    "Write the amount in digits with one decimal sign, such as 1234.56; spaces between groups are fine. Exactly three "
    "digits after the sign could mean thousands."
)
GROUP = 3
COUNTED = 8  # digits


NEGATIVE = _("A figure is never below zero here: write it without a minus sign.")
MINUS = ("-", "\u2212")


class Unreadable(ValueError):
    """This text is no figure that can be read in one way only. `said` is what its writer is told."""

    said = UNREADABLE


class Negative(Unreadable):
    """This text is a figure below zero."""

    said = NEGATIVE


def read_number(text: str) -> Decimal:
    """Read a figure with a point or a comma as the decimal sign and spaces between groups.

    A sign followed by exactly three digits could part thousands or decimals: “10.000” and “1,234” raise Unreadable
    (“0,125” cannot be thousands), and so does more than one sign.
    """
    text = text.strip()
    match = WRITTEN.match(text)
    if not match:
        raise Negative(text) if text.startswith(MINUS) and WRITTEN.match(text[1:].lstrip()) else Unreadable(text)
    whole, part = re.sub(r"\s", "", match["whole"]), match["part"] or ""
    if len(part) == GROUP and whole != "0" and len(whole) <= GROUP:
        raise Unreadable(text)
    return Decimal(f"{whole}.{part}" if part else whole)


def counted(text: str) -> int | None:
    """Read a count from an address: a page, a number of lines. None for what is none, and for what nothing counts up to."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= COUNTED else None


class FigureField(forms.DecimalField):
    """A figure or an amount in the fund's currency as people write it in English, French or Spanish."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", MoneyInput)
        options.setdefault("max_digits", 15)
        options.setdefault("decimal_places", 2)
        super().__init__(**options)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if isinstance(value, str) and value.strip():
            try:
                value = read_number(value)
            except Unreadable as error:
                raise ValidationError(error.said, code="unreadable") from None
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        return format(value, "f") if isinstance(value, Decimal) else value
