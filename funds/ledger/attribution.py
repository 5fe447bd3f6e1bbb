"""Splitting money among sources, in whole cents. Pure: no Django.

The rule, ours and stated (R54): in proportion to what each source holds, by largest remainder; ties go to the
oldest first deposit. The parts always add up to the amount.
"""

from collections.abc import Hashable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


class Holding[K: Hashable](NamedTuple):
    """What a source holds, and its rank in ties: lower is older."""

    source: K
    amount: Decimal
    rank: int


def cents(amount: Decimal) -> int:
    """Return the amount in whole cents; ValueError when it has parts of a cent."""
    scaled = amount / CENT
    whole = int(scaled)
    if whole != scaled:
        raise ValueError(f"{amount} has parts of a cent")
    return whole


def split[K: Hashable](amount: Decimal, holdings: Sequence[Holding[K]]) -> dict[K, Decimal]:
    """Split `amount` in proportion to the holdings; sources whose part is nothing are left out.

    Raises ValueError when the holdings do not hold the amount: a part never exceeds its holding.
    """
    asked = cents(amount)
    held = {holding.source: cents(holding.amount) for holding in holdings}
    total = sum(held.values())
    if asked < 0 or asked > total:
        raise ValueError(f"{amount} of {total * CENT}")
    return apportioned(amount, holdings)


def apportioned[K: Hashable](amount: Decimal, holdings: Sequence[Holding[K]]) -> dict[K, Decimal]:
    """Split any `amount`, of either sign and however large, in proportion to the holdings; nothing parts are left out.

    Raises ValueError when there is an amount and nothing is held.
    """
    asked, sign = abs(cents(amount)), -1 if amount < 0 else 1
    if asked == 0:
        return {}
    held = {holding.source: cents(holding.amount) for holding in holdings}
    total = sum(held.values())
    if total <= 0:
        raise ValueError(f"{amount} of nothing")
    parts = {source: divmod(asked * part, total) for source, part in held.items()}
    short = asked - sum(whole for whole, _ in parts.values())
    ranked = sorted(holdings, key=lambda h: (-parts[h.source][1], h.rank))
    extra = {holding.source for holding in ranked[:short]}
    shares = {source: whole + (source in extra) for source, (whole, _) in parts.items()}
    return {source: sign * part * CENT for source, part in shares.items() if part}


def prorated[K: Hashable](amount: Decimal, weights: dict[K, Decimal]) -> dict[K, Decimal]:
    """Split `amount` by weights such as percentages; every key stays, in the order given, ties to the first."""
    total = sum(weights.values())
    if not total:
        raise ValueError("no weight")
    asked = cents(amount)
    exact = {key: asked * weight / total for key, weight in weights.items()}
    whole = {key: int(part) for key, part in exact.items()}
    order = list(weights)
    ranked = sorted(order, key=lambda key: (-(exact[key] - whole[key]), order.index(key)))
    for key in ranked[: asked - sum(whole.values())]:
        whole[key] += 1
    return {key: part * CENT for key, part in whole.items()}


class Portion(NamedTuple):
    """A source's part of a project: of its allocation, of its net transfers, and of its spending."""

    allocated: Decimal
    transferred: Decimal
    spent: Decimal


def portions[K: Hashable](
    oldest_first: Sequence[K],
    held: Mapping[K, Decimal],
    given: Mapping[K, Decimal],
    *,
    transferred: Decimal,
    spent: Decimal,
) -> dict[K, Portion]:
    """Return each source's part of a project, the oldest first; sources without any part are left out.

    `held` is what is allocated of each source less what was released; where that is nothing, what was ever `given`
    stands for it. What was transferred (net of refunds) and spent is split in proportion.
    """
    holdings = _positive(oldest_first, held) or _positive(oldest_first, given)
    sent, used = apportioned(transferred, holdings), apportioned(spent, holdings)
    parts = {key: Portion(held.get(key, ZERO), sent.get(key, ZERO), used.get(key, ZERO)) for key in oldest_first}
    return {key: part for key, part in parts.items() if any(part)}


def _positive[K: Hashable](oldest_first: Sequence[K], amounts: Mapping[K, Decimal]) -> list[Holding[K]]:
    parts = ((key, amounts.get(key, ZERO), rank) for rank, key in enumerate(oldest_first))
    return [Holding(*part) for part in parts if part[1] > ZERO]
