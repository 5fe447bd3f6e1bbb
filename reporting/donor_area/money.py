"""Whose money it is, from the ledger: what a donor's money did in each window, and its part of each project.

The rule is the one of `funds.attribution.portions`, as in `funds.attributed`; here for all projects of a donor at
once, by two readings of the ledger, whatever the number of projects. Sources rank by their first deposit.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Q, Sum

from funds.attribution import portions
from funds.models import Account, AccountKind, Donor, Share, Window
from funds.turnover import Balances
from reporting.donor_area.shape import Part, WindowPart

KIND = AccountKind
ZERO = Decimal("0.00")
ORIGINS = (KIND.CONTRIBUTIONS, KIND.SEED)
COSTS = (KIND.DIRECT_COST, KIND.BANK_CHARGES, KIND.OTHER_FUNDS)
# What a donor's money does in a pool, by the kind of the account on the other side.
DOES = {
    **dict.fromkeys(ORIGINS, "received"), KIND.FEE: "fee", **dict.fromkeys(COSTS, "costs"), KIND.DONOR_REFUNDS: "refunded",
    KIND.SEED_REFUNDS: "refunded",    KIND.PROJECT: "attributed", KIND.POOL: "moved_in",
}  # fmt: skip
INWARD = ("received", "moved_in")


class Moved(NamedTuple):
    """What of a source moved between two accounts: until the day, and ever."""

    source: int
    since: date
    donor: int | None
    debit: str
    debited: str
    credit: str
    credited: str
    until: Decimal | None
    ever: Decimal


def moved(donor: Donor, day: date) -> list[Moved]:
    """Read every share of the donor, and every source's share of the projects that the donor's money is in."""
    reached = Account.objects.filter(kind=KIND.PROJECT, debit_postings__shares__source__donor=donor).values("pk")
    shares = Share.objects.filter(
        Q(source__donor=donor) | Q(posting__debit__in=reached) | Q(posting__credit__in=reached)
    ).order_by()
    sides = [f"posting__{side}__{name}" for side in ("debit", "credit") for name in ("kind", "subject")]
    until = Sum("amount", filter=Q(posting__effective_on__lte=day))
    rows = shares.values_list("source", "source__since", "source__donor", *sides)
    return [Moved(*row) for row in rows.annotate(until=until, ever=Sum("amount"))]


def windows(donor: Donor, rows: Iterable[Moved]) -> tuple[WindowPart, ...]:
    """Return what the donor's own money did, by window; nothing is left over."""
    sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: dict.fromkeys(set(DOES.values()), ZERO))
    for row in rows:
        if row.donor == donor.pk and row.until:
            for window, what, amount in _in_pools(row, row.until):
                sums[window][what] += amount
    named = {window.code: window.name for window in Window.objects.filter(code__in=sums)}
    return tuple(_window(code, named.get(code, code), sums[code]) for code in sorted(sums) if any(sums[code].values()))


def _in_pools(row: Moved, amount: Decimal) -> Iterator[tuple[str, str, Decimal]]:
    """Yield the window, what the money did there, and how much of that: a movement backwards takes it back."""
    for kind, window, other, sign in (
        (row.debit, row.debited, row.credit, 1),
        (row.credit, row.credited, row.debit, -1),
    ):
        if kind == KIND.POOL:
            what = DOES[KIND(other)]
            yield window, what, sign * amount if what in INWARD else -sign * amount


def _window(code: str, name: str, did: Mapping[str, Decimal]) -> WindowPart:
    left = sum((amount if what in INWARD else -amount for what, amount in did.items()), ZERO)
    return WindowPart(code, name, unallocated=left, **did)


def drawn_on(donor: Donor, rows: Iterable[Moved]) -> dict[tuple[str, str], Decimal]:
    """Return what of the donor's money each project holds of each window, less what went back."""
    sums: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for row in rows:
        if row.donor == donor.pk and row.until:
            if (row.debit, row.credit) == (KIND.PROJECT, KIND.POOL):
                sums[row.credited, row.debited] += row.until
            elif (row.debit, row.credit) == (KIND.POOL, KIND.PROJECT):
                sums[row.debited, row.credited] -= row.until
    return {key: amount for key, amount in sums.items() if amount}


def parts(donor: Donor, rows: Iterable[Moved], day: date) -> tuple[Part, ...]:
    """Return the donor's part of each project, by its reference; all sources are split, and its own taken."""
    rows = list(rows)
    oldest_first = [pk for _since, pk in sorted({(row.since, row.source) for row in rows})]
    own = {row.source for row in rows if row.donor == donor.pk}
    held, given = _by_project(rows)
    balances = Balances(day, KIND.PARTNER, KIND.SPENT, by="project")
    found = (_part(project, own, oldest_first, held[project], given[project], balances) for project in sorted(given))
    return tuple(part for part in found if part.allocated or part.transferred or part.spent)


type ByProject = dict[str, dict[int, Decimal]]


def _by_project(rows: Iterable[Moved]) -> tuple[ByProject, ByProject]:
    """Return, by project and source, what is allocated less released until the day, and what was ever allocated."""
    held: ByProject = defaultdict(lambda: defaultdict(lambda: ZERO))
    given: ByProject = defaultdict(lambda: defaultdict(lambda: ZERO))
    for row in rows:
        if (row.debit, row.credit) == (KIND.PROJECT, KIND.POOL):
            held[row.debited][row.source] += row.until or ZERO
            given[row.debited][row.source] += row.ever
        elif (row.debit, row.credit) == (KIND.POOL, KIND.PROJECT):
            held[row.credited][row.source] -= row.until or ZERO
    return held, given


def _part(
    project: str,
    own: set[int],
    oldest_first: Sequence[int],
    held: Mapping[int, Decimal],
    given: Mapping[int, Decimal],
    balances: Balances,
) -> Part:
    spent = balances.total(KIND.SPENT, project)
    transferred = balances.total(KIND.PARTNER, project) + spent
    found = portions(oldest_first, held, given, transferred=transferred, spent=spent)
    mine = [portion for source, portion in found.items() if source in own]
    return Part(project, *(sum(amounts, ZERO) for amounts in zip(*mine, strict=True))) if mine else Part(project)
