"""What the two files say, as frozen rows in the order of the standard."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

# A text in each language that there is one in; the first is in English, the file's own.
type Text = tuple[tuple[str, str], ...]


class Party(NamedTuple):
    """An organisation, with the identifier that it publishes under if it has one."""

    name: str
    kind: str
    ref: str = ""
    activity: str = ""


class Participant(NamedTuple):
    role: str
    party: Party


class Coded(NamedTuple):
    """A code of a vocabulary, with its part of the whole where there are several; of one of ours also its name and page."""

    code: str
    vocabulary: str = ""
    percent: Decimal | None = None
    name: Text = ()
    significance: str = ""
    page: str = ""


class Year(NamedTuple):
    """An amount of a period of at most a year; its parts by what they are."""

    starts_on: date
    ends_on: date
    amount: Decimal
    value_on: date
    parts: tuple[tuple[str, Decimal, str], ...] = ()


class Transaction(NamedTuple):
    """A movement of the fund's currency; negative where it takes one back."""

    ref: str
    code: str
    on: date
    amount: Decimal
    words: str
    provider: Party | None = None
    receiver: Party | None = None
    aid_type: str = ""


class Measured(NamedTuple):
    """An indicator: from a baseline to a target, and what was reached."""

    statement: str
    measure: str
    baseline: Decimal | None
    target: Decimal
    actual: Decimal | None
    said_in: str

    @property
    def is_ascending(self) -> bool:
        return self.baseline is None or self.baseline <= self.target


class Link(NamedTuple):
    """A page that says more, by its kinds of document."""

    url: str
    title: str
    categories: tuple[str, ...]


@dataclass(frozen=True)
class Activity:
    """The fund, or one project. Its transactions are read when they are written."""

    identifier: str
    title: Text
    descriptions: tuple[tuple[str, Text], ...]
    participants: tuple[Participant, ...]
    other_identifiers: tuple[tuple[str, str], ...]
    status: str
    dates: tuple[tuple[str, date], ...]
    scope: str
    countries: tuple[Coded, ...]
    sectors: tuple[Coded, ...]
    aid_type: str
    transactions: Iterable[Transaction] = field(repr=False)
    tags: tuple[Coded, ...] = ()
    markers: tuple[Coded, ...] = ()
    budgets: tuple[Year, ...] = ()
    are_budgets_revised: bool = False
    links: tuple[Link, ...] = ()
    has_conditions: bool = False
    results: tuple[Measured, ...] = ()


@dataclass(frozen=True)
class Head:
    """What both files say first: as of when they are, in which currency, and who reports, under which name."""

    at: datetime
    currency: str
    reporter: Party
    name: Text


@dataclass(frozen=True)
class Activities:
    head: Head
    activities: Iterable[Activity] = field(repr=False)


@dataclass(frozen=True)
class OrganisationFile:
    head: Head
    spending: tuple[Year, ...]
    links: tuple[Link, ...]
