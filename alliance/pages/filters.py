"""What lists are narrowed by: words and a state, both in the address."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.core.search import matching


def with_all(choices: Any) -> list[tuple[str, Any]]:
    """Return the choices of a list's filter, with all of them first."""
    return [("", gettext_lazy("All")), *choices.choices]


class ListFilter(forms.Form):
    """What a list is narrowed to. An unknown value is said and filters nothing."""

    q = forms.CharField(
        label=gettext_lazy("Search"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)

    def __init__(self, data: Any, states: Iterable[tuple[Any, Any]]) -> None:
        super().__init__(data)
        self.fields["state"].choices = [("", _("Any")), *states]  # type: ignore[attr-defined]

    def chosen(self, rows: Any, *fields: str) -> Any:
        """Return the rows with this state in which every word stands in one of the fields."""
        asked = self.cleaned_data if self.is_valid() else {}
        rows = matching(rows, asked["q"], *fields) if asked.get("q") else rows
        return rows.filter(state=asked["state"]) if asked.get("state") else rows
