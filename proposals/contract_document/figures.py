"""What a contract's document says, as values. Texts are in the document's language; amounts in the fund's currency."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal

from alliance.register.canonical import canonical
from alliance.register.snapshots import plain

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Served:
    """An objective that the approved proposal serves, with its percentage."""

    code: str
    name: str
    percent: Decimal
    is_main: bool


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """A category of the budget: an amount for each year of its table, and the sum over all years."""

    category: str
    amounts: tuple[Decimal, ...]
    total: Decimal


@dataclass(frozen=True, slots=True)
class BudgetTable:
    """As many years as fit on a page. The last table of a budget shows the sums over all years."""

    years: tuple[int, ...]
    rows: tuple[BudgetRow, ...]
    sums: BudgetRow
    is_last: bool


@dataclass(frozen=True, slots=True)
class ReportTerm:
    """A report that the partner owes."""

    number: int
    reference: str
    period_from: date
    period_to: date
    due_on: date


@dataclass(frozen=True, slots=True)
class TrancheTerm:
    """A part of the amount, when it is due, and the number of the report it waits for."""

    number: int
    amount: Decimal
    due_on: date
    report: int | None


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of the committee's decision, to be met before any money goes out."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Signature:
    """One side: who signed for it and when, with the register entry that says so; nothing while it has not signed."""

    side: str
    organisation: str
    person: str
    signed_at: datetime | None
    entry_n: int
    entry_hash: str


@dataclass(frozen=True, slots=True)
class Rights:
    """The commitments of the approved version on rights and welfare, paragraph by paragraph."""

    marker: str
    commitments: tuple[str, ...]
    adverse_effects: tuple[str, ...]
    disaggregation: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ContractFigures:
    """The whole contract."""

    language: str
    reference: str
    state: str
    fund: str
    currency: str
    is_demonstration: bool
    partner: str
    partner_kind: str
    lead: str
    project: str
    title: str
    countries: tuple[str, ...]
    decision: str
    approved_on: date
    version: str
    version_digest: str
    allocated: Decimal
    amount: Decimal
    starts_on: date
    ends_on: date
    drafted_on: date
    cancelled_on: date | None
    cancel_reason: str
    served: tuple[Served, ...]
    objectives: tuple[str, ...]
    tasks: tuple[str, ...]
    expected_results: tuple[str, ...]
    budget: tuple[BudgetTable, ...]
    direct: Decimal
    indirect: Decimal
    conditions: tuple[Condition, ...]
    tranches: tuple[TrancheTerm, ...]
    reports: tuple[ReportTerm, ...]
    rights: Rights
    signatures: tuple[Signature, ...]
    fingerprint: str
    register_n: int
    register_hash: str
    register_at: datetime

    @property
    def is_signed(self) -> bool:
        return self.state == "signed"

    @property
    def is_cancelled(self) -> bool:
        return self.state == "cancelled"

    @property
    def budgeted(self) -> Decimal:
        """The partner's lines in the approved version."""
        return self.direct + self.indirect

    @property
    def indirect_rate(self) -> Decimal | None:
        """Indirect support cost as a part of direct cost."""
        return self.indirect / self.direct if self.direct else None

    @property
    def in_tranches(self) -> Decimal:
        return sum((tranche.amount for tranche in self.tranches), ZERO)

    @property
    def outside_tranches(self) -> Decimal:
        """What the contract has not laid into a tranche."""
        return self.amount - self.in_tranches

    @property
    def marked_on(self) -> date:
        """The date that stands beside a draft's mark: when the contract came to stand as it does."""
        return self.register_at.date()

    def text(self) -> str:
        """Return the figures' canonical JSON."""
        return canonical(plain(asdict(self)))

    def digest(self) -> str:
        return hashlib.sha256(self.text().encode()).hexdigest()
