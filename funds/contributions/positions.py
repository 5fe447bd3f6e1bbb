"""Where a pledge stands: promised, received, still owed, too much, and what the rates of exchange made of it. Pure.

The rule, ours and stated: a pledge is settled in its own currency. Once it is settled nothing is owed, whatever its
dollar difference; that difference is an exchange difference. More of the same currency than was promised is an
overpayment. All results are in the fund's currency.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple, Protocol

from funds.contributions.amounts import in_proportion

ZERO = Decimal("0.00")


class Receipt(Protocol):
    amount: Decimal | None
    currency: str
    amount_usd: Decimal


class Promise(Receipt, Protocol):
    written_off_usd: Decimal | None
    state: str

    @property
    def is_settled(self) -> bool: ...


class Position(NamedTuple):
    """One pledge, or many added up."""

    pledged: Decimal = ZERO
    received: Decimal = ZERO
    pledged_unpaid: Decimal = ZERO
    overpaid: Decimal = ZERO
    exchange_difference: Decimal = ZERO

    def plus(self, other: "Position") -> "Position":
        return Position(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


def position(pledge: Promise, deposits: Iterable[Receipt]) -> Position:
    """Return where one pledge stands, given all deposits under it."""
    deposits = list(deposits)
    received = sum((deposit.amount_usd for deposit in deposits), ZERO)
    own = received_in_own_currency(pledge, deposits)
    if pledge.state == "cancelled":
        return Position(received=received)
    overpaid = _overpaid(pledge, own, received)
    return Position(
        pledge.amount_usd,
        received,
        _unpaid(pledge, own, received),
        overpaid,
        _exchange_difference(pledge, own, received, overpaid) if pledge.is_settled else ZERO,
    )


def received_in_own_currency(promise: Receipt, deposits: Iterable[Receipt]) -> Decimal | None:
    """Return what came in, in a promise's own currency; None where an amount or a currency makes that unknown."""
    deposits = list(deposits)
    if promise.amount is None or any(d.amount is None or d.currency != promise.currency for d in deposits):
        return None
    return sum((deposit.amount for deposit in deposits if deposit.amount is not None), ZERO)


def _unpaid(pledge: Promise, own: Decimal | None, received: Decimal) -> Decimal:
    if pledge.is_settled or pledge.state == "written_off":
        return ZERO
    if own is None or pledge.amount is None:
        owed = pledge.amount_usd - received
    else:
        owed = in_proportion(pledge.amount_usd, max(pledge.amount - own, ZERO), pledge.amount)
    return max(owed - (pledge.written_off_usd or ZERO), ZERO)


def _overpaid(pledge: Promise, own: Decimal | None, received: Decimal) -> Decimal:
    if own is None or pledge.amount is None or own <= pledge.amount:
        return ZERO
    return in_proportion(received, own - pledge.amount, own)


def _exchange_difference(pledge: Promise, own: Decimal | None, received: Decimal, overpaid: Decimal) -> Decimal:
    if own is None or pledge.amount is None:
        return received - pledge.amount_usd
    return received - overpaid - in_proportion(pledge.amount_usd, min(own, pledge.amount), pledge.amount)
