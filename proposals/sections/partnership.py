"""Who carries out what, and the share of the budget of each."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alliance.core import formats
from alliance.core.errors import Text
from alliance.core.numbers import FigureField
from alliance.people.models import Organisation
from proposals.forms.fields import by_name, long_text
from proposals.forms.rows import RowForm, RowSet, row_set
from proposals.models import Proposal
from proposals.sections.budget import by_partner
from proposals.sections.section import Content, Section, SectionForm, paragraphs_of
from proposals.sections.tables import Names, Rows


class PartnerRow(RowForm):
    organisation = forms.ChoiceField(label=_("Organisation"))
    is_lead = forms.BooleanField(label=_("Leads"), required=False)
    tasks = forms.CharField(label=_("Tasks"), widget=forms.Textarea(attrs={"rows": 2}), max_length=4000, required=False)
    share = FigureField(label=_("Share of the budget (USD)"), required=False, min_value=Decimal(0))

    def __init__(self, *arguments: Any, choices: dict[str, Any], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["organisation"].choices = choices["organisations"]  # type: ignore[attr-defined]

    def clean_share(self) -> Decimal:
        return self.cleaned_data["share"] or Decimal("0.00")


class PartnershipForm(SectionForm):
    partnership = long_text(_("How the partners work together"), rows=6, required=False)
    legend: ClassVar[Text] = _("Partners")

    def make_rows(self, data: QueryDict | None, extra: int) -> RowSet:
        self.organisations = {
            row.slug: row for row in Organisation.objects.exclude(confirmed_at=None) | self._applicant()
        }
        initial = [
            {"organisation": row.organisation.slug, "is_lead": row.is_lead, "tasks": row.tasks, "share": row.share}
            for row in self.proposal.partners.select_related("organisation").order_by("-is_lead", "organisation__slug")
        ]
        return row_set(PartnerRow, data, initial, extra, organisations=by_name(self.organisations.values()))

    def _applicant(self) -> QuerySet[Organisation]:
        return Organisation.objects.filter(pk=self.proposal.applicant_id)

    def values(self) -> dict[str, Any]:
        rows = [{**row, "organisation": self.organisations[row["organisation"]]} for row in self.rows.kept()]
        return {"partnership": self.cleaned_data["partnership"], "partners": rows}


def content(proposal: Proposal) -> Content:
    rows = proposal.partners.order_by("-is_lead", "organisation__slug").values_list(
        "organisation__slug", "is_lead", "tasks", "share"
    )
    partners = [
        {"organisation": slug, "is_lead": lead, "tasks": tasks, "share": format(share, "f")}
        for slug, lead, tasks, share in rows
    ]
    return {"partners": partners, "partnership": proposal.partnership}


def gaps(content: Content) -> list[Text]:
    """One lead; each partner with its tasks, and a share that is the sum of its budget lines (R29)."""
    partners = content["partners"]
    if sum(item["is_lead"] for item in partners) != 1:
        return [_("Name the partners; one of them leads.")]
    missing: list[Text] = []
    if not all(item["tasks"].strip() for item in partners):
        missing.append(_("Describe the tasks of each partner."))
    shares = {item["organisation"]: Decimal(item["share"]) for item in partners if Decimal(item["share"])}
    if shares != by_partner(content):
        missing.append(_("The share of each partner is the sum of its budget lines."))
    return missing


def tables(content: Content, names: Names) -> Iterator[Rows]:
    lines = [
        [
            names.organisations.get(item["organisation"], item["organisation"]),
            gettext("Lead") if item["is_lead"] else gettext("Partner"),
            item["tasks"],
            formats.figure(Decimal(item["share"])),
        ]
        for item in content["partners"]
    ]
    headers = [gettext("Organisation"), gettext("Role"), gettext("Tasks"), gettext("Share (USD)")]
    if lines:
        yield Rows(gettext("Partners"), headers, lines, numbers=frozenset({3}))


PARTNERSHIP = Section(
    key="partnership",
    title=_("Partners"),
    purpose=_("Who carries out what, and the share of the budget of each."),
    form=PartnershipForm,
    columns=("partnership",),
    content=content,
    gaps=gaps,
    paragraphs=paragraphs_of("partnership"),
    tables=tables,
)
