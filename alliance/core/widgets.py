"""Form widgets that browsers, phones and readers of several languages understand."""

from typing import Any

from django import forms


class DateInput(forms.DateInput):
    """The browser's own date field, which always sends ISO dates."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DateTimeInput(forms.DateTimeInput):
    """The browser's own date and time field, in the fund's zone."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class MoneyInput(forms.TextInput):
    """An amount: digits on a phone, right-aligned, and a text field, because a number field drops what it dislikes."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "decimal", "autocomplete": "off", "class": "amount", **(attrs or {})})
