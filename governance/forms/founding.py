"""Founding the committee: its seats, and since when."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.countries import sort_key
from alliance.core.forms import KeyedForm
from alliance.core.translated import columns
from alliance.core.widgets import DateInput
from alliance.people.models import Organisation
from governance.models import Constituency

SEATS = 30


class FoundingForm(KeyedForm):
    """Since when there is a committee. Its seats are a formset beside it."""

    on = forms.DateField(label=_("Founded on"), help_text=_("Today or earlier."), widget=DateInput, initial=clock.today)


class OrganisationOfSeat(forms.ModelChoiceField):
    def label_from_instance(self, organisation: Organisation) -> str:
        return organisation.name


class SeatForm(forms.Form):
    """One seat; a row left empty is not one."""

    constituency = forms.ChoiceField(label=_("Group"), required=False)
    organisation = OrganisationOfSeat(label=_("Represents"), queryset=Organisation.objects.none(), required=False)
    label = forms.CharField(label=_("Or named"), max_length=120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["constituency"].choices = [("", "–"), *Constituency.choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        group, named = self.cleaned_data.get("constituency"), self.cleaned_data.get("label", "").strip()
        stands_for = self.cleaned_data.get("organisation")
        if not self.errors and (named or stands_for) and not group:
            self.add_error("constituency", _("Say of which group this seat is."))
        if not self.errors and group and not (named or stands_for):
            self.add_error("organisation", _("Say whom the seat represents, or name it."))
        return self.cleaned_data

    @property
    def labels(self) -> dict[str, str]:
        """Return what the seat is called, by column: its own name, or its organisation's in each language."""
        if named := self.cleaned_data["label"].strip():
            return {"label_en": named}
        organisation = self.cleaned_data["organisation"]
        names = zip(columns("label"), columns("name"), strict=True)
        return {label: getattr(organisation, name)[:120] for label, name in names}


def filled(seats: forms.BaseFormSet) -> list[SeatForm]:
    """Return the rows of seats that say something."""
    return [cast(SeatForm, form) for form in seats.forms if form.cleaned_data.get("constituency")]


class Seats(forms.BaseFormSet):
    """The seats of a committee that is to be founded."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Organisation.objects.exclude(confirmed_at=None)
        named = sorted(((row.pk, row.name) for row in rows), key=lambda pair: (sort_key(pair[1]), pair[0]))
        for form in self.forms:
            field = cast(OrganisationOfSeat, form.fields["organisation"])
            field.queryset = rows
            field.widget.choices = [("", "–"), *named]  # type: ignore[attr-defined]

    def clean(self) -> None:
        if not any(self.errors) and not filled(self):
            raise forms.ValidationError(_("A committee has seats: fill in a row for each."))


SeatFormSet = forms.formset_factory(SeatForm, formset=Seats, extra=9, max_num=SEATS, validate_max=True)
