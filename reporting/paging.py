"""Pages of long public lists: no count, one row more than shown tells whether there is another page."""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.http import HttpRequest

from alliance.core.numbers import counted

ROWS = 50
LAST = 10_000


@dataclass(frozen=True)
class Page:
    """One page of a list. It looks like Django's page to the pagination component."""

    number: int
    object_list: list[Any]
    more: bool
    paginator: None = None

    def has_previous(self) -> bool:
        return self.number > 1

    def has_next(self) -> bool:
        return self.more

    def previous_page_number(self) -> int:
        return self.number - 1

    def next_page_number(self) -> int:
        return self.number + 1


def number_of(request: HttpRequest, last: int = LAST) -> int:
    """Return the number of the page that the address asks for; a number that is none is the first."""
    return min(max(counted(request.GET.get("page", "")) or 1, 1), last)


def page_of(rows: models.QuerySet[Any], request: HttpRequest, size: int = ROWS) -> Page:
    """Return the page that the address asks for."""
    number = number_of(request)
    first = (number - 1) * size
    found = list(rows[first : first + size + 1])
    return Page(number, found[:size], len(found) > size)
