"""The fund's live statements, derived from the postings and from nothing else."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import starmap
from typing import NamedTuple

from django.db.models import Q, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.register.knowledge import one_state
from alliance.register.models import head
from funds.ledger.movements import Moves, sum_of_all, sums
from funds.ledger.snapshots import Basis
from funds.models import Account, AccountKind, Fund, Posting, Source, SourceKind, Stake, Window

ZERO = Decimal("0.00")
# Direct costs and transfers to other funds are not transfers to partners; seed capital is part of contributions and
# shown apart, each less what was refunded of it. The share of direct costs is of the net funded amount and direct cost, since
# version 2; it was of expenditure and direct cost. Another reading is another version.
DEFINITIONS = "alliance-2"

LABELS: dict[str, Promise] = {
    "contributions": _("Contributions from donors"),
    "interest_fund": _("Interest and investment income (fund)"),
    "interest_partners": _("Interest (participating organisations)"),
    "total_sources": _("Total source of funds"),
    "transfers_partners": _("Transfers to participating organisations"),
    "transfers_other_funds": _("Transfers to other funds"),
    "transfers_total": _("Sub-total transfers"),
    "refunds_partners": _("Refunds from participating organisations (−)"),
    "fee": _("Administrative agent fee"),
    "direct_cost": _("Direct cost"),
    "bank_charges": _("Bank charges"),
    "total_uses": _("Total use of funds"),
    "balance_agent": _("Balance with administrative agent"),
    "refunds_in_transit": _("Refunds in transit"),
    "partners_received": _("Transfers received by participating organisations"),
    "partners_expenditure": _("Expenditure of participating organisations"),
    "partners_refunds": _("Refunds made by participating organisations"),
    "balance_partners": _("Balance with participating organisations"),
    "total_balance": _("Total balance of funds"),
}
SEED_LABEL = _("of which trustee’s seed capital")
TOTALS = frozenset(
    {"total_sources", "transfers_total", "total_uses", "balance_agent", "balance_partners", "total_balance"}
)


class Row(NamedTuple):
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
    rows: tuple[Row, ...]
    seed: Row

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
    rows = tuple(Row(code, label, found[code], percents.get(code)) for code, label in LABELS.items())
    seed = Row("seed", SEED_LABEL, seed_capital(flows.net))
    return FundingStatus(day, Fund.objects.the().currency, DEFINITIONS, n, digest, rows, seed)


def amounts(net: Callable[[str, str], Decimal]) -> dict[str, Decimal]:
    """Return every row of the statement by its code, from what moved between kinds of accounts; an empty kind is any."""
    kind = AccountKind
    found = {
        "contributions": net("", kind.CONTRIBUTIONS) - net(kind.DONOR_REFUNDS, "") + seed_capital(net),
        "interest_fund": net("", kind.INTEREST_FUND),
        "interest_partners": net("", kind.INTEREST_PARTNERS),
        "transfers_partners": net(kind.PARTNER, kind.PROJECT),
        "transfers_other_funds": net(kind.OTHER_FUNDS, ""),
        "refunds_partners": net(kind.PROJECT, kind.REFUNDS_IN_TRANSIT),
        "fee": net(kind.FEE, ""),
        "direct_cost": net(kind.DIRECT_COST, ""),
        "bank_charges": net(kind.BANK_CHARGES, ""),
        "refunds_in_transit": net(kind.REFUNDS_IN_TRANSIT, ""),
        "partners_expenditure": net(kind.SPENT, ""),
        "partners_refunds": net(kind.REFUNDS_IN_TRANSIT, kind.PARTNER),
        "balance_partners": net(kind.PARTNER, ""),
        "balance_agent": net(kind.POOL, "") + net(kind.PROJECT, ""),
    }
    found["total_sources"] = found["contributions"] + found["interest_fund"] + found["interest_partners"]
    found["transfers_total"] = found["transfers_partners"] + found["transfers_other_funds"]
    costs = found["fee"] + found["direct_cost"] + found["bank_charges"]
    found["total_uses"] = found["transfers_total"] - found["refunds_partners"] + costs
    found["partners_received"] = found["transfers_partners"]
    found["total_balance"] = found["balance_agent"] + found["refunds_in_transit"] + found["balance_partners"]
    return found


def seed_capital(net: Callable[[str, str], Decimal]) -> Decimal:
    """Return the trustee's own money in the fund: what came in less what went back (R96)."""
    return net("", AccountKind.SEED) - net(AccountKind.SEED_REFUNDS, "")


def percent(part: Decimal, whole: Decimal) -> Decimal | None:
    """Return a percentage with one decimal, half up; None of nothing."""
    return (part * 100 / whole).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP) if whole else None


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
            received += sign * amount if other in (AccountKind.CONTRIBUTIONS, AccountKind.SEED) else ZERO
            fees -= sign * amount if other == AccountKind.FEE else ZERO
            allocated -= sign * amount if other == AccountKind.PROJECT else ZERO
    return WindowLine(window, received, fees, allocated, available)


class DonorLine(NamedTuple):
    """A source of the fund with what stands in its name."""

    source: Source
    deposited: Decimal
    unallocated: Decimal


def sources() -> list[DonorLine]:
    """Return each source with its deposits and its stake in the pools; the trustee's seed is a source of its own (R96)."""
    stakes = dict(Stake.objects.order_by().values_list("source").annotate(Sum("amount")))
    kinds = (AccountKind.CONTRIBUTIONS, AccountKind.SEED)
    rows = Account.objects.filter(kind__in=kinds).values_list("code", "debits", "credits")
    came = {code: given - taken_back for code, taken_back, given in rows}
    prefixes: dict[str, str] = {SourceKind.DONOR: "donor", SourceKind.SEED: "seed"}
    found = Source.objects.select_related("donor__organisation").order_by("kind", "since", "pk")
    return [
        DonorLine(
            source,
            came.get(f"{prefixes.get(source.kind)}:{source.donor.organisation.slug}", ZERO) if source.donor else ZERO,
            stakes.get(source.pk, ZERO),
        )
        for source in found
    ]
