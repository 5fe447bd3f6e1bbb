"""Deposits matched to the instalments of their agreement: in part, in full, too much, early, late. Pure.

The rule, ours and stated: a deposit pays the instalment that it names, then the earliest ones not yet paid, in order;
what is more than all of them is too much. Only money in the agreement's own currency can be matched.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

ZERO = Decimal("0.00")


class Due(Protocol):
    pk: Any
    number: int
    due_on: date
    amount: Decimal


class Came(Protocol):
    pk: Any
    amount: Decimal | None
    currency: str
    received_on: date
    instalment_id: Any


class Incoming(NamedTuple):
    """A deposit that is not recorded yet."""

    amount: Decimal
    currency: str
    received_on: date
    instalment_id: Any = None
    pk: Any = None


class Match(NamedTuple):
    """What a deposit pays of one instalment; of none where it is too much. `days` late, below zero early."""

    deposit: Any
    instalment: Any | None
    amount: Decimal
    days: int

    @property
    def days_early(self) -> int:
        return max(-self.days, 0)


class Standing(NamedTuple):
    """Where one instalment stands on a day. `days` after it was due: until it was paid, or until today."""

    instalment: Any
    received: Decimal
    over: Decimal
    paid_on: date | None
    days: int

    @property
    def owed(self) -> Decimal:
        return max(self.instalment.amount - self.received, ZERO)

    @property
    def is_paid(self) -> bool:
        return self.paid_on is not None

    @property
    def is_late(self) -> bool:
        """Not paid although it was due."""
        return not self.is_paid and self.days > 0

    @property
    def days_early(self) -> int:
        return max(-self.days, 0) if self.is_paid else 0

    @property
    def days_late(self) -> int:
        return max(self.days, 0)

    @property
    def state(self) -> str:
        """One of overpaid, paid, part, due."""
        if self.over:
            return "overpaid"
        return "paid" if self.is_paid else "part" if self.received else "due"


def parts(instalments: Sequence[Due], deposits: Iterable[Came], currency: str) -> list[Match]:
    """Return what each deposit pays, the earliest deposit first."""
    order = sorted(instalments, key=lambda row: row.number)
    left = {row.pk: row.amount for row in order}
    known = [row for row in deposits if row.amount is not None and row.currency == currency]
    found = []
    for deposit in sorted(known, key=lambda row: (row.received_on, row.pk is None, row.pk or 0)):
        rest = deposit.amount or ZERO
        for row in [*(one for one in order if one.pk == deposit.instalment_id), *order]:
            paid = min(rest, left[row.pk])
            if paid > 0:
                left[row.pk] -= paid
                rest -= paid
                found.append(Match(deposit, row, paid, (deposit.received_on - row.due_on).days))
        if rest > 0:
            found.append(Match(deposit, None, rest, 0))
    return found


def standings(instalments: Sequence[Due], deposits: Iterable[Came], currency: str, today: date) -> list[Standing]:
    """Return where each instalment stands, in their order. What is too much stands on the last."""
    order = sorted(instalments, key=lambda row: row.number)
    paid = parts(order, deposits, currency)
    over = sum((part.amount for part in paid if part.instalment is None), ZERO)
    return [
        _standing(row, [part for part in paid if part.instalment is row], over if row is order[-1] else ZERO, today)
        for row in order
    ]


def _standing(row: Any, paid: list[Match], over: Decimal, today: date) -> Standing:
    received = sum((part.amount for part in paid), ZERO)
    paid_on = max(part.deposit.received_on for part in paid) if received >= row.amount else None
    return Standing(row, received, over, paid_on, ((paid_on or today) - row.due_on).days)


def first_unpaid(found: Iterable[Standing]) -> Standing | None:
    return next((one for one in found if not one.is_paid), None)
