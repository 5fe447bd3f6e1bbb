"""Whose money is in a project: derived from the shares of its allocations, never stored (R54).

The rule is the ledger's: what a project received less what it released, by source. Transfers and spending are split
in the same proportion, in whole cents, by largest remainder, ties to the oldest first deposit: each adds up exactly
at any date, and a donor's part may move by a cent between two dates.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from funds.attribution import Holding, split
from funds.models import Share, Source

ZERO = Decimal("0.00")
type ByProject = dict[str, dict[Source, Decimal]]


@dataclass(frozen=True)
class Attribution:
    """A source's part of one project."""

    source: Source
    allocated: Decimal
    transferred: Decimal
    spent: Decimal


def allocations(projects: Iterable[str] | None = None) -> ByProject:
    """Return, by project and source, what was allocated less what was released; sources in the order of their rank."""
    held: dict[str, dict[int, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    wanted = None if projects is None else list(projects)
    for inward, outward, sign in (("debit", "credit", 1), ("credit", "debit", -1)):
        path = f"posting__{inward}__subject"
        rows = Share.objects.filter(**{f"posting__{inward}__kind": "project", f"posting__{outward}__kind": "pool"})
        rows = rows if wanted is None else rows.filter(**{f"{path}__in": wanted})
        for project, source, amount in rows.order_by().values_list(path, "source").annotate(Sum("amount")):
            held[project][source] += sign * amount
    sources = Source.objects.select_related("donor__organisation").order_by("since", "pk")
    ranked = list(sources.filter(pk__in={pk for parts in held.values() for pk in parts})) if held else []
    return {
        project: {source: parts[source.pk] for source in ranked if parts.get(source.pk, ZERO) > ZERO}
        for project, parts in held.items()
    }


def attribute(parts: Mapping[Source, Decimal], *, transferred: Decimal, spent: Decimal) -> list[Attribution]:
    """Split what was transferred and spent of one project among its sources, in proportion to their allocations."""
    holdings = [Holding(source, amount, rank) for rank, (source, amount) in enumerate(parts.items())]
    sent, used = split(transferred, holdings), split(spent, holdings)
    return [Attribution(s, amount, sent.get(s, ZERO), used.get(s, ZERO)) for s, amount in parts.items()]
