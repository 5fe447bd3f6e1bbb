"""How success is measured: from a baseline to a target."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alliance.core import formats
from alliance.core.errors import Text
from alliance.core.numbers import FigureField
from proposals.forms.rows import RowForm, RowSet, row_set
from proposals.models import Disaggregation, Indicator, Proposal
from proposals.sections.section import Content, Section, SectionForm, no_paragraphs
from proposals.sections.tables import Names, Rows


class IndicatorRow(RowForm):
    statement = forms.CharField(label=_("Indicator"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    unit = forms.ChoiceField(label=_("Unit"), choices=Indicator.Unit)
    baseline = FigureField(label=_("Baseline"), required=False)
    target = FigureField(label=_("Target"))
    disaggregation = forms.MultipleChoiceField(
        label=_("Broken down by"), choices=Disaggregation, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *arguments: Any, choices: dict[str, Any], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["unit"].initial = Indicator.Unit.NUMBER


class IndicatorsForm(SectionForm):
    legend: ClassVar[Text] = _("Indicators")

    def make_rows(self, data: QueryDict | None, extra: int) -> RowSet:
        names = ("statement", "unit", "baseline", "target", "disaggregation")
        initial = list(self.proposal.indicators.order_by("position").values(*names))
        return row_set(IndicatorRow, data, initial, extra)

    def values(self) -> dict[str, Any]:
        return {"indicators": self.rows.kept()}


def content(proposal: Proposal) -> Content:
    return {
        "indicators": [
            {
                "statement": row.statement,
                "unit": row.unit,
                "baseline": None if row.baseline is None else format(row.baseline, "f"),
                "target": format(row.target, "f"),
                "disaggregation": sorted(row.disaggregation),
            }
            for row in proposal.indicators.order_by("position")
        ]
    }


def gaps(content: Content) -> list[Text]:
    return [] if content["indicators"] else [_("Enter at least one indicator with its target.")]


def tables(content: Content, names: Names) -> Iterator[Rows]:
    lines = [
        [
            item["statement"],
            str(Indicator.Unit(item["unit"]).label),
            "" if item["baseline"] is None else formats.plain_figure(Decimal(item["baseline"])),
            formats.plain_figure(Decimal(item["target"])),
            ", ".join(str(Disaggregation(value).label) for value in item["disaggregation"]),
        ]
        for item in content["indicators"]
    ]
    headers = [
        gettext("Indicator"), gettext("Unit"), gettext("Baseline"), gettext("Target"), gettext("Broken down by"),
    ]  # fmt: skip
    if lines:
        yield Rows(gettext("Indicators"), headers, lines, numbers=frozenset({2, 3}))


INDICATORS = Section(
    key="indicators",
    title=_("Indicators"),
    purpose=_("How success is measured: from a baseline to a target."),
    form=IndicatorsForm,
    columns=(),
    content=content,
    gaps=gaps,
    paragraphs=no_paragraphs,
    tables=tables,
)
