"""Forms for reference data that people keep."""

from functools import partial
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.forms import KeyedForm
from alliance.core.translated import asked, columns
from alliance.core.widgets import DateInput


class AreaForm(KeyedForm):
    """A new area of work, named in each language, with the days on which it can be chosen."""

    code = forms.CharField(
        label=_("Code"),
        max_length=6,
        validators=[RegexValidator(r"^AW[1-9][0-9]?$", _("A code is AW and a number, such as AW3."))],
        help_text=_("AW and the next number."),
    )
    valid_from = forms.DateField(label=_("Can be chosen from"), widget=DateInput, initial=clock.today)
    valid_until = forms.DateField(
        label=_("Until"), widget=DateInput, required=False, help_text=_("Leave empty for “until further notice”.")
    )

    field_order = ("key", "code", *columns("name"))

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields |= asked("name", partial(forms.CharField, max_length=120), _("Name in %(language)s"))
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        start, end = values.get("valid_from"), values.get("valid_until")
        if start and end and end < start:
            self.add_error("valid_until", _("The last day of validity is before the first."))
        return values
