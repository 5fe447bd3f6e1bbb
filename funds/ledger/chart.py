"""The chart of accounts: each kind of account and what it is, and each line of a statement with the accounts it is made of.

What is true of a kind is said here and nowhere else; every other list of kinds is derived from it. A new kind is a member of
`AccountKind` and its record in `CHART`; a kind without one, or with a line that does not exist, stops the portal as it starts.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import NamedTuple

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ZERO = Decimal("0.00")
type Net = Callable[[str, str], Decimal]


class AccountKind(models.TextChoices):
    """What an account stands for. Guarded kinds hold money and never go below zero."""

    CONTRIBUTIONS = "contributions", _("Contributions of a donor")
    SEED = "seed", _("Trustee's seed capital")
    INTEREST_FUND = "interest_fund", _("Interest earned by the fund")
    INTEREST_PARTNERS = "interest_partners", _("Interest from partners")
    POOL = "pool", _("Pool of a window")
    FEE = "fee", _("Administrative agent fee")
    DIRECT_COST = "direct_cost", _("Direct cost")
    BANK_CHARGES = "bank_charges", _("Bank charges")
    OTHER_FUNDS = "other_funds", _("Transfers to other funds")
    DONOR_REFUNDS = "donor_refunds", _("Refunds to a donor")
    SEED_REFUNDS = "seed_refunds", _("Refunds of seed capital")
    PROJECT = "project", _("Allocated to a project")
    PARTNER = "partner", _("With a partner")
    SPENT = "spent", _("Spent by a partner")
    REFUNDS_IN_TRANSIT = "refunds_in_transit", _("Refunds in transit")


class Nature(Enum):
    """What money on an account of a kind is. Each nature names its root in plain-text accounting."""

    GIVEN = "given", "Income"  # paid in by a donor, or by the trustee as seed capital
    GIVEN_BACK = "given back", "Income"  # refunded to whom it came from
    EARNED = "earned", "Income"
    POOLED = "pooled", "Assets"
    FEE = "fee", "Expenses"  # the trustee's, on a donor's own deposit
    BORNE = "borne", "Expenses"  # a cost that all sources of a pool bear in proportion
    OF_PROJECT = "of a project", "Assets"  # held for a project: by the fund, by a partner, or on its way back
    USED = "used", "Expenses"  # spent by a partner on a project

    @property
    def root(self) -> str:
        return self.value[1]

    @property
    def is_held(self) -> bool:
        return self.root == "Assets"


@dataclass(frozen=True)
class Record:
    """What is true of a kind: the prefix of its accounts' codes, its nature, the statement's line that its balance counts in.

    `movement` is one movement between it and a pool, in English, as open data names it. A kind that holds money says what is
    `left` on it when the fund is to be closed and, where that is a project's, when the project is. Of a kind that `is_numerous`
    there is one account for each partner of each project: it is never looked for by its kind alone.
    """

    prefix: str
    nature: Nature
    line: str
    movement: str = ""
    left: Promise | None = None
    left_of_project: Promise | None = None
    is_numerous: bool = False


K, N = AccountKind, Nature
CHART: dict[AccountKind, Record] = {
    K.CONTRIBUTIONS: Record("donor", N.GIVEN, "contributions", "Deposit"),
    K.SEED: Record("seed", N.GIVEN, "seed", "Trustee’s seed capital"),
    K.INTEREST_FUND: Record("interest-fund", N.EARNED, "interest_fund", "Interest earned by the fund"),
    K.INTEREST_PARTNERS: Record("interest-partners", N.EARNED, "interest_partners", "Interest from partners"),
    K.POOL: Record("pool", N.POOLED, "balance_agent", left=_("In the windows’ pools")),
    K.FEE: Record("fee", N.FEE, "fee", "Administrative agent fee"),
    K.DIRECT_COST: Record("direct-cost", N.BORNE, "direct_cost", "Direct cost"),
    K.BANK_CHARGES: Record("bank-charges", N.BORNE, "bank_charges", "Bank charges"),
    K.OTHER_FUNDS: Record("other-funds", N.BORNE, "transfers_other_funds", "Transfer to another fund"),
    K.DONOR_REFUNDS: Record("donor-refunds", N.GIVEN_BACK, "contributions", "Refund to the donor"),
    K.SEED_REFUNDS: Record("seed-refunds", N.GIVEN_BACK, "seed", "Refund of seed capital"),
    K.PROJECT: Record(
        "project", N.OF_PROJECT, "balance_agent",
        left=_("Allocated to projects and not paid"), left_of_project=_("Allocated and not paid"),
    ),
    K.PARTNER: Record(
        "partner", N.OF_PROJECT, "balance_partners",
        left=_("With partners, not spent"), left_of_project=_("With the partner, not spent"), is_numerous=True,
    ),
    K.SPENT: Record("spent", N.USED, "partners_expenditure", is_numerous=True),
    K.REFUNDS_IN_TRANSIT: Record(
        "refunds-in-transit", N.OF_PROJECT, "refunds_in_transit",
        left=_("Refunds in transit"), left_of_project=_("Refund in transit"),
    ),
}  # fmt: skip


def kinds(*natures: Nature) -> tuple[AccountKind, ...]:
    """Return the kinds of these natures, in the order of the chart."""
    return tuple(kind for kind, record in CHART.items() if record.nature in natures)


def code_of(kind: str, subject: str) -> str:
    """Return the code of an account, such as `donor:sweden-mfa`, or `fee` where there is one for all."""
    prefix = CHART[AccountKind(kind)].prefix
    return f"{prefix}:{subject}" if subject else prefix


class AddsTo(Enum):
    """What a line adds up to: a total of the statement, or nothing."""

    SOURCES = "sources"
    TRANSFERS = "transfers"
    REFUNDS = "refunds"  # of transfers: they lessen the uses
    COSTS = "costs"
    BALANCES = "balances"
    IS_TOTAL = "a total"  # made of other lines, by `funds.statements.funding_status`
    NOTHING = "nothing"


class StatementLine(NamedTuple):
    """A line of the statements: its label, what it adds up to, and the accounts that it is made of.

    It is what moved to accounts of the kinds `debit` from accounts of the kinds `credit`, less what moved back; no kind is
    any account. What `shown` leaves out is a figure of other pages.
    """

    label: Promise
    adds_to: AddsTo
    debit: tuple[str, ...] = ()
    credit: tuple[str, ...] = ()
    shown: bool = True

    def of(self, net: Net) -> Decimal:
        """Return the line's amount; `net` gives what moved between two kinds, less what moved back."""
        pairs = ((debit, credit) for debit in self.debit or ("",) for credit in self.credit or ("",))
        return sum((net(debit, credit) for debit, credit in pairs), ZERO)


def _balance(code: str) -> tuple[str, ...]:
    return tuple(kind for kind, record in CHART.items() if record.line == code)


def _owed(label: Promise, adds_to: AddsTo, *codes: str, shown: bool = True) -> StatementLine:
    """A line of what money came from: more on these accounts is more credited."""
    return StatementLine(label, adds_to, credit=tuple(kind for code in codes for kind in _balance(code)), shown=shown)


def _held(label: Promise, adds_to: AddsTo, code: str) -> StatementLine:
    return StatementLine(label, adds_to, debit=_balance(code))


# In the order of the statement. Direct costs and transfers to other funds are not transfers to partners; seed capital is part of
# contributions and shown apart, each less what was refunded of it.
LINES: dict[str, StatementLine] = {
    "contributions": _owed(_("Contributions from donors"), AddsTo.SOURCES, "contributions", "seed"),
    "seed": _owed(_("of which trustee’s seed capital"), AddsTo.NOTHING, "seed", shown=False),
    "interest_fund": _owed(_("Interest and investment income (fund)"), AddsTo.SOURCES, "interest_fund"),
    "interest_partners": _owed(_("Interest (participating organisations)"), AddsTo.SOURCES, "interest_partners"),
    "total_sources": StatementLine(_("Total source of funds"), AddsTo.IS_TOTAL),
    "transfers_partners": StatementLine(
        _("Transfers to participating organisations"), AddsTo.TRANSFERS, (K.PARTNER,), (K.PROJECT,)
    ),
    "transfers_other_funds": _held(_("Transfers to other funds"), AddsTo.TRANSFERS, "transfers_other_funds"),
    "transfers_total": StatementLine(_("Sub-total transfers"), AddsTo.IS_TOTAL),
    "refunds_partners": StatementLine(
        _("Refunds from participating organisations (−)"), AddsTo.REFUNDS, (K.PROJECT,), (K.REFUNDS_IN_TRANSIT,)
    ),
    "fee": _held(_("Administrative agent fee"), AddsTo.COSTS, "fee"),
    "direct_cost": _held(_("Direct cost"), AddsTo.COSTS, "direct_cost"),
    "bank_charges": _held(_("Bank charges"), AddsTo.COSTS, "bank_charges"),
    "total_uses": StatementLine(_("Total use of funds"), AddsTo.IS_TOTAL),
    "balance_agent": _held(_("Balance with administrative agent"), AddsTo.BALANCES, "balance_agent"),
    "refunds_in_transit": _held(_("Refunds in transit"), AddsTo.BALANCES, "refunds_in_transit"),
    "partners_received": StatementLine(
        _("Transfers received by participating organisations"), AddsTo.NOTHING, (K.PARTNER,), (K.PROJECT,)
    ),
    "partners_expenditure": _held(
        _("Expenditure of participating organisations"), AddsTo.NOTHING, "partners_expenditure"
    ),
    "partners_refunds": StatementLine(
        _("Refunds made by participating organisations"), AddsTo.NOTHING, (K.REFUNDS_IN_TRANSIT,), (K.PARTNER,)
    ),
    "balance_partners": _held(_("Balance with participating organisations"), AddsTo.BALANCES, "balance_partners"),
    "total_balance": StatementLine(_("Total balance of funds"), AddsTo.IS_TOTAL),
    "allocated": StatementLine(_("Allocated to projects"), AddsTo.NOTHING, (K.PROJECT,), (K.POOL,), shown=False),
    "available": StatementLine(_("Can be allocated"), AddsTo.NOTHING, (K.POOL,), shown=False),
}


def line_codes(total: AddsTo, *, but: str = "") -> tuple[str, ...]:
    """Return the codes of the lines that add up to a total, in the order of the statement; `but` one that is said apart."""
    return tuple(code for code, line in LINES.items() if line.adds_to == total and code != but)


def unsaid() -> Iterator[str]:
    """Yield what the chart leaves unsaid, in words; nothing when it is whole."""
    for kind in AccountKind:
        record = CHART.get(kind)
        if record is None:
            yield f"the account kind {kind} has no record in the chart"
        else:
            yield from (f"the account kind {kind} {what}" for what in _unsaid_of(kind, record))


def _unsaid_of(kind: str, record: Record) -> Iterator[str]:
    if [other.prefix for other in CHART.values()].count(record.prefix) > 1:
        yield f"shares the prefix {record.prefix} with another"
    if record.line not in LINES:
        yield f"counts in the line {record.line}, which no statement has"
    elif kind not in (*LINES[record.line].debit, *LINES[record.line].credit):
        yield f"counts in the line {record.line}, which is not made of balances"
    if record.nature.is_held and record.left is None:
        yield "holds money, and does not say what is left on it when the fund is closed"
    if record.nature == Nature.OF_PROJECT and record.left_of_project is None:
        yield "holds a project's money, and does not say what is left on it when the project is closed"
    if record.nature in AT_POOLS and not record.movement:
        yield "moves money into or out of pools, and does not say what open data calls that"


# What stands on the other side of a pool, where that is no project.
AT_POOLS = (N.GIVEN, N.GIVEN_BACK, N.EARNED, N.FEE, N.BORNE)
if _missing := list(unsaid()):
    raise ImproperlyConfigured("; ".join(_missing))

GIVEN, GIVEN_BACK, EARNED, BORNE = kinds(N.GIVEN), kinds(N.GIVEN_BACK), kinds(N.EARNED), kinds(N.BORNE)
ORIGINS = (*GIVEN, *EARNED)
COSTS = kinds(N.FEE, N.BORNE)
HELD_FOR_PROJECTS = kinds(N.OF_PROJECT)
OF_PROJECTS = kinds(N.OF_PROJECT, N.USED)
NUMEROUS = tuple(kind for kind, record in CHART.items() if record.is_numerous)
GUARDED = frozenset(kind for kind, record in CHART.items() if record.nature.is_held)
