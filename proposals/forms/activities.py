"""Recording an activity outside the fund."""

from typing import Any, ClassVar, cast

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from alliance.core.countries import country_choices, currency_choices, sort_key
from alliance.core.forms import KeyedForm
from alliance.core.numbers import FigureField
from alliance.core.translated import active_language
from alliance.core.widgets import DateInput
from alliance.people.models import Organisation
from proposals.forms.fields import ThemesField
from proposals.forms.rows import CountryRow, row_set
from proposals.models import OutsideActivity

LINES = 4


class OrganisationField(forms.ModelChoiceField):
    """A confirmed organisation, by its name in the reader's language."""

    def __init__(self, **options: Any) -> None:
        confirmed = Organisation.objects.exclude(confirmed_at=None)
        super().__init__(queryset=confirmed, to_field_name="slug", **{"empty_label": "—", **options})

    def sorted_choices(self, among: QuerySet[Organisation] | None = None) -> list[tuple[str, str]]:
        """Return the choices by name: every organisation that may be chosen, or those among these."""
        rows = sorted(
            among if among is not None else cast(QuerySet, self.queryset).all(),
            key=lambda row: (sort_key(row.name), row.pk),
        )
        return [("", str(self.empty_label)), *((row.slug, row.name) for row in rows)]


class ActivityForm(KeyedForm):
    """Who does what where and when, and where that is known from; a line for each country."""

    organisation = OrganisationField(label=_("Organisation"), help_text=_("It has to stand in the directory."))
    title = forms.CharField(label=_("Title"), max_length=200, help_text=_("As its organisation writes it."))
    language = forms.ChoiceField(label=_("Language of the title"), choices=settings.LANGUAGES)
    themes = ThemesField(label=_("Themes"))
    starts_on = forms.DateField(label=_("First day"), widget=DateInput)
    ends_on = forms.DateField(label=_("Last day"), widget=DateInput)
    source = forms.CharField(
        label=_("Source"), max_length=300, help_text=_("A document, a letter or a page that anyone can look up.")
    )
    source_url = forms.URLField(label=_("Web address of the source"), max_length=300, required=False)
    amount = FigureField(label=_("Amount"), max_digits=18, decimal_places=3, required=False)
    currency = forms.ChoiceField(label=_("Currency"), required=False)
    legend: ClassVar[Any] = _("Countries")

    def __init__(self, data: QueryDict | None = None, *, activity: OutsideActivity | None = None) -> None:
        super().__init__(data, initial=stored(activity))
        organisation: Any = self.fields["organisation"]
        organisation.choices = organisation.sorted_choices()
        self.fields["currency"].choices = [("", "—"), *currency_choices()]  # type: ignore[attr-defined]
        initial = [{"country": code} for code in activity.countries] if activity else []
        self.rows = row_set(CountryRow, data, initial, LINES, countries=country_choices("—"))
        themes: Any = self.fields["themes"]
        themes.keep(activity.themes if activity else [])

    def is_valid(self) -> bool:
        rows_valid = self.rows.is_valid()
        return super().is_valid() and rows_valid

    def values(self) -> dict[str, Any]:
        """Return what the operation records."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "key"}
        return {**values, "countries": [row["country"] for row in self.rows.kept()]}


def stored(activity: OutsideActivity | None) -> dict[str, Any]:
    """Return what an activity holds, or the language in which a new one is probably written."""
    if activity is None:
        return {"language": active_language()}
    names = ("title", "language", "themes", "starts_on", "ends_on", "source", "source_url", "amount", "currency")
    return {"organisation": activity.organisation.slug, **{name: getattr(activity, name) for name in names}}
