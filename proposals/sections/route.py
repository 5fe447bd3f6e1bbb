"""The recommendations of the Forum that the proposal follows or, without one, its justification."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from alliance.core.errors import Text
from alliance.forum.models import Recommendation
from proposals.forms.fields import long_text
from proposals.models import Proposal
from proposals.sections.section import Content, Section, SectionForm, no_tables
from proposals.sections.tables import Names, split_paragraphs

# Objectives that carry a proposal without a recommendation of the Forum (R70).
SECOND_ROUTE = frozenset({"O2", "O3"})


class RouteForm(SectionForm):
    """Recommendations chosen among all, narrowed by a search that keeps what is ticked."""

    recommendations = forms.ModelMultipleChoiceField(
        label=_("Recommendations"),
        help_text=_("In our paraphrase, not official. Choosing one implies no endorsement by the Forum."),
        queryset=Recommendation.objects.none(),
        to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
    )
    coherence_justification = long_text(
        _("Justification under objective 2 or 3"),
        hint=_("For a proposal that follows no recommendation: how it serves policy coherence or capacity."),
        rows=6,
        required=False,
    )

    def __init__(self, proposal: Proposal, data: QueryDict | None = None, **options: Any) -> None:
        super().__init__(proposal, data, **options)
        everything = Recommendation.objects.for_list()
        chosen = set(data.getlist("recommendations")) if data is not None else set(self.initial["recommendations"])
        field = self.fields["recommendations"]
        field.queryset = everything  # type: ignore[attr-defined]
        self.found = (
            set(Recommendation.objects.search(self.search).values_list("code", flat=True)) if self.search else None
        )
        shown = [row for row in everything if self.found is None or row.code in self.found or row.code in chosen]
        field.choices = [(row.code, f"{row.code} · {row.summit.name} · {row.text}") for row in shown]  # type: ignore[attr-defined]

    def stored(self) -> dict[str, Any]:
        codes = self.proposal.recommendations.values_list("recommendation__code", flat=True)
        return {**super().stored(), "recommendations": sorted(codes)}


def content(proposal: Proposal) -> Content:
    codes = proposal.recommendations.order_by("recommendation__code").values_list("recommendation__code", flat=True)
    return {"recommendations": list(codes), "coherence_justification": proposal.coherence_justification}


def gaps(content: Content) -> list[Text]:
    """A recommendation of the Forum, or a justified objective 2 or 3 (R69, R70)."""
    if content["recommendations"]:
        return []
    if not content["coherence_justification"].strip():
        return [_("Choose a recommendation of the Forum, or justify the proposal under objective 2 or 3.")]
    if not SECOND_ROUTE & {item["code"] for item in content["objectives"]}:
        return [_("Without a recommendation of the Forum, the proposal has to serve objective 2 or 3.")]
    return []


def paragraphs(content: Content, names: Names) -> Iterator[str]:
    yield from (f"{code} · {names.recommendations.get(code, '')}" for code in content["recommendations"])
    yield from split_paragraphs(content["coherence_justification"])


ROUTE = Section(
    key="route",
    title=_("Recommendations followed"),
    purpose=_("The Forum’s recommendations that the proposal follows or, without one, why it serves objective 2 or 3."),
    form=RouteForm,
    columns=("coherence_justification",),
    content=content,
    gaps=gaps,
    paragraphs=paragraphs,
    tables=no_tables,
    template="proposals/section_route.html",
)
