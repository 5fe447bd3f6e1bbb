"""Who does what where: the fund's projects and the activities outside it in one list, with their counts (R53)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import CharField, F, Q, QuerySet, Value

from alliance.core.countries import country_name, sort_key
from alliance.forum.models import Theme
from alliance.people.models import Organisation
from proposals.models import Contract, OutsideActivity, Project

COLUMNS = ("kind", "reference", "title", "written_in", "who", "countries", "themes", "starts_on", "ends_on")
COUNTRIES_SHOWN = 10
PROJECT, ACTIVITY = "project", "activity"


@dataclass(frozen=True)
class Asked:
    """What the list is narrowed to; nothing narrows to nothing."""

    organisation: Organisation | None = None
    theme: Theme | None = None
    country: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Work:
    """A project of the fund or an activity outside it. `language` is empty where it is not known."""

    kind: str
    reference: str
    title: str
    language: str
    organisation: Organisation
    partners: list[Organisation]
    countries: list[str]
    themes: list[Theme]
    starts_on: date
    ends_on: date

    @property
    def is_project(self) -> bool:
        return self.kind == PROJECT


@dataclass(frozen=True)
class Matrix:
    """How many pieces of work there are by theme and country: one counts in each cell that it belongs to, so nothing is summed."""

    total: int = 0
    countries: list[str] = field(default_factory=list)
    lines: list[tuple[Theme, list[tuple[str, int]]]] = field(default_factory=list)
    left_out: int = 0


def works(asked: Asked) -> QuerySet[Any]:
    """Return what is asked for as rows of COLUMNS, the latest start first: projects and what stands outside the fund."""
    return _both(asked, *COLUMNS).order_by("-starts_on", "reference")


def _both(asked: Asked, *columns: str) -> QuerySet[Any]:
    projects = Project.objects.filter(_placed(asked)).annotate(
        kind=Value(PROJECT), written_in=Value("", output_field=CharField()), who=F("lead_id")
    )
    activities = OutsideActivity.objects.standing().filter(_placed(asked))
    activities = activities.annotate(kind=Value(ACTIVITY), written_in=F("language"), who=F("organisation_id"))
    if asked.organisation:
        partnered = Contract.objects.filter(partner=asked.organisation, state=Contract.State.SIGNED)
        projects = projects.filter(Q(lead=asked.organisation) | Q(pk__in=partnered.values("project")))
        activities = activities.filter(organisation=asked.organisation)
    return projects.values_list(*columns).union(activities.values_list(*columns), all=True)


def at_work() -> QuerySet[Organisation]:
    """Return the organisations that the whole list can be narrowed to: those that lead, carry out or run something."""
    partnered = Contract.objects.filter(state=Contract.State.SIGNED)
    return Organisation.objects.filter(
        Q(pk__in=Project.objects.values("lead"))
        | Q(pk__in=partnered.values("partner"))
        | Q(pk__in=OutsideActivity.objects.standing().values("organisation"))
    )


def _placed(asked: Asked) -> Q:
    """Return the condition on country, theme and period: a row's days and the period have a day in common."""
    wanted = {
        "countries__contains": [asked.country] if asked.country else None,
        "themes__contains": [asked.theme.code] if asked.theme else None,
        "ends_on__gte": asked.since,
        "starts_on__lte": asked.until,
    }
    return Q(**{lookup: value for lookup, value in wanted.items() if value is not None})


def read(rows: Iterable[tuple[Any, ...]]) -> Iterator[Work]:
    """Return rows of `works` with their organisations and themes, in four queries however many they are."""
    found = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    leads = {row.pk: row for row in Organisation.objects.filter(pk__in={one["who"] for one in found})}
    partners = _partners(one["reference"] for one in found if one["kind"] == PROJECT)
    themes = {row.code: row for row in Theme.objects.order_by("area", "position", "pk")}
    for one in found:
        lead = leads[one["who"]]
        yield Work(
            kind=one["kind"], reference=one["reference"], title=one["title"], language=one["written_in"],
            organisation=lead, partners=[row for row in partners[one["reference"]] if row.pk != lead.pk],
            countries=one["countries"], themes=[row for code, row in themes.items() if code in one["themes"]],
            starts_on=one["starts_on"], ends_on=one["ends_on"],
        )  # fmt: skip


def _partners(references: Iterable[str]) -> dict[str, list[Organisation]]:
    """Return, by project, who carries it out under a contract signed on both sides."""
    rows = Contract.objects.filter(project__reference__in=list(references), state=Contract.State.SIGNED)
    named: dict[str, list[Organisation]] = defaultdict(list)
    for row in rows.select_related("partner", "project").order_by("pk"):
        if row.partner not in named[row.project.reference]:
            named[row.project.reference].append(row.partner)
    return named


def matrix(asked: Asked) -> Matrix:
    """Count the same works by theme and country; the countries with most work are shown, the others are said to be left out."""
    rows = list(_both(asked, "reference", "countries", "themes"))
    cells = Counter((code, country) for _ref, countries, themes in rows for code in themes for country in countries)
    if not cells:
        return Matrix(len(rows))
    busy: Counter[str] = Counter()
    for (_code, country), number in cells.items():
        busy[country] += number
    ranked = sorted(busy, key=lambda country: (-busy[country], country))
    shown = sorted(ranked[:COUNTRIES_SHOWN], key=lambda country: sort_key(country_name(country)))
    themes = Theme.objects.filter(code__in={code for code, _country in cells}).order_by("area", "position", "pk")
    lines = [(theme, [(country, cells[theme.code, country]) for country in shown]) for theme in themes]
    return Matrix(len(rows), shown, lines, len(ranked) - len(shown))
