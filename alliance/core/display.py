"""What the shared components show: small frozen rows, made by views and documents, drawn by templates."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise

type Text = str | Promise


@dataclass(frozen=True, slots=True)
class Task:
    """A thing that waits for somebody, with its deadline if it has one."""

    label: Text
    url: str
    due: date | datetime | None = None
    detail: Text = ""
    reference: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A part of some work. Its state: done, current, todo, problem or locked."""

    label: Text
    state: str = "todo"
    url: str = ""
    note: Text = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at a moment."""

    at: date | datetime
    label: Text
    detail: Text = ""
    url: str = ""
    by: Text = ""


@dataclass(frozen=True, slots=True)
class MoneyStep:
    """A stage of a contribution: its amount already written out, and where its rows are."""

    label: Text
    amount: str = ""
    url: str = ""
    note: Text = ""
    done: bool = True
