"""What moved between kinds of accounts, year by year: the sums that statements are made of.

Whole years come from the turnover that the database keeps; the days of a year that is cut by the as-of date, from its
postings. `known_at` leaves out what was entered after a register entry, and then every posting is read. Where sums were
carried forward (`funds.ledger.snapshots`), those of some cuts begin with them.
"""

from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from funds.ledger.chart import CHART, GIVEN, GIVEN_BACK, NUMEROUS
from funds.ledger.snapshots import LATER, Basis

ZERO = Decimal("0.00")
OF_DONORS = tuple(str(kind.value) for kind in (*GIVEN, *GIVEN_BACK))
# A pool on either side, and on both: the general pool to a window's is `W1>GEN`.
POOLS = "CASE WHEN d.kind = 'pool' THEN d.subject ELSE '' END || '>' || CASE WHEN c.kind = 'pool' THEN c.subject ELSE '' END"
# Whose a movement is: one part of the subject of the account that has the most parts, `project:partner:category`.
KEYS = {
    "": "''",
    "debit": "d.code",
    "credit": "c.code",
    "project": "split_part(own.subject, ':', 1)",
    "donor": f"CASE WHEN d.kind IN {OF_DONORS} THEN d.subject WHEN c.kind IN {OF_DONORS} THEN c.subject ELSE '' END",
    "partner": "split_part(own.subject, ':', 2)",
    "category": "split_part(own.subject, ':', 3)",
    "pools": POOLS,
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
KNOWN = """SELECT extract(year FROM p.effective_on)::int AS year, p.debit_id, p.credit_id, p.amount FROM funds_posting p
    JOIN alliance_registerentry e ON e.id = p.entry_id WHERE p.effective_on <= %(until)s AND e.n <= %(known_at)s"""


# The cuts that are carried forward: those of few keys.
CUTS = ("", "donor", "partner", "category", "pools")
# The movements of kinds of which there are not many accounts are found by an index.
OF_KIND = "SELECT id FROM funds_account WHERE kind = ANY(%(kinds)s)"
# An account of a project's own, or of what partners have and spent of it: `spent:PRJ-1:iom:3`.
ACCOUNTS_OF_PROJECTS = """SELECT id FROM funds_account WHERE kind = 'project' AND subject = ANY(%(projects)s)
    UNION ALL SELECT a.id FROM unnest(%(owned)s::text[]) own JOIN funds_account a
      ON a.code ~>=~ (own || ':') AND a.code ~<~ (own || ';')"""
YEARS = "GREATEST({}, %(first_year)s)"
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

    def __init__(
        self, until: date, *, by: str = "", known_at: int | None = None, kinds: tuple[str, ...] = (),
        basis: Basis | None = None, projects: Collection[str] | None = None, first_year: int = 0,
    ) -> None:  # fmt: skip
        """Read what moved; `kinds` narrows to accounts of these kinds on either side, `projects` to these projects' own.

        What moved before `first_year` is given as of that year: for those who do not tell earlier years apart.
        """
        forward = basis if by in CUTS and known_at is None and projects is None else None
        read = (
            _brought_forward(forward, by, kinds, first_year)
            if forward and forward.carried
            else _rows(until, by, known_at, kinds, projects, first_year)
        )
        self.rows = list(read)
        self._sums: dict[bool, dict[tuple[str, str, str], dict[int, Decimal]]] = {}

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
        sides = ((debit, credit), (credit, debit))
        return sorted({row.key for row in self.rows if (row.debit, row.credit) in sides})

    def _sum(self, key: str | None, debit: str, credit: str, year: int | None, before: int | None) -> Decimal:
        found = self._by_kinds(keyed=key is not None).get((key or "", debit, credit))
        if found is None:
            return ZERO
        if year is not None:
            return found.get(year, ZERO)
        if before is None:
            return sum(found.values(), ZERO)
        return sum([amount for moved_in, amount in found.items() if moved_in < before], ZERO)

    def _by_kinds(self, *, keyed: bool) -> dict[tuple[str, str, str], dict[int, Decimal]]:
        """Return each year's sums, by key or of all keys, under the kinds moved between and under any kind."""
        if keyed not in self._sums:
            sums: dict[tuple[str, str, str], dict[int, Decimal]] = {}
            self._sums[keyed] = sums
            for year, debit, credit, key, amount in self.rows:
                of = key if keyed else ""
                for asked in {(of, debit, credit), (of, debit, ""), (of, "", credit), (of, "", "")}:
                    years = sums.setdefault(asked, {})
                    years[year] = years.get(year, ZERO) + amount
        return self._sums[keyed]


def _rows(
    until: date,
    by: str,
    known_at: int | None,
    kinds: tuple[str, ...],
    projects: Collection[str] | None,
    first_year: int,
) -> Iterator[Move]:
    few = OF_KIND if kinds and not set(NUMEROUS).intersection(kinds) else ""
    source = _source(until, known_at, among=few if projects is None else ACCOUNTS_OF_PROJECTS)
    narrowed = "WHERE d.kind = ANY(%(kinds)s) OR c.kind = ANY(%(kinds)s)" if kinds else ""
    query = f"""SELECT {YEARS.format("m.year")}, d.kind, c.kind, {KEYS[by]} AS key, sum(m.amount) FROM ({source}) m
        JOIN funds_account d ON d.id = m.debit_id JOIN funds_account c ON c.id = m.credit_id
        {OWN if "own." in KEYS[by] else ""} {narrowed} GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"""
    with connection.cursor() as cursor:
        owned = [f"{CHART[kind].prefix}:{project}" for project in projects or () for kind in NUMEROUS]
        given = {"known_at": known_at, "kinds": list(kinds), "projects": list(projects or ()), "owned": owned}
        given["first_year"] = first_year
        cursor.execute(query, _days(until) | given)
        yield from map(Move._make, cursor.fetchall())


def _brought_forward(basis: Basis, by: str, kinds: tuple[str, ...], first_year: int) -> Iterator[Move]:
    """Yield the movements carried, with those that they leave out added."""
    of_kinds = "WHERE debit = ANY(%(kinds)s) OR credit = ANY(%(kinds)s)" if kinds else ""
    query = f"""SELECT {YEARS.format("year")}, debit, credit, key, sum(amount) FROM (
        {CARRIED} UNION ALL SELECT extract(year FROM m.effective_on)::int, d.kind, c.kind, {KEYS[by]}, m.amount FROM ({LATER}) m
            JOIN funds_account d ON d.id = m.debit_id JOIN funds_account c ON c.id = m.credit_id
            {OWN if "own." in KEYS[by] else ""}) moved {of_kinds} GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"""
    with connection.cursor() as cursor:
        cursor.execute(query, {**basis.bounds, "cut": by, "kinds": list(kinds), "first_year": first_year})
        yield from map(Move._make, cursor.fetchall())


# Shares are of movements into and out of pools. The years are not told apart.
OF_SOURCES = "source"
SHARED = f"""SELECT 0 AS year, d.kind AS debit, c.kind AS credit, s.source_id || ':' || {POOLS} AS key, s.amount
    FROM ({{postings}}) m JOIN funds_share s ON s.posting_id = m.id
    JOIN funds_account d ON d.id = m.debit_id JOIN funds_account c ON c.id = m.credit_id"""
UNTIL = "SELECT id, debit_id, credit_id FROM funds_posting WHERE effective_on <= %(until)s"
CARRIED = (
    "SELECT year, debit, credit, key, amount FROM funds_carriedmove WHERE carried_id = %(carried)s AND cut = %(cut)s"
)


def moves_of_sources(until: date, donor: int | None = None, *, basis: Basis | None = None) -> list[Move]:
    """Return what of each source's money moved into and out of pools until a day, by key: source, window debited, credited.

    A key is `7:W1>GEN`. `donor` narrows to a donor's sources.
    """
    forward = basis and basis.carried
    moved = SHARED.format(postings=LATER if forward else UNTIL)
    own = "(SELECT id FROM funds_source WHERE donor_id = %(donor)s)"
    if donor is not None:
        moved += f" WHERE s.source_id IN {own}"
    if forward:
        some = "" if donor is None else f" AND split_part(key, ':', 1)::bigint IN {own}"
        moved = f"{CARRIED}{some} UNION ALL {moved}"
    query = f"SELECT year, debit, credit, key, sum(amount) FROM ({moved}) moved GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
    given = basis.bounds if basis else {"until": until}
    with connection.cursor() as cursor:
        cursor.execute(query, {**given, "cut": OF_SOURCES, "donor": donor})
        return list(map(Move._make, cursor.fetchall()))


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
    """Return what was posted until a day, which is debited and credited alike, and how many accounts there are.

    From the sums that the accounts keep, less what was posted after the day.
    """
    after = "SELECT COALESCE(sum(amount), 0) FROM funds_posting WHERE effective_on > %s"
    query = f"SELECT COALESCE(sum(debits), 0)::numeric(18, 2) - ({after}), count(*) FROM funds_account"
    with connection.cursor() as cursor:
        cursor.execute(query, [until])
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
