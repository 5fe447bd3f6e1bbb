"""How projects' figures are split for the statements, and carried forward: whole, by objective, by partner.

A figure of a project is its allocation less releases, its transfers less refunds that arrived, and its expenditure. The
parts of a figure add up to it, to the cent.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import JSONField
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast

from funds.ledger.attribution import prorated
from funds.ledger.movements import Moves
from funds.ledger.snapshots import Basis, ProjectPart, splits
from funds.models import AccountKind
from proposals.models import Project

KIND = AccountKind
ZERO = Decimal("0.00")
WHOLE, BY_OBJECTIVE, BY_PARTNER = "whole", "objective", "partner"
# Whatever is allocated, transferred or sent back touches an account of one of the first two kinds.
FUNDED = (KIND.PROJECT, KIND.REFUNDS_IN_TRANSIT)


class ProjectFigures(NamedTuple):
    """A project's allocation, net funded amount and expenditure until a day."""

    allocated: Decimal
    funded: Decimal
    spent: Decimal


def sent(moves: Moves, key: str, **when: int) -> Decimal:
    return moves.net(KIND.PARTNER, KIND.PROJECT, key=key, **when)


def refunded(moves: Moves, key: str, **when: int) -> Decimal:
    return moves.net(KIND.PROJECT, KIND.REFUNDS_IN_TRANSIT, key=key, **when)


def figures(basis: Basis) -> dict[str, ProjectFigures]:
    """Return the figures of the projects to read anew, of those that were ever allocated money, by reference."""
    moves = Moves(basis.day, by="project", kinds=(*FUNDED, KIND.SPENT), projects=basis.changed)
    allocated = moves.keys(KIND.PROJECT, KIND.POOL)
    return {
        key: ProjectFigures(
            moves.net(KIND.PROJECT, KIND.POOL, key=key),
            sent(moves, key) - refunded(moves, key),
            moves.net(KIND.SPENT, "", key=key),
        )
        for key in allocated
    }


@splits(WHOLE)
def whole(basis: Basis) -> Iterator[ProjectPart]:
    for reference, amounts in basis.once(figures).items():
        yield ProjectPart("", reference, *amounts)


@splits(BY_OBJECTIVE)
def by_objective(basis: Basis) -> Iterator[ProjectPart]:
    """Split by the percentages of the objectives served; a project without a record of them stands under none."""
    found = basis.once(figures)
    served = _weights(found, "objectives", "code", "percent")
    for reference, (allocated, funded, spent) in found.items():
        weights = served.get(reference) or {"": Decimal(100)}
        parts = [prorated(amount, weights) for amount in (allocated, max(funded, ZERO), spent)]
        yield from (ProjectPart(code, reference, *(amounts[code] for amounts in parts)) for code in weights)


@splits(BY_PARTNER)
def by_partner(basis: Basis) -> Iterator[ProjectPart]:
    """Split what is allocated by the partners' shares of the approved budget, or, without a record of one, by what was sent."""
    found = basis.once(figures)
    shares = _weights(found, "partners", "organisation", "share")
    without = [reference for reference in found if reference not in shares]
    shares |= _sent_to_partners(without, basis.day) if without else {}
    for reference, (allocated, _funded, _spent) in found.items():
        weights = shares.get(reference, {})
        if sum(weights.values(), ZERO) > ZERO and allocated > ZERO:
            yield from (ProjectPart(slug, reference, part) for slug, part in prorated(allocated, weights).items())


def _sent_to_partners(projects: Collection[str], day: date) -> dict[str, dict[str, Decimal]]:
    found: dict[str, dict[str, Decimal]] = defaultdict(dict)
    moves = Moves(day, by="project and partner", kinds=FUNDED, projects=projects)
    for key in moves.keys(KIND.PARTNER, KIND.PROJECT):
        reference, _colon, slug = key.partition(":")
        found[reference][slug] = sent(moves, key)
    return found


def _weights(references: Iterable[str], name: str, key: str, weight: str) -> dict[str, dict[str, Decimal]]:
    """Return a part of each project's frozen content as weights, read by the database: the rest of it stays there."""
    content: Any = KeyTransform(name, Cast("version__content", JSONField()))
    rows = Project.objects.filter(reference__in=list(references)).annotate(parts=content)
    return {
        reference: {part[key]: Decimal(part[weight]) for part in parts}
        for reference, parts in rows.order_by().values_list("reference", "parts")
    }


__all__ = ["BY_OBJECTIVE", "BY_PARTNER", "FUNDED", "WHOLE", "ProjectFigures", "figures", "refunded", "sent"]
