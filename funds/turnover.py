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
WHOLE = "SELECT year, debit_id, credit_id, amount FROM funds_turnover WHERE year <= %(year)s {of_turnover}"
GOES_ON = "(SELECT EXISTS (SELECT FROM funds_posting WHERE effective_on > %(until)s AND effective_on <= %(ends)s))"
# The day's own year: by its postings when it goes on after the day, else by its turnover. Which of both it is, the
# database finds out first, and runs that half alone.
YEAR = f"""SELECT year, debit_id, credit_id, amount FROM funds_turnover WHERE year = %(year)s AND NOT {GOES_ON} {{of_turnover}}
    UNION ALL SELECT %(year)s, debit_id, credit_id, amount FROM funds_posting
    WHERE effective_on >= %(begins)s AND effective_on <= %(until)s AND {GOES_ON} {{of_postings}}"""
CUT = f"""SELECT year, debit_id, credit_id, amount FROM funds_turnover WHERE year < %(year)s {{of_turnover}}
    UNION ALL {YEAR}"""
AFTER = """SELECT debit_id, credit_id, amount FROM funds_turnover WHERE year > %(year)s
    UNION ALL SELECT debit_id, credit_id, amount FROM funds_posting WHERE effective_on > %(until)s AND effective_on <= %(ends)s"""
KNOWN = """SELECT extract(year FROM p.effective_on)::int AS year, p.debit_id, p.credit_id, p.amount FROM funds_posting p
    JOIN alliance_registerentry e ON e.id = p.entry_id WHERE p.effective_on <= %(until)s AND e.n <= %(known_at)s"""


# Of these kinds there are most accounts: the movements of any others are found by an index.
MANY = {"partner", "spent"}
OF_KIND = "SELECT id FROM funds_account WHERE kind = ANY(%(kinds)s)"
SOME = "SELECT id FROM funds_account ORDER BY code OFFSET %(first)s LIMIT %(size)s"


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


class Balances:
    """Balances of accounts of some kinds as of a day, by key: in all, and what the day's own year brought.

    From the sums that the accounts keep, less what was posted after the day: the past need not be added up again.
    """

    def __init__(self, until: date, *kinds: str, by: str) -> None:
        query = f"""SELECT a.kind, {KEYS[by].replace("own.", "a.")} AS key, sum(s.total), sum(s.brought) FROM (
            SELECT id, debits - credits AS total, 0 AS brought FROM funds_account WHERE kind = ANY(%(kinds)s)
            UNION ALL SELECT debit_id, -amount, 0 FROM ({AFTER}) m UNION ALL SELECT credit_id, amount, 0 FROM ({AFTER}) m
            UNION ALL SELECT debit_id, 0, amount FROM ({YEAR}) m UNION ALL SELECT credit_id, 0, -amount FROM ({YEAR}) m
            ) s JOIN funds_account a ON a.id = s.id WHERE a.kind = ANY(%(kinds)s) GROUP BY 1, 2"""
        with connection.cursor() as cursor:
            cursor.execute(_narrowed(query), {**_days(until), "kinds": list(kinds)})
            self._found = {(kind, key): (total, brought) for kind, key, total, brought in cursor.fetchall()}

    def keys(self, kind: str) -> list[str]:
        return sorted(key for of, key in self._found if of == kind)

    def total(self, kind: str, key: str) -> Decimal:
        return self._found.get((kind, key), (ZERO, ZERO))[0]

    def in_year(self, kind: str, key: str) -> Decimal:
        return self._found.get((kind, key), (ZERO, ZERO))[1]

    def before(self, kind: str, key: str) -> Decimal:
        total, brought = self._found.get((kind, key), (ZERO, ZERO))
        return total - brought


def _rows(until: date, by: str, known_at: int | None, kinds: tuple[str, ...]) -> Iterator[Move]:
    source = _source(until, known_at, among=OF_KIND if kinds and not MANY.intersection(kinds) else "")
    narrowed = "WHERE d.kind = ANY(%(kinds)s) OR c.kind = ANY(%(kinds)s)" if kinds else ""
    query = f"""SELECT m.year, d.kind, c.kind, {KEYS[by]} AS key, sum(m.amount) FROM ({source}) m
        JOIN funds_account d ON d.id = m.debit_id JOIN funds_account c ON c.id = m.credit_id
        {OWN if "own." in KEYS[by] else ""} {narrowed} GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"""
    with connection.cursor() as cursor:
        cursor.execute(query, {**_days(until), "known_at": known_at, "kinds": list(kinds)})
        yield from map(Move._make, cursor.fetchall())


def sums(until: date, *, first: int = 0, size: int | None = None) -> list[tuple[str, str, Decimal, Decimal]]:
    """Return accounts by code, each with its kind and what was debited and credited until a day: all, or some of them."""
    source = _source(until, None, among="" if size is None else SOME)
    query = f"""SELECT a.code, a.kind, COALESCE(sum(s.debit), 0)::numeric(18, 2), COALESCE(sum(s.credit), 0)::numeric(18, 2)
        FROM funds_account a LEFT JOIN (
            SELECT debit_id AS id, amount AS debit, 0 AS credit FROM ({source}) m
            UNION ALL SELECT credit_id, 0, amount FROM ({source}) m
        ) s ON s.id = a.id WHERE a.id IN ({SOME}) GROUP BY a.id ORDER BY a.code"""
    with connection.cursor() as cursor:
        cursor.execute(query, {**_days(until), "first": first, "size": size})
        return cursor.fetchall()


def sum_of_all(until: date) -> tuple[Decimal, int]:
    """Return what was posted until a day, which is debited and credited alike, and how many accounts there are."""
    count = "SELECT count(*) FROM funds_account"
    query = f"SELECT COALESCE(sum(amount), 0)::numeric(18, 2), ({count}) FROM ({_source(until, None)}) m"
    with connection.cursor() as cursor:
        cursor.execute(query, _days(until))
        return cursor.fetchone()


def _days(until: date) -> dict[str, Any]:
    return {"year": until.year, "begins": date(until.year, 1, 1), "until": until, "ends": date(until.year, 12, 31)}


def _source(until: date, known_at: int | None, *, among: str = "") -> str:
    """Return the query for what moved until the day, between all accounts or to and from those that `among` gives."""
    if known_at is not None:
        return KNOWN
    return _narrowed(WHOLE if (until.month, until.day) == (12, 31) else CUT, among)


def _narrowed(source: str, among: str = "") -> str:
    """Fill in which accounts: in the turnover found by its indexes, in a year's postings looked up for each."""
    found, looked_up = f"ANY(ARRAY({among}))", f"ANY({among})"
    either = "AND (debit_id = {0} OR credit_id = {0})".format
    return source.format(of_turnover=either(found) if among else "", of_postings=either(looked_up) if among else "")
