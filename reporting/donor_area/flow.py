"""The picture of one donor's money: from what it paid through windows to projects, and what became of it there."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.core import formats
from alliance.core.tones import of_code
from alliance.rendering.charts import Flow, Link, Node
from reporting.donor_area.money import Own
from reporting.donor_area.shape import DonorPart, WindowPart

ZERO = Decimal("0.00")
PROJECTS = 9  # as many stand by themselves; the smaller ones together
OTHERS = "project:"
SOURCE = "source"
type Moves = Iterator[tuple[str, str, Decimal]]


def flow(donor: str, own: Own) -> Flow:
    """Return the flow. What reaches a window is what was paid into it and moved to it since."""
    windows, alone = own.windows, _alone(own)
    drawn = own.drawn([part.project for part in alone])
    rest = DonorPart(
        OTHERS, *(whole - sum(parts) for whole, *parts in zip(own.totals[1:], *(p[1:] for p in alone), strict=True))
    )
    links: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for source, target, amount in (
        *_through(windows),
        *_to_projects({row.code: row.attributed for row in windows}, drawn),
        *_used([*(part._replace(project=_place(part)) for part in alone), rest]),
    ):
        links[source, target] += amount
    kept = tuple(Link(source, target, amount) for (source, target), amount in links.items() if amount > ZERO)
    touched = {key for link in kept for key in (link.source, link.target)}
    return Flow(
        _("Where the money went"),
        _("What this donor paid, through which window, to which projects, and what became of it there."),
        (_("Paid"), _("Funding windows"), _("Projects and costs"), _("Use")),
        tuple(node for node in _nodes(donor, windows, alone, len(own.parts) - len(alone)) if node.key in touched),
        kept,
    )


def _alone(own: Own) -> list[DonorPart]:
    """Return the projects that stand by themselves: the largest, or all where one more is all there is."""
    largest = sorted(own.parts, key=lambda part: (-part.allocated, part.project))
    return largest if len(largest) <= PROJECTS + 1 else largest[:PROJECTS]


def _place(part: DonorPart) -> str:
    return f"{OTHERS}{part.project}"


def _through(windows: Iterable[WindowPart]) -> Moves:
    for row in windows:
        place = f"window:{row.code}"
        yield SOURCE, place, row.received + row.moved_in
        yield place, "fee", row.fee
        yield place, "costs", row.costs
        yield place, "refunded", row.refunded
        yield place, "unallocated", row.unallocated


def _to_projects(drawn: Mapping[str, Decimal], alone: Mapping[tuple[str, str], Decimal]) -> Moves:
    """Yield what went from each window to each project that stands alone, and the remainder to the others."""
    rest = defaultdict(lambda: ZERO, drawn)
    for (window, project), amount in sorted(alone.items()):
        rest[window] -= amount
        yield f"window:{window}", f"{OTHERS}{project}", amount
    for window, amount in sorted(rest.items()):
        yield f"window:{window}", OTHERS, amount


def _used(parts: Iterable[DonorPart]) -> Moves:
    for part in parts:
        yield part.project, "spent", part.spent
        yield part.project, "with_partners", part.transferred - part.spent
        yield part.project, "waiting", part.allocated - part.transferred


def _nodes(donor: str, windows: Iterable[WindowPart], alone: Iterable[DonorPart], rest: int) -> Iterator[Node]:
    yield Node(SOURCE, donor, 0, "accent")
    for row in windows:
        yield Node(f"window:{row.code}", row.name, 1, of_code(row.code))
    for part in sorted(alone, key=lambda part: part.project):
        yield Node(_place(part), part.project, 2, "neutral")
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
