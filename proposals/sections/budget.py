"""What each partner needs, by year and category, in the fund's currency."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alliance.core import formats
from alliance.core.errors import Text
from alliance.core.numbers import FigureField
from proposals.forms.fields import by_name, current_categories
from proposals.forms.rows import RowForm, RowSet, row_set
from proposals.models import YEARS, Proposal
from proposals.sections.section import Content, Section, SectionForm, no_paragraphs
from proposals.sections.tables import Names, Rows

CENT = Decimal("0.01")


class BudgetRow(RowForm):
    partner = forms.ChoiceField(label=_("Partner"))
    year = forms.TypedChoiceField(label=_("Year"), coerce=int)
    category = forms.ChoiceField(label=_("Category"))
    description = forms.CharField(label=_("Description"), max_length=200)
    amount = FigureField(label=_("Amount (USD)"), min_value=CENT)

    def __init__(self, *arguments: Any, choices: dict[str, Any], **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name in ("partner", "year", "category"):
            self.fields[name].choices = choices[name]  # type: ignore[attr-defined]


class BudgetForm(SectionForm):
    legend: ClassVar[Text] = _("Budget lines")

    def make_rows(self, data: QueryDict | None, extra: int) -> RowSet:
        self.partners = {
            row.organisation.slug: row.organisation for row in self.proposal.partners.select_related("organisation")
        }
        self.categories = {str(row.code): row for row in current_categories()}
        initial = [
            {
                "partner": line.partner.slug,
                "year": line.year,
                "category": str(line.category.code),
                "description": line.description,
                "amount": line.amount,
            }
            for line in self.proposal.budget_lines.select_related("partner", "category").order_by("position")
        ]
        years = project_years(self.proposal, [int(str(line["year"])) for line in initial])
        return row_set(
            BudgetRow,
            data,
            initial,
            extra,
            partner=by_name(self.partners.values()),
            year=[("", "—"), *((year, str(year)) for year in years)],
            category=[("", "—"), *((code, str(row)) for code, row in self.categories.items())],
        )

    def values(self) -> dict[str, Any]:
        rows = self.rows.kept()
        return {
            "lines": [
                {**row, "partner": self.partners[row["partner"]], "category": self.categories[row["category"]]}
                for row in rows
            ]
        }


def project_years(proposal: Proposal, used: list[int]) -> list[int]:
    """Return the years to choose from: those of the project, or the next five, and those in use."""
    first = (proposal.starts_on or proposal.created_at).year
    last = proposal.ends_on.year if proposal.ends_on else first + 5
    return sorted({*range(max(first, YEARS[0]), min(last, YEARS[1]) + 1), *used})


def content(proposal: Proposal) -> Content:
    lines = proposal.budget_lines.select_related("partner", "category").order_by("position")
    return {
        "budget": [
            {
                "partner": line.partner.slug,
                "year": line.year,
                "category_version": line.category.version,
                "category": line.category.code,
                "is_indirect": line.category.is_indirect,
                "description": line.description,
                "amount": format(line.amount, "f"),
            }
            for line in lines
        ]
    }


def requested(content: Content) -> Decimal:
    """Return the sum of the budget lines, in the fund's currency."""
    return sum((Decimal(line["amount"]) for line in content["budget"]), Decimal("0.00"))


def by_partner(content: Content) -> dict[str, Decimal]:
    """Return the sum of the budget lines of each partner that has any."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line in content["budget"]:
        sums[line["partner"]] += Decimal(line["amount"])
    return dict(sums)


def gaps(content: Content) -> list[Text]:
    lines = content["budget"]
    if not lines:
        return [_("Enter at least one budget line.")]
    missing: list[Text] = []
    partners = {item["organisation"] for item in content["partners"]}
    if any(line["partner"] not in partners for line in lines):
        missing.append(_("Every budget line belongs to a partner named in the partnership section."))
    if content["starts_on"] and content["ends_on"]:
        years = range(int(content["starts_on"][:4]), int(content["ends_on"][:4]) + 1)
        if any(line["year"] not in years for line in lines):
            missing.append(_("Every budget line lies in a year of the project."))
    return missing


def indirect_gaps(content: Content, percent: Decimal) -> list[Text]:
    """Indirect support costs stay within their share of direct costs, with a cent of tolerance."""
    indirect = sum((Decimal(line["amount"]) for line in content["budget"] if line["is_indirect"]), Decimal(0))
    direct = sum((Decimal(line["amount"]) for line in content["budget"] if not line["is_indirect"]), Decimal(0))
    most = (direct * percent / 100).quantize(CENT, ROUND_HALF_UP) + CENT
    if indirect <= most:
        return []
    shown = f"{percent.normalize():f}"
    return [_("Indirect support costs are at most %(percent)s %% of direct costs.") % {"percent": shown}]


def tables(content: Content, names: Names) -> Iterator[Rows]:
    lines = [
        [
            names.organisations.get(item["partner"], item["partner"]),
            str(item["year"]),
            names.categories.get((item["category_version"], item["category"]), str(item["category"])),
            item["description"],
            formats.figure(Decimal(item["amount"])),
        ]
        for item in content["budget"]
    ]
    headers = [
        gettext("Partner"), gettext("Year"), gettext("Category"), gettext("Description"), gettext("Amount (USD)"),
    ]  # fmt: skip
    total = [gettext("Total"), "", "", "", formats.figure(requested(content))]
    if lines:
        yield Rows(gettext("Budget lines"), headers, lines, total, numbers=frozenset({4}))


BUDGET = Section(
    key="budget",
    title=_("Budget"),
    purpose=_("What each partner needs, by year and category, in US dollars."),
    form=BudgetForm,
    columns=(),
    content=content,
    gaps=gaps,
    paragraphs=no_paragraphs,
    tables=tables,
)
