"""Made-up rows of the style guide, with the awkward cases in: long names, nothing, too much."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from django.utils.translation import gettext_lazy as _

from alliance.core.display import Event, MoneyStep, Step, Task
from alliance.core.formats import money
from alliance.core.tones import STATES, of_code
from alliance.core.translated import columns, english
from alliance.rendering.charts import (
    Bar,
    Bars,
    Flow,
    Group,
    Grouped,
    Link,
    Node,
    Segment,
    Stack,
    Stacked,
    Target,
    Targets,
)

LONG = (
    "Secretaría Nacional de Asuntos Migratorios y Desarrollo Territorial de los Estados Plurinacionales (demostración)"
)


class Meaning:
    """An objective or a window, as the components see it, named in as many languages as there are names."""

    def __init__(self, code: str, *names: str) -> None:
        self.code = code
        for column, name in zip_longest(columns("name"), names, fillvalue=""):
            setattr(self, column, name)


MEANINGS = [
    Meaning(
        "O1",
        "Follow-up of Forum recommendations",
        "Suivi des recommandations du Forum",
        "Seguimiento de las recomendaciones del Foro",
    ),
    Meaning("O2", "Policy coherence", "Cohérence des politiques", "Coherencia de políticas"),
    Meaning("O3", "National and international capacity"),
    Meaning("GEN", "Unearmarked", "Non préaffecté", "Sin fines específicos"),
]


def rows() -> dict[str, Any]:
    """Return what the components are shown with."""
    at = datetime(2008, 9, 15, 14, 30, tzinfo=UTC)
    return {
        "at": at,
        "meanings": MEANINGS,
        "tones": STATES,
        "steps_items": steps(),
        "tasks_items": tasks(at),
        "events": events(at),
        "money_items": money_steps(),
        "lines": [
            ("SDC", Decimal("1250000.00"), Decimal("0.31")),
            (LONG, Decimal("-80.50"), Decimal("0.002")),
            ("ILO", Decimal(0), None),
        ],
        "long_name": LONG,
    }


def steps() -> list[Step]:
    return [
        Step(_("Context and objectives"), "done", "#steps"),
        Step(_("Rights and welfare"), "problem", "#steps", _("The secretariat asks for one clarification.")),
        Step(_("Budget"), "current", "#steps"),
        Step(_("Results framework"), "todo", "#steps"),
        Step(_("Submit"), "locked"),
    ]


def tasks(at: datetime) -> list[Task]:
    return [
        Task(_("Accept the report on the first period"), "#tasks", date(2008, 9, 1), LONG, "REP-2008-0003", late=True),
        Task(
            _("Vote on the proposal"),
            "#tasks",
            at.replace(day=19),
            _("Compendium of bilateral labour arrangements"),
            "DEC-2008-007",
        ),
        Task(_("Authorise the payment"), "#tasks", reference="PAY-2008-0002"),
    ]


def events(at: datetime) -> list[Event]:
    return [
        Event(at.replace(day=2), _("Proposal submitted"), _("Version 1, receipt RCT-8F2K-11QD"), "#timeline", LONG),
        Event(at.replace(day=9), _("Found eligible"), by=_("Secretariat")),
        Event(at, _("Opened for decision")),
    ]


def money_steps() -> list[MoneyStep]:
    return [
        MoneyStep(_("Pledged"), money(Decimal("8000000"), "SEK"), "#money", _("Acknowledged on 12 March 2008")),
        MoneyStep(_("Agreed"), money(Decimal("8000000"), "SEK"), "#money"),
        MoneyStep(_("Received"), money(Decimal("1230769.23")), "#money"),
        MoneyStep(_("Attributed to projects"), note=_("Nothing allocated yet"), done=False),
    ]


def charts() -> dict[str, Any]:
    """Return one chart of each kind, and one with nothing to show."""
    return {
        "charts": [
            flow(),
            balances(),
            contributions(),
            votes(),
            indicators(),
            Bars(_("Bars without rows"), _("Nothing."), ()),
        ]
    }


def flow() -> Flow:
    nodes = (
        Node("se", _("Sweden"), 0),
        Node("long", LONG, 0),
        Node("seed", _("Seed capital"), 0),
        Node("w1", _("Follow-up of Forum recommendations"), 1, "o1"),
        Node("gen", _("Unearmarked"), 1, "gen"),
        Node("p1", _("Compendium of bilateral labour arrangements"), 2, "o1"),
        Node("p2", _("Policy coherence"), 2, "o2"),
        Node("spent", _("Spent"), 3, "good"),
        Node("held", _("With partners"), 3, "progress"),
    )
    amounts = "se w1 900000,long w1 350000,long gen 120000,seed gen 200000,w1 p1 600000,gen p2 90000,p1 spent 240000,p1 held 110000,p2 held 4000"
    links = tuple(Link(a, b, Decimal(c)) for a, b, c in (entry.split() for entry in amounts.split(",")))
    columns = (_("Donors"), _("Funding windows"), _("Projects"), _("Use"))
    return Flow(_("Money flow"), _("From donors through windows to projects and spending."), columns, nodes, links)


def balances() -> Bars:
    figures = (Decimal("1250000"), Decimal("312000.50"), Decimal("-80"), Decimal(0))
    rows = tuple(
        Bar(english(meaning), value, of_code(meaning.code)) for meaning, value in zip(MEANINGS, figures, strict=True)
    )
    return Bars(_("Balance by window"), _("What can still be allocated."), (*rows, Bar(LONG, Decimal("99"))))


def contributions() -> Grouped:
    series = ((_("Pledged"), "open"), (_("Agreed"), "progress"), (_("Received"), "good"))
    rows = (
        Group("Sweden", (Decimal("1230769"), Decimal("1230769"), Decimal("615384"))),
        Group(LONG, (Decimal("500000"), Decimal(0), Decimal(0))),
    )
    return Grouped(_("Pledged, agreed and received"), _("By donor, in US dollars."), series, rows)


def votes() -> Stacked:
    def row(label: Any, *values: int) -> Stack:
        names = (
            (_("Approve"), "good"),
            (_("Return for changes"), "warn"),
            (_("Object"), "bad"),
            (_("Abstain"), "neutral"),
        )
        return Stack(
            label, tuple(Segment(name, value, tone) for (name, tone), value in zip(names, values, strict=True))
        )

    return Stacked(
        _("Votes by seat"),
        _("By constituency."),
        (row(_("Donors"), 3, 1, 0, 0), row(_("Developing countries"), 2, 0, 1, 1)),
    )


def indicators() -> Targets:
    rows = (
        Target(_("Agreements described in the compendium"), 0, 120, 84),
        Target(LONG, Decimal("12.5"), Decimal("8"), Decimal("7.9"), "%"),
        Target(_("Governments that used it"), 0, 15, None),
    )
    return Targets(_("Indicators against targets"), _("As last reported."), rows)
