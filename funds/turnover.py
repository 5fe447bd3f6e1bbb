"""What moved between kinds of accounts, year by year: the sums that statements are made of.

Whole years come from the turnover that the database keeps; the days of a year that is cut by the as-of date, from its
postings. `known_at` leaves out what was entered after a register entry, and then every posting is read.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
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
        self._by_key: dict[str, list[Move]] = defaultdict(list)
        for row in self.rows:
            self._by_key[row.key].append(row)

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
        return sum((sign * row.amount for row, sign in self._signed(debit, credit, key, year, before)), ZERO)

    def keys(self, debit: str, credit: str) -> list[str]:
        """Return the keys that moved anything between these kinds."""
        return sorted({row.key for row, _sign in self._signed(debit, credit, None, None, None)})

    def _signed(
        self, debit: str, credit: str, key: str | None, year: int | None, before: int | None
    ) -> Iterator[tuple[Move, int]]:
        for row in self.rows if key is None else self._by_key.get(key, ()):
            if (year is not None and row.year != year) or (before is not None and row.year >= before):
                continue
            if debit in ("", row.debit) and credit in ("", row.credit):
                yield row, 1
            if debit in ("", row.credit) and credit in ("", row.debit):
                yield row, -1


def _rows(until: date, by: str, known_at: int | None, kinds: tuple[str, ...]) -> Iterator[Move]:
    source, parameters = _source(until, known_at)
    narrowed = "WHERE d.kind = ANY(%(kinds)s) OR c.kind = ANY(%(kinds)s)" if kinds else ""
    query = f"""SELECT m.year, d.kind, c.kind, {KEYS[by]} AS key, sum(m.amount) FROM ({source}) m
        JOIN funds_account d ON d.id = m.debit_id JOIN funds_account c ON c.id = m.credit_id
        {OWN if "own." in KEYS[by] else ""} {narrowed} GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"""
    with connection.cursor() as cursor:
        cursor.execute(query, {**parameters, "kinds": list(kinds)})
        yield from map(Move._make, cursor.fetchall())


def _source(until: date, known_at: int | None) -> tuple[str, dict[str, Any]]:
    begins, ends = date(until.year, 1, 1), date(until.year, 12, 31)
    asked = {"year": until.year, "begins": begins, "until": until, "ends": ends, "known_at": known_at}
    return (KNOWN if known_at is not None else WHOLE if until == ends else CUT), asked
