"""Bring the ground's reference rows in line with the files: objectives, areas, summits, recommendations, terms,
and the agencies of the Global Migration Group."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.db import models

from alliance.forum.models import (
    AreaOfWork,
    ChairTerm,
    ForumSession,
    GlossaryTerm,
    Objective,
    Recommendation,
    Roundtable,
    Source,
    Summit,
    SummitChair,
    Theme,
)
from alliance.people.models import Organisation
from alliance.people.operations import register_organisation
from alliance.reference import Loaded, sync, sync_links
from alliance.register import operation

type Rows = list[dict[str, Any]]
VALIDITY = ("valid_from", "valid_until")


def load(read_json: Callable[[str], Rows], **options: Any) -> dict[str, Loaded]:
    """Load everything of the ground, each kind of row after those that it refers to."""
    return {
        "objectives": sync(Objective, read_json("objectives")),
        "areas": sync(AreaOfWork, read_json("areas"), keep=VALIDITY),
        "themes": _themes(read_json("themes")),
        "sources": sync(Source, read_json("sources"), key="key"),
        **_summits(read_json("summits")),
        "chair_terms": sync(ChairTerm, read_json("chair_terms"), key=("country", "starts_on")),
        **_programme(read_json("roundtables")),
        "recommendations": _recommendations(read_json("recommendations")),
        "glossary": sync(GlossaryTerm, read_json("glossary"), key="key"),
        "organisations": _organisations(read_json("organisations")),
    }


def _by(model: type[models.Model], name: str = "code") -> dict[Any, Any]:
    return {getattr(row, name): row for row in model._default_manager.all()}


def _without(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def _themes(rows: Rows) -> Loaded:
    areas, objectives = _by(AreaOfWork), _by(Objective)
    placed = [row | {"area": areas.get(row["area"]), "objective": objectives.get(row["objective"])} for row in rows]
    return sync(Theme, placed, keep=VALIDITY)


def _summits(rows: Rows) -> dict[str, Loaded]:
    loaded = sync(Summit, [_without(row, "chairs", "sources") for row in rows])
    summits = _by(Summit)
    chairs = sync(SummitChair, _chairs(rows, summits), key=("summit", "country"))
    linked = _linked(Summit.sources.through, summits, _by(Source, "key"), rows, "sources")
    return {"summits": _also(loaded, linked), "summit_chairs": chairs}


def _chairs(rows: Rows, summits: Mapping[str, Summit]) -> Iterable[dict[str, Any]]:
    for row in rows:
        for position, country in enumerate(row["chairs"], 1):
            yield {"summit": summits[row["code"]], "country": country, "position": position}


def _programme(rows: Rows) -> dict[str, Loaded]:
    summits = _by(Summit)
    placed = [_without(row, "sessions") | {"summit": summits[row["summit"]]} for row in rows]
    roundtables = sync(Roundtable, placed, key=("summit", "code"))
    sessions = sync(ForumSession, _sessions(rows), key=("roundtable", "code"))
    return {"roundtables": roundtables, "sessions": sessions}


def _sessions(rows: Rows) -> Iterable[dict[str, Any]]:
    roundtables = {(row.summit.code, row.code): row for row in Roundtable.objects.select_related("summit")}
    for row in rows:
        for position, session in enumerate(row["sessions"], 1):
            yield session | {"roundtable": roundtables[row["summit"], row["code"]], "position": position}


def _recommendations(rows: Rows) -> Loaded:
    summits, areas = _by(Summit), _by(AreaOfWork)
    sessions = {
        (session.roundtable.summit.code, session.roundtable.code, session.code): session
        for session in ForumSession.objects.select_related("roundtable__summit")
    }
    placed = [
        _without(row, "roundtable", "objectives", "sources")
        | {
            "summit": summits[row["summit"]],
            "session": sessions[row["summit"], row["roundtable"], row["session"]],
            "target": summits.get(row["target"]),
            "area": areas.get(row["area"]),
        }
        for row in rows
    ]
    loaded = sync(Recommendation, placed)
    known = _by(Recommendation)
    linked = _linked(Recommendation.objectives.through, known, _by(Objective), rows, "objectives")
    linked += _linked(Recommendation.sources.through, known, _by(Source, "key"), rows, "sources")
    return _also(loaded, linked)


def _linked(
    through: type[models.Model], left: Mapping[str, Any], right: Mapping[str, Any], rows: Rows, name: str
) -> int:
    """Link each row to those that its list names; return how many links changed."""
    columns = [field.attname for field in through._meta.fields if isinstance(field, models.ForeignKey)]
    pairs = {(left[row["code"]].pk, right[key].pk) for row in rows for key in row[name]}
    return sync_links(through, columns[0], columns[1], pairs)


def _also(loaded: Loaded, links: int) -> Loaded:
    """Count a change of links as a change, unless the rows themselves are new."""
    return loaded if loaded.added else loaded._replace(changed=loaded.changed + links)


def _organisations(rows: Rows) -> Loaded:
    """Register those that are missing; names of the others are the secretariat's to change."""
    known = set(Organisation.objects.values_list("slug", flat=True))
    missing = [row for row in rows if row["slug"] not in known]
    if missing:
        register_agencies(by=None, rows=missing)
    return Loaded(len(rows), len(missing), 0)


@operation
def register_agencies(*, by: None, rows: Rows) -> None:
    """Enter the agencies of the Global Migration Group in the directory, in one act."""
    for row in rows:
        register_organisation(by=by, **row | {"gmg_since": date.fromisoformat(row["gmg_since"])})
