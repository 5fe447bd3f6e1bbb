"""Fields that several forms of this app share."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.forms import KeyedForm
from alliance.forum.models import Theme
from alliance.pages.fields import reason_field
from alliance.people.models import Organisation
from proposals.models import BudgetCategory


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

    reason = reason_field(hint=_("The people concerned read these words."), rows=5, longest=20_000)


class ThemesField(forms.MultipleChoiceField):
    """Themes by their code, under their area of work or objective; those of today, and those that were chosen before (R17)."""

    widget = forms.CheckboxSelectMultiple

    def keep(self, chosen: Iterable[str]) -> None:
        """Read the choices: once for each form, with what it holds already."""
        self.choices = theme_choices(chosen)


def theme_choices(chosen: Iterable[str] = ()) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the themes that can be chosen today, and the chosen ones, grouped by area of work and objective."""
    rows = Theme.objects.on(clock.today()) | Theme.objects.filter(code__in=list(chosen))
    groups: dict[str, list[tuple[str, str]]] = {}
    for row in rows.select_related("area", "objective").order_by("area__code", "objective__number", "position", "pk"):
        groups.setdefault(str(row.area or row.objective), []).append((row.code, row.name))
    return list(groups.items())


def by_name(organisations: Iterable[Organisation]) -> list[tuple[str, str]]:
    """Return choices by name."""
    return [
        ("", "—"),
        *sorted(((row.slug, row.name) for row in organisations), key=lambda choice: choice[1].casefold()),
    ]


def current_categories() -> list[BudgetCategory]:
    """Return the newest version of the list of budget categories, in its order."""
    rows = list(BudgetCategory.objects.order_by("-version", "code"))
    return [row for row in rows if row.version == rows[0].version]
