"""Fields that several forms of this app share."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.core.forms import KeyedForm
from alliance.core.widgets import MoneyInput

GROUPING = re.compile(r"[\s\u00a0\u202f'’]")


class AmountField(forms.DecimalField):
    """An amount or figure as people write it in English, French or Spanish: 1,234.50 or 1 234,50 or 1.234,50."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", MoneyInput)
        options.setdefault("max_digits", 15)
        options.setdefault("decimal_places", 2)
        super().__init__(**options)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        return super().to_python(plain_number(value) if isinstance(value, str) else value)

    def prepare_value(self, value: Any) -> Any:
        return format(value, "f") if isinstance(value, Decimal) else value


def plain_number(text: str) -> str:
    """Return the digits with a point: what comes last of comma and point is the decimal mark."""
    text = GROUPING.sub("", text)
    if "," in text and "." in text:
        group = "," if text.rindex(".") > text.rindex(",") else "."
        return text.replace(group, "").replace(",", ".")
    head, comma, tail = text.rpartition(",")
    if not comma:
        return text
    return f"{head}.{tail}" if len(tail) != 3 and "," not in head else text.replace(",", "")


class DraftForm(forms.Form):
    """A form that may be saved with gaps: what is compulsory is asked for later, when the whole is submitted.

    Its compulsory fields are not marked optional, and yet leaving one empty is no error here.
    """

    def full_clean(self) -> None:
        asked = {name: field.required for name, field in self.fields.items()}
        for field in self.fields.values():
            field.required = False
        super().full_clean()
        for name, field in self.fields.items():
            field.required = asked[name]


def long_text(
    label: Any, *, hint: Any = "", rows: int = 8, words: int | None = None, required: bool = True
) -> forms.CharField:
    """Return a field for paragraphs, with a live count when a length is asked for."""
    attributes: dict[str, Any] = {"rows": rows}
    if words:
        attributes["data-words"] = str(words)
    return forms.CharField(
        label=label, help_text=hint, required=required, max_length=20_000, widget=forms.Textarea(attrs=attributes)
    )


class ReasonForm(KeyedForm):
    """Why something is returned, refused or cancelled."""

    reason = long_text(_("Reason"), hint=_("The people concerned read these words."), rows=5)
