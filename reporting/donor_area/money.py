"""Whose money it is, from the ledger: what a donor's money did in each window, and its part of each project.

The rule is the one of `funds.attributed`: all sources of a project are split, and the donor's taken. The readings begin
with what was carried forward, so that a page costs the same for one project and for thousands.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from funds.attributed import BY_SOURCE, BY_SOURCE_AND_WINDOW
from funds.carried import Basis, Parts
from funds.models import AccountKind, Donor, Window
from funds.turnover import Move, moves_of_sources
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


@dataclass(frozen=True)
class Own:
    """A donor's money until a day."""

    donor: Donor
    day: date

    @cached_property
    def basis(self) -> Basis:
        return Basis(self.day)

    @cached_property
    def sources(self) -> list[int]:
        """What is the donor's own: its contributions, and seed capital where it is the trustee."""
        return list(self.donor.sources.order_by("pk").values_list("pk", flat=True))

    @cached_property
    def _parts(self) -> Parts:
        return Parts(BY_SOURCE, self.basis)

    @property
    def _keys(self) -> list[str]:
        return [str(source) for source in self.sources]

    @cached_property
    def totals(self) -> Part:
        """Its part of all projects together."""
        sums = self._parts.sums(self._keys).values()
        return Part("", *(sum(amounts, ZERO) for amounts in zip(*(part[2:] for part in sums), strict=True)))

    def parts(self, order: str = "project", first: int = 0, size: int | None = None) -> list[Part]:
        """Return its part of each project: of all, or of some of them in an order."""
        found = self._parts.rows(keys=self._keys, together=True, order=order, first=first, size=size)
        return [Part(*row[1:]) for row in found]

    def count(self) -> int:
        """Return how many projects it has a part of."""
        return self._parts.count(self._keys)

    @cached_property
    def windows(self) -> tuple[WindowPart, ...]:
        """What the donor's own money did, by window; nothing is left over."""
        sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: dict.fromkeys(set(DOES.values()), ZERO))
        for move in moves_of_sources(self.day, self.sources, basis=self.basis):
            for window, what, amount in _in_pools(move):
                sums[window][what] += amount
        named = {window.code: window.name for window in Window.objects.filter(code__in=sums)}
        return tuple(
            _window(code, named.get(code, code), sums[code]) for code in sorted(sums) if any(sums[code].values())
        )

    def drawn(self, projects: Iterable[str]) -> dict[tuple[str, str], Decimal]:
        """Return what of it each of these projects holds of each window, less what went back."""
        keys = [f"{source}:{window.code}" for source in self.sources for window in self.windows]
        sums: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
        for part in Parts(BY_SOURCE_AND_WINDOW, self.basis).rows(keys=keys, projects=projects):
            sums[part.key.partition(":")[2], part.project] += part.allocated
        return dict(sums)


def _in_pools(move: Move) -> Iterator[tuple[str, str, Decimal]]:
    """Yield the window, what the money did there, and how much of that: a movement backwards takes it back."""
    debited, _arrow, credited = move.key.partition(":")[2].partition(">")
    for window, other, sign in ((debited, move.credit, 1), (credited, move.debit, -1)):
        if window:
            what = DOES[KIND(other)]
            yield window, what, sign * move.amount if what in INWARD else -sign * move.amount


def _window(code: str, name: str, did: Mapping[str, Decimal]) -> WindowPart:
    left = sum((amount if what in INWARD else -amount for what, amount in did.items()), ZERO)
    return WindowPart(code, name, unallocated=left, **did)
