"""The fund's live statements, derived from the postings and from nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from django.utils.functional import Promise

from alliance.core import clock
from alliance.register.knowledge import one_state
from alliance.register.models import head
from funds.ledger.chart import LINES, AddsTo, Net, line_codes
from funds.ledger.movements import Moves
from funds.ledger.snapshots import Basis
from funds.models import Fund

ZERO = Decimal("0.00")
# The share of direct costs is of the net funded amount and direct cost, since version 2; it was of expenditure and direct cost.
# Another reading is another version.
DEFINITIONS = "alliance-2"

LABELS = {code: line.label for code, line in LINES.items() if line.shown}
SEED_LABEL = LINES["seed"].label
TOTALS = frozenset({*line_codes(AddsTo.IS_TOTAL), "balance_agent", "balance_partners"})


class StatusRow(NamedTuple):
    """One line of a statement. `percent` is of contributions, or of transfers for the partners' balance."""

    code: str
    label: Promise
    amount: Decimal
    percent: Decimal | None = None

    @property
    def is_total(self) -> bool:
        return self.code in TOTALS


@dataclass(frozen=True)
class FundingStatus:
    """The live statement as of a day, with the register's head that it was read at."""

    as_of: date
    currency: str
    definitions: str
    register_n: int
    register_hash: str
    rows: tuple[StatusRow, ...]
    seed: StatusRow

    def amount(self, code: str) -> Decimal:
        return next(row.amount for row in self.rows if row.code == code)


def funding_status(as_of: date | None = None, *, known_at: int | None = None) -> FundingStatus:
    """Return the live statement: sources, uses and balances, by accounting date, until a day (R52, R57).

    With `known_at`, postings entered after that register entry are left out, as they were not known then.
    """
    with one_state():
        return _status(as_of or clock.today(), known_at)


def _status(day: date, known_at: int | None) -> FundingStatus:
    flows = Moves(day, known_at=known_at, basis=Basis(day))
    found = amounts(flows.net)
    percents = {
        "balance_agent": percent(found["balance_agent"], found["contributions"]),
        "balance_partners": percent(found["balance_partners"], found["transfers_partners"]),
        "total_balance": percent(found["total_balance"], found["contributions"]),
    }
    n, digest = head()
    rows = tuple(StatusRow(code, label, found[code], percents.get(code)) for code, label in LABELS.items())
    seed = StatusRow("seed", SEED_LABEL, seed_capital(flows.net))
    return FundingStatus(day, Fund.objects.the().currency, DEFINITIONS, n, digest, rows, seed)


def amounts(net: Net) -> dict[str, Decimal]:
    """Return every row of the statement by its code, from what moved between kinds of accounts; an empty kind is any."""
    found = {code: line.of(net) for code, line in LINES.items() if line.shown and line.adds_to != AddsTo.IS_TOTAL}
    found["total_sources"] = _added(found, AddsTo.SOURCES)
    found["transfers_total"] = _added(found, AddsTo.TRANSFERS)
    found["total_uses"] = found["transfers_total"] - _added(found, AddsTo.REFUNDS) + _added(found, AddsTo.COSTS)
    found["total_balance"] = _added(found, AddsTo.BALANCES)
    return found


def _added(found: Mapping[str, Decimal], total: AddsTo) -> Decimal:
    return sum((found[code] for code in line_codes(total)), ZERO)


def seed_capital(net: Net) -> Decimal:
    """Return the trustee's own money in the fund: what came in less what went back (R96)."""
    return LINES["seed"].of(net)


def percent(part: Decimal, whole: Decimal) -> Decimal | None:
    """Return a percentage with one decimal, half up; None of nothing."""
    return (part * 100 / whole).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP) if whole else None
