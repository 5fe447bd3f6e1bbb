"""What moved between kinds of accounts, year by year: the sums that statements are made of.

Whole years come from the turnover that the database keeps; the days of a year that is cut by the as-of date, from its
postings. `known_at` leaves out what was entered after a register entry, and then every posting is read.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any, NamedTuple

from django.db import connection

ZERO = Decimal("0.00")
# Whose a movement is: one part of the subject of the account that has the most parts, `project:partner:category`.
KEYS = {
    "": "''",
    "debit": "d.code",
    "credit": "c.code",
    "project": "split_part(own.subject, ':', 1)",
    "partner": "split_part(own.subject, ':', 2)",
    "category": "split_part(own.subject, ':', 3)",
    # A pool on either side, and on both: the general pool to a window's is `W1>GEN`.
    "pools": "CASE WHEN d.kind = 'pool' THEN d.subject ELSE '' END || '>' || CASE WHEN c.kind = 'pool' THEN c.subject ELSE '' END",
    "project and partner": "split_part(own.subject, ':', 1) || ':' || split_part(own.subject, ':', 2)",
}
OWN = """CROSS JOIN LATERAL (SELECT CASE WHEN length(d.subject) - length(replace(d.subject, ':', ''))
    >= length(c.subject) - length(replace(c.subject, ':', '')) AND d.kind <> 'pool' THEN d.subject ELSE c.subject END AS subject) own"""
WHOLE = "SELECT year, debit_id, credit_id, amount FROM funds_turnover WHERE year <= %(year)s"
# A year that is cut by the day and has postings after it is read by its postings, any other by its turnover: which of
# both it is, the database finds out first, and runs that half alone.
CUT = """SELECT year, debit_id, credit_id, amount FROM funds_turnover WHERE year < %(year)s
    UNION ALL SELECT year, debit_id, credit_id, amount FROM funds_turnover WHERE year = %(year)s AND NOT (SELECT {goes_on})
    UNION ALL SELECT %(year)s, debit_id, credit_id, amount FROM funds_posting
    WHERE effective_on >= %(begins)s AND effective_on <= %(until)s AND (SELECT {goes_on})""".format(
    goes_on="EXISTS (SELECT FROM funds_posting WHERE effective_on > %(until)s AND effective_on <= %(ends)s)"
)
KNOWN = """SELECT extract(year FROM p.effective_on)::int AS year, p.debit_id, p.credit_id, p.amount FROM funds_posting p
    JOIN alliance_registerentry e ON e.id = p.entry_id WHERE p.effective_on <= %(until)s AND e.n <= %(known_at)s"""


# Of these kinds there are few accounts, however many projects there are: their movements are found by an index.
MANY = {"project", "partner", "spent", "refunds_in_transit"}
BY_KIND = "ANY(ARRAY(SELECT id FROM funds_account WHERE kind = ANY(%(kinds)s)))"
SIDES = """SELECT debit_id AS id, amount AS debit, 0 AS credit FROM ({source}) m
    UNION ALL SELECT credit_id, 0, amount FROM ({source}) m"""


class Move(NamedTuple):
    """What went from accounts of one kind to accounts of another in a year, for one key."""

    year: int
    debit: str
    credit: str
    key: str
    amount: Decimal


class Moves:
    """Movements until a day, ready to be asked for by kind, key and year."""

    def __init__(self, until: date, *, by: str = "", known_at: int | None = None, kinds: tuple[str, ...] = ()) -> None:
        self.rows = list(_rows(until, by, known_at, kinds))
        # Each movement under its key and any key, and under its kinds and any kind.
        self._found: dict[tuple[str | None, str, str], list[tuple[int, Decimal]]] = defaultdict(list)
        for year, debit, credit, key, amount in self.rows:
            for asked in product((key, None), {debit, ""}, {credit, ""}):
                self._found[asked].append((year, amount))

    @property
    def years(self) -> list[int]:
        return sorted({row.year for row in self.rows})

    def net(
        self,
        debit: str,
        credit: str,
        *,
        key: str | None = None,
        year: int | None = None,
        before: int | None = None,
    ) -> Decimal:
        """Return what moved to `debit` from `credit`, less what moved back; an empty kind is any kind."""
        return self._sum(key, debit, credit, year, before) - self._sum(key, credit, debit, year, before)

    def keys(self, debit: str, credit: str) -> list[str]:
        """Return the keys that moved anything between these kinds."""
        return sorted(
            {key for key, *sides in self._found if key is not None and sides in ([debit, credit], [credit, debit])}
        )

    def _sum(self, key: str | None, debit: str, credit: str, year: int | None, before: int | None) -> Decimal:
        total = ZERO
        for moved_in, amount in self._found.get((key, debit, credit), ()):
            if (year is None or moved_in == year) and (before is None or moved_in < before):
                total += amount
        return total


def _rows(until: date, by: str, known_at: int | None, kinds: tuple[str, ...]) -> Iterator[Move]:
    source, parameters = _source(until, known_at)
    if kinds and not MANY.intersection(kinds):
        source = f"SELECT * FROM ({source}) m WHERE debit_id = {BY_KIND} OR credit_id = {BY_KIND}"
    narrowed = "WHERE d.kind = ANY(%(kinds)s) OR c.kind = ANY(%(kinds)s)" if kinds else ""
    query = f"""SELECT m.year, d.kind, c.kind, {KEYS[by]} AS key, sum(m.amount) FROM ({source}) m
        JOIN funds_account d ON d.id = m.debit_id JOIN funds_account c ON c.id = m.credit_id
        {OWN if "own." in KEYS[by] else ""} {narrowed} GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"""
    with connection.cursor() as cursor:
        cursor.execute(query, {**parameters, "kinds": list(kinds)})
        yield from map(Move._make, cursor.fetchall())


def sums(until: date, *, first: int = 0, size: int | None = None) -> list[tuple[str, str, Decimal, Decimal]]:
    """Return accounts by code, each with its kind and what was debited and credited until a day: all, or some of them."""
    source, parameters = _source(until, None)
    some = "SELECT id FROM funds_account ORDER BY code OFFSET %(first)s LIMIT %(size)s"
    if size is not None:
        source = f"SELECT * FROM ({source}) m WHERE debit_id = ANY(ARRAY({some})) OR credit_id = ANY(ARRAY({some}))"
    query = f"""SELECT a.code, a.kind, COALESCE(sum(s.debit), 0)::numeric(18, 2), COALESCE(sum(s.credit), 0)::numeric(18, 2)
        FROM funds_account a LEFT JOIN ({SIDES.format(source=source)}) s ON s.id = a.id
        WHERE a.id IN ({some}) GROUP BY a.id ORDER BY a.code"""
    with connection.cursor() as cursor:
        cursor.execute(query, {**parameters, "first": first, "size": size})
        return cursor.fetchall()


def sum_of_all(until: date) -> tuple[Decimal, int]:
    """Return what was posted until a day, which is debited and credited alike, and how many accounts there are."""
    source, parameters = _source(until, None)
    query = f"SELECT COALESCE(sum(amount), 0)::numeric(18, 2), (SELECT count(*) FROM funds_account) FROM ({source}) m"
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchone()


def _source(until: date, known_at: int | None) -> tuple[str, dict[str, Any]]:
    begins, ends = date(until.year, 1, 1), date(until.year, 12, 31)
    asked = {"year": until.year, "begins": begins, "until": until, "ends": ends, "known_at": known_at}
    return (KNOWN if known_at is not None else WHOLE if until == ends else CUT), asked
