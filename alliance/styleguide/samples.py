"""Made-up rows of the style guide, with the awkward cases in: long names, nothing, too much."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from alliance.core.display import Event, MoneyStep, Step, Task
from alliance.core.formats import money
from alliance.core.tones import STATES

LONG = "Secretaría Nacional de Asuntos Migratorios y Desarrollo Territorial de los Estados Plurinacionales (demostración)"


class Meaning(NamedTuple):
    """An objective or a window, as the components see it."""

    code: str
    name_en: str
    name_fr: str = ""
    name_es: str = ""


MEANINGS = [
    Meaning("O1", "Follow-up of Forum recommendations", "Suivi des recommandations du Forum", "Seguimiento de las recomendaciones del Foro"),
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
        "lines": [("SDC", Decimal("1250000.00"), Decimal("0.31")), (LONG, Decimal("-80.50"), Decimal("0.002")), ("ILO", Decimal(0), None)],
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
        Task(_("Vote on the proposal"), "#tasks", at.replace(day=19), _("Compendium of bilateral labour arrangements"), "DEC-2008-007"),
        Task(_("Authorise the payment"), "#tasks", reference="PAY-2008-0002"),
    ]


def events(at: datetime) -> list[Event]:
    return [
        Event(at.replace(day=2), _("Submitted"), _("Version 1, receipt RCT-8F2K-11QD"), "#timeline", LONG),
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
    return {}
