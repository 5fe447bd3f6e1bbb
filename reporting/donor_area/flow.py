"""The picture of one donor's money: from what it paid through windows to projects, and what became of it there."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.core import formats
from alliance.core.tones import of_code
from alliance.rendering.charts import Flow, Link, Node
from reporting.donor_area.shape import Part, WindowPart

ZERO = Decimal("0.00")
PROJECTS = 9  # as many stand by themselves; the smaller ones together
OTHERS = "project:"
SOURCE = "source"
type Moves = Iterator[tuple[str, str, Decimal]]


def flow(
    donor: str, windows: Iterable[WindowPart], parts: Iterable[Part], drawn: Mapping[tuple[str, str], Decimal]
) -> Flow:
    """Return the flow. What reaches a window is what was paid into it and moved to it since."""
    windows, parts = list(windows), list(parts)
    places = _places(parts)
    links: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for source, target, amount in (*_through(windows), *_to_projects(drawn, places), *_used(parts, places)):
        links[source, target] += amount
    kept = tuple(Link(source, target, amount) for (source, target), amount in links.items() if amount > ZERO)
    touched = {key for link in kept for key in (link.source, link.target)}
    return Flow(
        _("Where the money went"),
        _("What this donor paid, through which window, to which projects, and what became of it there."),
        (_("Paid"), _("Funding windows"), _("Projects and costs"), _("Use")),
        tuple(node for node in _nodes(donor, windows, parts, places) if node.key in touched),
        kept,
    )


def _places(parts: Iterable[Part]) -> dict[str, str]:
    """Return the place of each project in the picture: its own for the largest, one for all others."""
    ranked = sorted(parts, key=lambda part: (-part.allocated, part.project))
    alone = ranked if len(ranked) <= PROJECTS + 1 else ranked[:PROJECTS]
    own = {part.project: f"project:{part.project}" for part in alone}
    return {part.project: own.get(part.project, OTHERS) for part in ranked}


def _through(windows: Iterable[WindowPart]) -> Moves:
    for row in windows:
        place = f"window:{row.code}"
        yield SOURCE, place, row.received + row.moved_in
        yield place, "fee", row.fee
        yield place, "costs", row.costs
        yield place, "refunded", row.refunded
        yield place, "unallocated", row.unallocated


def _to_projects(drawn: Mapping[tuple[str, str], Decimal], places: Mapping[str, str]) -> Moves:
    for (window, project), amount in sorted(drawn.items()):
        yield f"window:{window}", places[project], amount


def _used(parts: Iterable[Part], places: Mapping[str, str]) -> Moves:
    for part in parts:
        place = places[part.project]
        yield place, "spent", part.spent
        yield place, "with_partners", part.transferred - part.spent
        yield place, "waiting", part.allocated - part.transferred


def _nodes(
    donor: str, windows: Iterable[WindowPart], parts: Iterable[Part], places: Mapping[str, str]
) -> Iterator[Node]:
    yield Node(SOURCE, donor, 0, "accent")
    for row in windows:
        yield Node(f"window:{row.code}", row.name, 1, of_code(row.code))
    shown = [part.project for part in parts if places[part.project] != OTHERS]
    for reference in sorted(shown):
        yield Node(f"project:{reference}", reference, 2, "neutral")
    rest = len(places) - len(shown)
    if rest:
        words = ngettext("%(count)s other project", "%(count)s other projects", rest)
        yield Node(OTHERS, words % {"count": formats.figure(rest)}, 2, "neutral")
    yield Node("fee", _("Fee"), 2, "warn")
    yield Node("costs", _("Costs of the fund"), 2, "warn")
    yield Node("refunded", _("Paid back to the donor"), 2, "gen")
    yield Node("unallocated", _("Not yet allocated"), 2, "open")
    yield Node("spent", _("Spent"), 3, "good")
    yield Node("with_partners", _("With partners"), 3, "progress")
    yield Node("waiting", _("Allocated, not yet transferred"), 3, "open")
