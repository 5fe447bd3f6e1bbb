"""The filter bar of the recommendations."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.forum.models import AreaOfWork, Objective, RecommendationKind, Summit
from alliance.forum.querysets import RecommendationQuerySet


class RecommendationFilter(forms.Form):
    """Which recommendations to list. An unknown value is said and filters nothing."""

    words = forms.CharField(
        label=_("Words"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    meeting = forms.ChoiceField(label=_("Meeting"), required=False)
    objective = forms.ChoiceField(label=_("Objective"), required=False)
    kind = forms.ChoiceField(label=_("Type"), required=False)
    area = forms.ChoiceField(label=_("Area of work"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = [("", _("All"))]
        summits = Summit.objects.filter(recommendations__isnull=False).distinct().in_order()
        self.choose("meeting", everything + [(row.code, row.name) for row in summits])
        self.choose("objective", everything + [(row.code, str(row)) for row in Objective.objects.order_by("number")])
        self.choose("kind", everything + list(RecommendationKind.choices))
        self.choose("area", everything + [(row.code, str(row)) for row in AreaOfWork.objects.order_by("code")])

    def choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def chosen(self, rows: RecommendationQuerySet) -> RecommendationQuerySet:
        """Return the rows that the filter lets through."""
        values = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        paths = {"meeting": "summit__code", "kind": "kind", "area": "area__code"}
        rows = rows.filter(**{path: values[name] for name, path in paths.items() if values.get(name)})
        if values.get("objective"):
            rows = rows.serving(values["objective"])
        return rows.search(values["words"]) if values.get("words") else rows
