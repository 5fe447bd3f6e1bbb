"""The day of a statement."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.widgets import DateInput


class AsOf(forms.Form):
    """As of which day. A day to come is refused, and the page says so and shows today."""

    as_of = forms.DateField(label=_("As of"), required=False, widget=DateInput)

    def __init__(self, data: Any = None, *, today: date | None = None, **options: Any) -> None:
        self.today = today or clock.today()
        if data is not None and not self.base_fields.keys() & data.keys():  # a later page of a list names no day
            data = None
        super().__init__(data, **{"initial": {"as_of": self.today}, **options})

    def clean_as_of(self) -> date:
        day = self.cleaned_data["as_of"]
        if day and day > self.today:
            raise forms.ValidationError(_("This date lies in the future."))
        if day and day.year < 2000:
            raise forms.ValidationError(_("The accounts begin later than that."))
        return day or self.today

    def has_changed(self) -> bool:
        """Whether another day than today was asked for, which can be cleared."""
        return self.is_bound and (not self.is_valid() or self.day != self.today)

    @property
    def day(self) -> date:
        return self.cleaned_data["as_of"] if self.is_valid() else self.today
