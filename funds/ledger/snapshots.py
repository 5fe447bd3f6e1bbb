"""Sums brought forward, so that statements of a large fund need not add up every posting: reading them.

As a ledger's new page begins with the balance of the page before, a reading begins with the newest sums carried until its
day or before, and adds what they leave out: what took effect after their day, and what was entered after their entry.
Where nothing is carried, everything is read; the result is the same to the cent, and `verify` compares both.
`funds.ledger.snapshot_taking` makes them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from django.db import connection

from alliance.core import registration
from funds.ledger.chart import OF_PROJECTS
from funds.models import Carried

ZERO = Decimal("0.00")
# What a reading until a day has to add to the sums carried.
LATER = """
    SELECT id, debit_id, credit_id, amount, effective_on FROM funds_posting
     WHERE effective_on > %(carried_until)s AND effective_on <= %(until)s
    UNION ALL SELECT p.id, p.debit_id, p.credit_id, p.amount, p.effective_on FROM alliance_registerentry e
      JOIN funds_posting p ON p.entry_id = e.id WHERE e.n > %(carried_n)s AND p.effective_on <= %(carried_until)s"""
# The projects whose figures of the day may differ from those carried. A later allocation of a later day counts too: where
# nothing is held, what was ever given stands for it.
CHANGED = """
    SELECT DISTINCT split_part(a.subject, ':', 1) FROM funds_account a WHERE a.kind = ANY(%(kinds)s) AND a.id IN (
        SELECT unnest(ARRAY[debit_id, credit_id]) FROM (
            SELECT debit_id, credit_id FROM funds_posting WHERE effective_on > %(carried_until)s AND effective_on <= %(until)s
            UNION ALL SELECT p.debit_id, p.credit_id FROM alliance_registerentry e
              JOIN funds_posting p ON p.entry_id = e.id WHERE e.n > %(carried_n)s) later)"""


class ProjectPart(NamedTuple):
    """What of a project's allocation, net transfers and spending is a key's, until a day, in the fund's currency."""

    key: str
    project: str
    allocated: Decimal = ZERO
    transferred: Decimal = ZERO
    spent: Decimal = ZERO


NAMES = ", ".join(ProjectPart._fields)
AMOUNTS = ProjectPart._fields[2:]
FRESH = """SELECT * FROM unnest(%(key)s::text[], %(project)s::text[], %(allocated)s::numeric[], %(transferred)s::numeric[],
    %(spent)s::numeric[]) fresh(key, project, allocated, transferred, spent)"""
# A way to split projects' figures: the parts of the projects that a basis has to read anew, until its day.
type Split = Callable[["Basis"], Iterable[ProjectPart]]
SPLITS: dict[str, Split] = {}
_twice: list[str] = []


def splits(cut: str) -> Callable[[Split], Split]:
    """Declare a way to split projects' figures, carried forward under the name `cut`."""

    def declare(split: Split) -> Split:
        if cut in SPLITS:
            _twice.append(cut)
        SPLITS[cut] = split
        return split

    return declare


registration.count("splits", lambda: {split.__module__ for split in SPLITS.values()}, lambda: _twice)


@dataclass(frozen=True)
class Basis:
    """What readings of a day begin with: the newest sums carried until it, and what they leave out, each asked for once.

    `afresh` begins with nothing; `from_` begins with these sums, which are of the day or before.
    """

    day: date
    afresh: bool = False
    from_: Carried | None = None
    _read: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    def once[T](self, read: Callable[["Basis"], T]) -> T:
        """Return what a function reads, which several readings share."""
        if read not in self._read:
            self._read[read] = read(self)
        return self._read[read]

    @cached_property
    def carried(self) -> Carried | None:
        if self.afresh or self.from_:
            return self.from_
        return Carried.objects.filter(until__lte=self.day).order_by("-until").first()

    @property
    def bounds(self) -> dict[str, Any]:
        """Return what the queries here and in `funds.ledger.movements` ask for."""
        carried = self.carried
        return {
            "until": self.day,
            "carried": carried and carried.pk,
            "carried_until": carried and carried.until,
            "carried_n": carried and carried.n,
        }

    @cached_property
    def changed(self) -> list[str] | None:
        """The projects to read anew; None for all of them."""
        if self.carried is None or not self.carried.with_parts:
            return None
        with connection.cursor() as cursor:
            cursor.execute(CHANGED, self.bounds | {"kinds": list(OF_PROJECTS)})
            return [project for (project,) in cursor.fetchall()]


class Parts:
    """The parts of all projects until a day, by one cut: sums, or some of them, without reading all."""

    def __init__(self, cut: str, basis: Basis) -> None:
        changed = basis.changed
        fresh = [] if changed == [] else SPLITS[cut](basis)
        columns = [list(column) for column in zip(*fresh, strict=True)] or [[]] * len(ProjectPart._fields)
        self._given = {
            "carried": basis.bounds["carried"] if changed is not None else None,
            "cut": cut,
            "changed": changed or [],
            **dict(zip(ProjectPart._fields, columns, strict=True)),
        }

    def sums(self, keys: list[str] | None = None) -> dict[str, ProjectPart]:
        """Return the sums of each key, all projects together, but for those of nothing.

        From the sums carried, less what they have of the projects that changed, and with these anew.
        """
        sides = ", ".join(f"sum({name})::numeric(18, 2)" for name in AMOUNTS)
        back = ", ".join(f"-{name}" for name in AMOUNTS)
        some = " OR ".join(f"sum({name}) <> 0" for name in AMOUNTS)
        kept = "FROM funds_carriedpart WHERE carried_id = %(carried)s AND cut = %(cut)s"
        query = f"""SELECT key, '', {sides} FROM (
            SELECT {NAMES} {kept} AND project = ''
            UNION ALL SELECT key, project, {back} {kept} AND project = ANY(%(changed)s::text[])
            UNION ALL {FRESH}) parts {"WHERE key = ANY(%(keys)s)" if keys is not None else ""}
            GROUP BY key HAVING {some} ORDER BY key"""
        return {part.key: part for part in self._asked(query, keys=keys)}

    def rows(
        self, *, keys: Iterable[str] | None = None, projects: Iterable[str] | None = None,
        order: str = "key, project", first: int = 0, size: int | None = None, together: bool = False,
        donor: int | None = None,
    ) -> list[ProjectPart]:  # fmt: skip
        """Return parts in an order: all, or some of them; `together` adds up those of a project, whatever their keys.

        `donor` narrows parts by source to those of a donor's sources.
        """
        keys, projects = (None if some is None else list(some) for some in (keys, projects))
        sides = ", ".join(f"sum({name})::numeric(18, 2) AS {name}" for name in AMOUNTS)
        query = f"""SELECT {f"'', project, {sides}" if together else NAMES} FROM ({self._some(keys, projects, donor)}) parts
            {"GROUP BY project" if together else ""} ORDER BY {order} OFFSET %(first)s LIMIT %(size)s"""
        return self._asked(query, keys=keys, projects=projects, donor=donor, first=first, size=size)

    @staticmethod
    def _some(keys: list[str] | None, projects: list[str] | None, donor: int | None) -> str:
        asked = (("key", keys), ("project", projects))
        narrowed = " ".join(f"AND {name} = ANY(%({name}s)s)" for name, some in asked if some is not None)
        if donor is not None:
            narrowed += " AND key IN (SELECT id::text FROM funds_source WHERE donor_id = %(donor)s)"
        return f"""SELECT {NAMES} FROM funds_carriedpart WHERE carried_id = %(carried)s AND cut = %(cut)s
               AND project <> '' AND project <> ALL(%(changed)s::text[]) {narrowed}
            UNION ALL SELECT {NAMES} FROM ({FRESH}) fresh WHERE true {narrowed}"""

    def _asked(self, query: str, **given: Any) -> list[ProjectPart]:
        with connection.cursor() as cursor:
            cursor.execute(query, self._given | given)
            return [ProjectPart(*row) for row in cursor.fetchall()]
