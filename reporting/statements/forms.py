"""The day of a statement."""

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.widgets import DateInput


class AsOf(forms.Form):
    """As of which day. A day to come is refused, and the page says so and shows today."""

    as_of = forms.DateField(label=_("As of"), required=False, widget=DateInput)

    def clean_as_of(self) -> date:
        today, day = clock.today(), self.cleaned_data["as_of"]
        if day and day > today:
            raise forms.ValidationError(_("This date lies in the future."))
        if day and day.year < 2000:
            raise forms.ValidationError(_("The accounts begin later than that."))
        return day or today

    @property
    def day(self) -> date:
        return self.cleaned_data["as_of"] if self.is_valid() else clock.today()
