"""Contributions as they stand: by pledge, by donor, by batch; each followed to what it was attributed to."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from django.db.models import F, QuerySet, Sum

from funds.contributions.amounts import CENT
from funds.contributions.positions import Position, position
from funds.ledger.shares import drawn_from_windows
from funds.models import Deposit, Donor, ImportRow, Pledge, Prospect

ZERO = Decimal("0.00")


class Totals(NamedTuple):
    """Figures of a set of contributions, in the fund's currency. Stages are shown apart and never added up."""

    pledged: Decimal = ZERO
    pipeline: Decimal = ZERO
    received: Decimal = ZERO
    pledged_unpaid: Decimal = ZERO
    overpaid: Decimal = ZERO
    exchange_difference: Decimal = ZERO


def totals(pledges: QuerySet[Pledge], prospects: QuerySet[Prospect], deposits: QuerySet[Deposit]) -> Totals:
    """Add up pledges with all deposits under them, pipeline entries, and deposits that belong to no pledge."""
    standing = sum_of(position(pledge, pledge.deposits.all()) for pledge in pledges.prefetch_related("deposits"))
    pipeline = prospects.aggregate(s=Sum("amount_usd"))["s"] or ZERO
    loose = deposits.filter(pledge=None).aggregate(s=Sum("amount_usd"))["s"] or ZERO
    return Totals(
        standing.pledged,
        pipeline,
        standing.received + loose,
        standing.pledged_unpaid,
        standing.overpaid,
        standing.exchange_difference,
    )


def totals_of_rows(rows: QuerySet[ImportRow]) -> Totals:
    """Return the figures of what lines of a file became, whichever batch first imported them."""
    return totals(
        Pledge.objects.filter(import_rows__in=rows).distinct(),
        Prospect.objects.filter(pk__in=rows.values("prospect")),
        Deposit.objects.filter(pk__in=rows.values("deposit")),
    )


def totals_of_donor(donor: Donor) -> Totals:
    return totals(donor.pledges.standing(), donor.prospects.all(), donor.deposits.all())


def sum_of(positions: Iterable[Position]) -> Position:
    total = Position()
    for item in positions:
        total = total.plus(item)
    return total


class Chain(NamedTuple):
    """One contribution from promise to use. Amounts are in the fund's currency; stages are never added up."""

    pledge: Pledge | None
    agreements: list
    deposits: list[Deposit]
    position: Position
    attributed: Decimal


def chains(donor: Donor) -> list[Chain]:
    """Return a donor's contributions, newest pledge first, each with its agreements, deposits and what was attributed.

    What a window gave to projects of the donor's money is spread over its deposits to that window, by their amounts after the
    fee; what they do not cover, as the money was moved there, over what is left of its other deposits.
    """
    worth = _worth(donor)
    found = [
        Chain(
            pledge,
            list(pledge.agreements.all()),
            list(pledge.deposits.all()),
            position(pledge, pledge.deposits.all()),
            _part(worth, pledge.deposits.all()),
        )
        for pledge in donor.pledges.for_list().prefetch_related("agreements", "deposits__window")
    ]
    return found + _loose_chains(donor, worth)


def _loose_chains(donor: Donor, worth: dict[str, Decimal]) -> list[Chain]:
    agreements = donor.agreements.filter(pledge=None).for_list().prefetch_related("deposits__window")
    found = [(agreement, list(agreement.deposits.all())) for agreement in agreements]
    alone = [(None, [deposit]) for deposit in donor.deposits.filter(pledge=None, agreement=None).for_list()]
    return [
        Chain(
            None,
            [agreement] if agreement else [],
            deposits,
            Position(received=sum((d.amount_usd for d in deposits), ZERO)),
            _part(worth, deposits),
        )
        for agreement, deposits in [*found, *alone]
    ]


def _worth(donor: Donor) -> dict[str, Decimal]:
    """Return, by the code of a window, what of a dollar deposited to it is attributed to projects."""
    given = donor.deposits.order_by().values_list("window__code").annotate(net=Sum(F("amount_usd") - F("fee_usd")))
    net = {code: amount for code, amount in given if amount}
    drawn = drawn_from_windows(donor)
    own = {code: min(drawn.get(code, ZERO), amount) for code, amount in net.items()}
    moved, left = sum(drawn.values(), ZERO) - sum(own.values(), ZERO), sum(net.values(), ZERO) - sum(own.values(), ZERO)
    share = moved / left if left else ZERO
    return {code: (own[code] + share * (net[code] - own[code])) / net[code] for code in net}


def _part(worth: dict[str, Decimal], deposits: Iterable[Deposit]) -> Decimal:
    return sum((deposit.net_usd * worth.get(deposit.window.code, ZERO) for deposit in deposits), ZERO).quantize(
        CENT, ROUND_HALF_UP
    )
