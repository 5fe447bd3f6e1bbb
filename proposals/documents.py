"""A proposal's content made readable: sections with paragraphs and tables, names in the reader's language."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from alliance.core import formats
from alliance.forum.models import Objective, Recommendation, Theme
from alliance.people.models import Organisation, User
from proposals.comparison import Change, change
from proposals.models import BudgetCategory, Disaggregation, Indicator, ProposalVersion, RightsMarker
from proposals.sections import SECTIONS


@dataclass(frozen=True)
class Rows:
    """A small table: headers, lines, and a line of totals when there is one. `numbers` are the columns of figures."""

    caption: str
    headers: list[str]
    lines: list[list[str]]
    total: list[str] = field(default_factory=list)
    numbers: frozenset[int] = frozenset()

    @property
    def labelled(self) -> list[list[tuple[str, str]]]:
        """The lines with each cell beside its header, for narrow screens."""
        return [list(zip(self.headers, line, strict=True)) for line in self.lines]


@dataclass(frozen=True)
class Part:
    """A section as it reads."""

    key: str
    title: str
    paragraphs: list[str]
    tables: list[Rows] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not self.paragraphs and not self.tables


class Names:
    """Names of what the content gives as codes, each kind read once."""

    def __init__(self, contents: Iterable[dict[str, Any]]) -> None:
        contents = list(contents)
        slugs = {content["applicant"] for content in contents}
        slugs |= {item["organisation"] for content in contents for item in content["partners"]}
        codes = {code for content in contents for code in content["recommendations"]}
        themes = {code for content in contents for code in content.get("themes", ())}
        people = {uid for content in contents for uid in content["contributors"]}
        self.organisations = {row.slug: row.name for row in Organisation.objects.filter(slug__in=slugs)}
        self.recommendations = {row.code: row.text for row in Recommendation.objects.filter(code__in=codes)}
        self.objectives = {row.code: row.name for row in Objective.objects.all()}
        self.themes = {row.code: row.name for row in Theme.objects.filter(code__in=themes)} if themes else {}
        self.categories = {(row.version, row.code): str(row) for row in BudgetCategory.objects.all()}
        self.people = {row.uid.hex: row.name for row in User.objects.filter(uid__in=people)}


def read(content: dict[str, Any], names: Names) -> list[Part]:
    """Return every section of the content, in order."""
    return [
        Part(key, str(section.title), list(_paragraphs(key, content, names)), list(_tables(key, content, names)))
        for key, section in SECTIONS.items()
    ]


def read_version(version: ProposalVersion) -> list[Part]:
    return read(version.parsed, Names([version.parsed]))


def compared(old: ProposalVersion, new: ProposalVersion) -> list[Change]:
    """Return what changed between two versions, section by section."""
    names = Names([old.parsed, new.parsed])
    before = {part.key: part for part in read(old.parsed, names)}
    return [change(part.title, list(_flat(before[part.key])), list(_flat(part))) for part in read(new.parsed, names)]


def contributors(version: ProposalVersion) -> list[str]:
    """Return the names of those who wrote the version (R7)."""
    names = Names([version.parsed]).people
    return [names[uid] for uid in version.parsed["contributors"] if uid in names]


def _flat(part: Part) -> Iterator[str]:
    yield from part.paragraphs
    for table in part.tables:
        for line in table.lines:
            yield " · ".join(cell for cell in line if cell)


def split_paragraphs(text: str) -> list[str]:
    return [piece.strip() for piece in text.splitlines() if piece.strip()]


TEXTS = {
    "context": "context",
    "approach": "approach",
    "adverse_effects": "adverse_effects",
    "disaggregation": "disaggregation",
    "partnership": "partnership",
    "sustainability": "sustainability",
}


def _paragraphs(key: str, content: dict[str, Any], names: Names) -> Iterator[str]:
    match key:
        case "summary":
            yield from filter(None, [content["title"]])
            yield from split_paragraphs(content["summary"])
        case "route":
            yield from (f"{code} · {names.recommendations.get(code, '')}" for code in content["recommendations"])
            yield from split_paragraphs(content["coherence_justification"])
        case "objectives":
            yield from (names.themes.get(code, code) for code in content.get("themes", ()))
        case "places":
            yield from _places(content)
        case "rights":
            yield from split_paragraphs(content["rights_and_welfare"])
            if content["rights_marker"] is not None:
                yield _("Marker: %(marker)s") % {"marker": RightsMarker(content["rights_marker"]).label}
        case "documents":
            yield from (f"{item['title']} ({item['name']})" for item in content["attachments"])
        case _ if key in TEXTS:
            yield from split_paragraphs(content[TEXTS[key]])


def _places(content: dict[str, Any]) -> Iterator[str]:
    if content["countries"]:
        yield ", ".join(formats.country_name(code) for code in content["countries"])
    yield from split_paragraphs(content["country_reason"])
    if content["starts_on"] and content["ends_on"]:
        days = {name: formats.long_date(date.fromisoformat(content[name])) for name in ("starts_on", "ends_on")}
        yield _("From %(starts_on)s to %(ends_on)s") % days


def _tables(key: str, content: dict[str, Any], names: Names) -> Iterator[Rows]:
    if key == "objectives" and content["objectives"]:
        yield _objectives(content, names)
    if key == "partnership" and content["partners"]:
        yield _partners(content, names)
    if key == "budget" and content["budget"]:
        yield _budget(content, names)
    if key == "indicators" and content["indicators"]:
        yield _indicators(content)


def _objectives(content: dict[str, Any], names: Names) -> Rows:
    lines = [
        [
            f"{item['code']} {names.objectives.get(item['code'], '')}",
            formats.percent(Decimal(item["percent"]) / 100),
            _("Main objective") if item["is_main"] else "",
        ]
        for item in content["objectives"]
    ]
    return Rows(_("Objectives"), [_("Objective"), _("Share"), _("Main")], lines, numbers=frozenset({1}))


def _partners(content: dict[str, Any], names: Names) -> Rows:
    lines = [
        [
            names.organisations.get(item["organisation"], item["organisation"]),
            _("Lead") if item["is_lead"] else _("Partner"),
            item["tasks"],
            formats.figure(Decimal(item["share"])),
        ]
        for item in content["partners"]
    ]
    headers = [_("Organisation"), _("Role"), _("Tasks"), _("Share (USD)")]
    return Rows(_("Partners"), headers, lines, numbers=frozenset({3}))


def _budget(content: dict[str, Any], names: Names) -> Rows:
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
    total = sum((Decimal(item["amount"]) for item in content["budget"]), Decimal("0.00"))
    headers = [_("Partner"), _("Year"), _("Category"), _("Description"), _("Amount (USD)")]
    return Rows(
        _("Budget lines"), headers, lines, [_("Total"), "", "", "", formats.figure(total)], numbers=frozenset({4})
    )


def _indicators(content: dict[str, Any]) -> Rows:
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
    headers = [_("Indicator"), _("Unit"), _("Baseline"), _("Target"), _("Broken down by")]
    return Rows(_("Indicators"), headers, lines, numbers=frozenset({2, 3}))
