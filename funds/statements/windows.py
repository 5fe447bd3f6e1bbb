"""Each window's pool on a day: received, fees, allocated, and what can be allocated."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Q, Sum

from alliance.core import clock
from funds.ledger.chart import GIVEN, AccountKind
from funds.models import Posting, Window

ZERO = Decimal("0.00")


class WindowLine(NamedTuple):
    """A window: what came in, went out, and what can be allocated from its pool now."""

    window: Window
    received: Decimal
    fees: Decimal
    allocated: Decimal
    available: Decimal


def windows(as_of: date | None = None) -> list[WindowLine]:
    """Return each window with its figures; what is available is its pool's balance."""
    day = as_of or clock.today()
    postings = Posting.objects.filter(effective_on__lte=day).filter(Q(debit__kind="pool") | Q(credit__kind="pool"))
    rows = (
        postings.order_by().values_list("debit_id", "debit__kind", "credit_id", "credit__kind").annotate(Sum("amount"))
    )
    moves = list(rows)
    return [_window_line(window, moves) for window in Window.objects.for_list()]


def _window_line(window: Window, moves: Iterable[tuple[int, str, int, str, Decimal]]) -> WindowLine:
    received = fees = allocated = available = ZERO
    for debit, debit_kind, credit, credit_kind, amount in moves:
        for pool, other, sign in ((debit, credit_kind, 1), (credit, debit_kind, -1)):
            if pool != window.pool.pk:
                continue
            available += sign * amount
            received += sign * amount if other in GIVEN else ZERO
            fees -= sign * amount if other == AccountKind.FEE else ZERO
            allocated -= sign * amount if other == AccountKind.PROJECT else ZERO
    return WindowLine(window, received, fees, allocated, available)
