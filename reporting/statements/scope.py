"""As of which day a statement is, and where the rows behind its figures are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.urls import reverse


@dataclass(frozen=True)
class Scope:
    """The day of a statement. Its year is the report year; the years before are told apart from it."""

    as_of: date

    @property
    def year(self) -> int:
        return self.as_of.year

    @property
    def begins_on(self) -> date:
        return date(self.year, 1, 1)

    @property
    def ended_before(self) -> date:
        return self.begins_on - timedelta(days=1)

    def prior(self, row: str = "", **narrow: str) -> str:
        """Return the address of the postings before the report year."""
        return postings(row, narrow, until=self.ended_before)

    def in_year(self, row: str = "", **narrow: str) -> str:
        return postings(row, narrow, since=self.begins_on, until=self.as_of)

    def in_previous_year(self, row: str = "", **narrow: str) -> str:
        return postings(row, narrow, since=date(self.year - 1, 1, 1), until=self.ended_before)

    def total(self, row: str = "", **narrow: str) -> str:
        return postings(row, narrow, until=self.as_of)


def postings(row: str, narrow: Mapping[str, str], *, until: date, since: date | None = None) -> str:
    """Return the address of the postings behind a figure of the funding status, narrowed to one partner, project, …"""
    asked = {"row": row, **narrow, "since": since.isoformat() if since else "", "as_of": until.isoformat()}
    return f"{reverse('reporting:postings')}?{urlencode({name: value for name, value in asked.items() if value})}"
