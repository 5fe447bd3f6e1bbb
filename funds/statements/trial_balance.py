"""The trial balance: every account with its sums, until a day."""

from datetime import date
from decimal import Decimal
from itertools import starmap
from typing import NamedTuple

from alliance.core import clock
from funds.ledger.movements import sum_of_all, sums

ZERO = Decimal("0.00")


class AccountLine(NamedTuple):
    code: str
    kind: str
    debits: Decimal
    credits: Decimal

    @property
    def balance(self) -> Decimal:
        return self.debits - self.credits


def trial_balance(as_of: date | None = None) -> list[AccountLine]:
    """Return every account with its sums until a day, by code; debits and credits agree in total."""
    return list(starmap(AccountLine, sums(as_of or clock.today())))


class AccountPage(NamedTuple):
    """Some accounts of the trial balance, with the sum of all of them: debits and credits alike."""

    lines: list[AccountLine]
    number: int
    total: Decimal
    in_all: int
    has_more: bool


def trial_balance_page(as_of: date, number: int, size: int) -> AccountPage:
    """Return one page of the trial balance; a number after the last page is the last one."""
    total, count = sum_of_all(as_of)
    number = max(1, min(number, -(-count // size)))
    lines = list(starmap(AccountLine, sums(as_of, first=(number - 1) * size, size=size)))
    return AccountPage(lines, number, total, count, number * size < count)
