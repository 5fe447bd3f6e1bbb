"""Whose money it is, from the ledger: what a donor's money did in each window, and its part of each project.

The rule is the one of `funds.ledger.shares`: all sources of a project are split, and the donor's taken. The readings begin
with what was carried forward, so that a page costs the same for one project and for thousands.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.db import connection

from funds.ledger.chart import CHART, Nature
from funds.ledger.movements import Move, moves_of_sources
from funds.ledger.shares import BY_SOURCE
from funds.ledger.snapshots import Basis, Parts
from funds.models import AccountKind, Donor, Window
from reporting.donor_area.shape import DonorPart, WindowPart

KIND = AccountKind
ZERO = Decimal("0.00")
# What a donor's money does in a pool, by the kind of the account on the other side.
BY_NATURE = {
    Nature.GIVEN: "received",
    Nature.FEE: "fee",
    Nature.BORNE: "costs",
    Nature.GIVEN_BACK: "refunded",
    Nature.POOLED: "moved_in",
}
DOES = {KIND.PROJECT: "attributed"} | {
    KIND(kind): BY_NATURE[record.nature] for kind, record in CHART.items() if record.nature in BY_NATURE
}
# What of a donor's money some projects hold of each window: looked up by their own accounts, of which each has few postings.
DRAWN = """
    SELECT pool.subject, a.subject, sum(moved.sign * s.amount) FROM funds_account a CROSS JOIN LATERAL (
        SELECT id, credit_id AS other, 1 AS sign FROM funds_posting WHERE debit_id = a.id AND effective_on <= %(day)s
        UNION ALL SELECT id, debit_id, -1 FROM funds_posting WHERE credit_id = a.id AND effective_on <= %(day)s) moved
      JOIN funds_account pool ON pool.id = moved.other AND pool.kind = 'pool'
      JOIN funds_share s ON s.posting_id = moved.id JOIN funds_source o ON o.id = s.source_id AND o.donor_id = %(donor)s
     WHERE a.kind = 'project' AND a.subject = ANY(%(projects)s) GROUP BY 1, 2"""
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
    def moves(self) -> list[Move]:
        """What moved of it into and out of the windows' pools."""
        return moves_of_sources(self.day, self.donor.pk, basis=self.basis)

    @cached_property
    def parts(self) -> list[DonorPart]:
        """Its part of each project, by reference."""
        rows = Parts(BY_SOURCE, self.basis).rows(donor=self.donor.pk, order="project", together=True)
        return [DonorPart(*row[1:]) for row in rows]

    @cached_property
    def totals(self) -> DonorPart:
        """Its part of all projects together."""
        columns = zip(*(part[1:] for part in [DonorPart(""), *self.parts]), strict=True)
        return DonorPart("", *(sum(amounts, ZERO) for amounts in columns))

    @cached_property
    def windows(self) -> tuple[WindowPart, ...]:
        """What the donor's own money did, by window; nothing is left over."""
        sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: dict.fromkeys(set(DOES.values()), ZERO))
        for move in self.moves:
            for window, what, amount in _in_pools(move):
                sums[window][what] += amount
        named = {window.code: window.name for window in Window.objects.filter(code__in=sums)}
        return tuple(
            _window(code, named.get(code, code), sums[code]) for code in sorted(sums) if any(sums[code].values())
        )

    def drawn(self, projects: Iterable[str]) -> dict[tuple[str, str], Decimal]:
        """Return what of it each of these projects holds of each window, less what went back."""
        with connection.cursor() as cursor:
            cursor.execute(DRAWN, {"projects": list(projects), "donor": self.donor.pk, "day": self.day})
            return {(window, project): amount for window, project, amount in cursor.fetchall()}


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
