"""What a report to the Forum says, as values. Texts are in the report's language; amounts in the fund's currency."""

import hashlib
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from alliance.register.canonical import canonical
from alliance.register.snapshots import plain
from alliance.rendering.charts import Flow


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting of the Forum."""

    code: str
    number: int
    name: str
    country: str
    chairs: tuple[str, ...]
    theme: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A row of the fund's status: before the period, in the period, and both together."""

    code: str
    label: str
    before: Decimal
    period: Decimal
    amount: Decimal
    percent: Decimal | None
    is_total: bool

    @property
    def is_seed(self) -> bool:
        """Whether the row is a part of the one above it: the trustee's own money among all contributions."""
        return self.code == "seed"


@dataclass(frozen=True, slots=True)
class ObjectiveRow:
    """What was allocated and spent under one objective, by the projects' own percentages."""

    code: str
    name: str
    projects: int
    allocated: Decimal
    spent: Decimal
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class WindowRow:
    """What decisions of the period drew from one window."""

    code: str
    name: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class RecommendationRow:
    """What came of one recommendation. A project that follows two stands under both, with its whole amount."""

    code: str
    text: str
    mark: str
    is_reconstructed: bool
    roundtable: str
    projects: tuple[str, ...]
    asked: Decimal
    allocated: Decimal
    spent: Decimal


@dataclass(frozen=True, slots=True)
class ObjectivePart:
    """The part of a project's allocation that stands for one objective."""

    code: str
    name: str
    percent: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """An indicator with what was reached by the last accepted report that speaks of it."""

    statement: str
    unit: str
    baseline: Decimal | None
    target: Decimal
    actual: Decimal | None


@dataclass(frozen=True, slots=True)
class AcceptedReport:
    """A partner's accepted report: what it says was reached, and how rights and welfare were looked after."""

    reference: str
    period_from: date
    period_to: date
    results: str
    rights: str


@dataclass(frozen=True, slots=True)
class ProjectFigures:
    """One sponsored activity."""

    reference: str
    title: str
    summary: str
    lead: str
    partners: tuple[str, ...]
    countries: tuple[str, ...]
    state: str
    starts_on: date
    ends_on: date
    decision: str
    approved_on: date
    recommendations: tuple[str, ...]
    parts: tuple[ObjectivePart, ...]
    rights_marker: int
    rights_label: str
    allocated: Decimal
    net_funded: Decimal
    spent: Decimal
    delivery: Decimal | None
    indicators: tuple[IndicatorRow, ...]
    accounts: tuple[AcceptedReport, ...]


@dataclass(frozen=True, slots=True)
class DecisionFigures:
    """One decision of the committee in the period."""

    reference: str
    closed_on: date
    subject: str
    applicant: str
    outcome: str
    outcome_code: str
    is_consensus: bool
    is_allocated: bool
    amounts: tuple[WindowRow, ...]
    total: Decimal


@dataclass(frozen=True, slots=True)
class DonorRow:
    """A donor: what it signed for and what came in, in the period. The two are never added."""

    name: str
    kind: str
    committed: Decimal
    deposited: Decimal
    is_seed: bool


@dataclass(frozen=True, slots=True)
class ReportFigures:
    """The whole report."""

    language: str
    meeting: Meeting
    previous: Meeting | None
    since: date | None
    as_of: date
    objective: str
    objective_name: str
    currency: str
    fund: str
    is_demonstration: bool
    register_n: int
    register_hash: str
    register_at: datetime
    definitions: str
    flow: Flow | None
    statement: tuple[StatementRow, ...]
    by_objective: tuple[ObjectiveRow, ...]
    by_window: tuple[WindowRow, ...]
    by_recommendation: tuple[RecommendationRow, ...]
    without_activity: tuple[RecommendationRow, ...]
    projects: tuple[ProjectFigures, ...]
    decisions: tuple[DecisionFigures, ...]
    donors: tuple[DonorRow, ...]

    @property
    def allocated(self) -> Decimal:
        """What was allocated to the report's projects; under one objective, that objective's part."""
        return sum((row.allocated for row in self.by_objective), Decimal("0.00"))

    @property
    def spent(self) -> Decimal:
        return sum((row.spent for row in self.by_objective), Decimal("0.00"))

    @property
    def committed(self) -> Decimal:
        return sum((row.committed for row in self.donors), Decimal("0.00"))

    @property
    def deposited(self) -> Decimal:
        return sum((row.deposited for row in self.donors), Decimal("0.00"))

    @property
    def closed(self) -> int:
        """How many decisions were closed in the period: an earlier one stands among them when its money came in it."""
        return sum(self.since is None or row.closed_on >= self.since for row in self.decisions)

    @property
    def complementary(self) -> tuple[ProjectFigures, ...]:
        """Projects that follow no recommendation: justified under objective 2 or 3 (R28, R70)."""
        return tuple(project for project in self.projects if not project.recommendations)

    def plain(self) -> dict[str, Any]:
        """Return the figures as JSON holds them: amounts as strings with two decimals, ISO dates."""
        return plain(asdict(replace(self, flow=None))) | {
            "allocated": plain(self.allocated),
            "spent": plain(self.spent),
        }

    def text(self) -> str:
        """Return the figures' canonical JSON."""
        return canonical(self.plain())

    def digest(self) -> str:
        """Return SHA-256 over the figures without the register's number: the same figures at a later entry are the same."""
        told = {key: value for key, value in self.plain().items() if not key.startswith("register_")}
        return hashlib.sha256(canonical(told).encode()).hexdigest()
