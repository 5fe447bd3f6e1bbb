"""As of which day a statement is, and where the rows behind its figures are."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import quote_plus

from django.urls import reverse

from funds.ledger.movements import Moves
from funds.ledger.snapshots import Basis, Parts, ProjectPart
from reporting.paging import Page

ROWS = 50  # of a long table on one page
APPROVED_ON = date(2007, 11, 9)  # in principle, by the agencies' heads (SCPF/13, paragraph 2): no accounts are older


def ends_of_years(begun: date | None, day: date, most: int) -> list[date]:
    """Return the last days of up to so many years before a day, newest first: of none before the first one."""
    first = max(begun.year, day.year - most) if begun else day.year
    return [date(year, 12, 31) for year in range(day.year - 1, first - 1, -1)]


@dataclass(frozen=True)
class StatementScope:
    """The day of a statement. Its year is the report year; the years before are told apart from it.

    A `page` asks for no more rows than that page of a long table shows; every sum is of all of them.
    """

    as_of: date
    page: int | None = None
    _read: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    def once[T](self, read: Callable[["StatementScope"], T]) -> T:
        """Return what a function reads for this statement; tables and pictures of it share one reading."""
        if read not in self._read:
            self._read[read] = read(self)
        return self._read[read]

    def address(self, view: str, key: str) -> str:
        """Return the address of a row's page; what stands around its key is looked up once for a whole statement."""
        if view not in self._read:
            self._read[view] = reverse(view, args=["KEY"]).replace("KEY", "{}")
        return self._read[view].format(key)

    def moves(self, *kinds: str, by: str = "") -> Moves:
        """Return the movements until the day, read once for each way to ask.

        By a key, the years before the report year are together: as of the year before it.
        """
        if (by, kinds) not in self._read:
            first = self.year - 1 if by else 0
            self._read[by, kinds] = Moves(self.as_of, by=by, kinds=kinds, basis=self.basis, first_year=first)
        return self._read[by, kinds]

    def parts(self, cut: str) -> Parts:
        """Return all projects' figures until the day, split by a cut of `reporting.statements.splits`, read once."""
        if cut not in self._read:
            self._read[cut] = Parts(cut, self.basis)
        return self._read[cut]

    def some(self, parts: Parts) -> tuple[list[ProjectPart], Page | None]:
        """Return the parts of the page that was asked for, or all of them; a number after the last page is the last one."""
        if self.page is None:
            return parts.rows(), None
        number = max(self.page, 1)
        found = parts.rows(first=(number - 1) * ROWS, size=ROWS + 1)
        if not found and number > 1:
            number = max(1, -(-len(parts.rows()) // ROWS))
            found = parts.rows(first=(number - 1) * ROWS, size=ROWS + 1)
        return found[:ROWS], Page(number, [], len(found) > ROWS)

    @cached_property
    def basis(self) -> Basis:
        return Basis(self.as_of)

    @property
    def year(self) -> int:
        return self.as_of.year

    @property
    def ended_before(self) -> date:
        return date(self.year - 1, 12, 31)

    def prior(self, row: str = "", **narrow: str) -> str:
        """Return the address of the postings before the report year."""
        return self._postings(row, narrow, self._days["prior"])

    def in_year(self, row: str = "", **narrow: str) -> str:
        return self._postings(row, narrow, self._days["in_year"])

    def in_previous_year(self, row: str = "", **narrow: str) -> str:
        return self._postings(row, narrow, self._days["in_previous_year"])

    def total(self, row: str = "", **narrow: str) -> str:
        return self._postings(row, narrow, self._days["total"])

    @cached_property
    def _days(self) -> dict[str, str]:
        before, until = self.ended_before.isoformat(), self.as_of.isoformat()
        return {
            "prior": f"as_of={before}",
            "in_year": f"since={self.year}-01-01&as_of={until}",
            "in_previous_year": f"since={self.year - 1}-01-01&as_of={before}",
            "total": f"as_of={until}",
        }

    @cached_property
    def _list(self) -> str:
        return reverse("reporting:postings")

    def _postings(self, row: str, narrow: dict[str, str], days: str) -> str:
        """Return the address of the postings behind a figure of the funding status, narrowed to one partner, project, …"""
        asked = f"row={row}&" if row else ""
        for name, value in narrow.items():
            if value:
                asked += f"{name}={_quoted(value)}&"
        return f"{self._list}?{asked}{days}"


_quoted = lru_cache(maxsize=1024)(quote_plus)
