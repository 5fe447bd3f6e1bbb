"""What a donor's area holds. Pure: frozen rows that the page, the document and the files all read."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from alliance.core.display import MoneyStep
from alliance.rendering.charts import Flow, Target
from alliance.rendering.charts.targets import progress

ZERO = Decimal("0.00")
TENTH = Decimal("0.1")
STAGES = 4


@dataclass(frozen=True)
class Badge:
    """A state in words, with the tone of its meaning."""

    label: str
    tone: str


@dataclass(frozen=True)
class WindowPart:
    """What a donor's money did in one window. What came in, less what went out, is not yet allocated."""

    code: str
    name: str
    received: Decimal
    moved_in: Decimal
    fee: Decimal
    costs: Decimal
    refunded: Decimal
    attributed: Decimal
    unallocated: Decimal


class DonorPart(NamedTuple):
    """A donor's part of one project: of its allocation, its transfers less refunds, and its spending."""

    project: str
    allocated: Decimal = ZERO
    transferred: Decimal = ZERO
    spent: Decimal = ZERO


@dataclass(frozen=True)
class ContributionRow:
    """A pledge with what followed it, or an agreement or deposit that came without one.

    `usd` is what was pledged, agreed and received, in the fund's currency: three stages, None for one it never had.
    """

    reference: str
    url: str
    window: str
    badge: Badge | None
    steps: tuple[MoneyStep, ...]
    usd: tuple[Decimal | None, Decimal | None, Decimal | None]

    @property
    def in_columns(self) -> list[MoneyStep | None]:
        """Return the four stages in order: pledged, agreed, received, into the pool; None for one that it never had."""
        return [*[None] * (STAGES - len(self.steps)), *self.steps]


@dataclass(frozen=True)
class DepositRow:
    """Cash that came in, at its booked rate. What reaches the window's pool is `usd` less `fee`."""

    reference: str
    url: str
    under: str
    received_on: date
    window: str
    amount: Decimal | None
    currency: str
    rate: Decimal | None
    usd: Decimal
    fee: Decimal

    @property
    def net(self) -> Decimal:
        return self.usd - self.fee


@dataclass(frozen=True)
class InstalmentRow:
    """An instalment that has not come in whole. `open` is what of it is due, None where that cannot be told."""

    agreement: str
    url: str
    number: int
    due_on: date
    amount: Decimal
    open: Decimal | None
    currency: str
    days_late: int

    @property
    def is_overdue(self) -> bool:
        return self.days_late > 0


@dataclass(frozen=True)
class IndicatorRow:
    """An indicator with what was reached by the last report accepted by the day."""

    statement: str
    unit: str
    baseline: Decimal | None
    target: Decimal
    actual: Decimal | None

    @property
    def is_reached(self) -> bool:
        way = progress(Target(self.statement, self.baseline or ZERO, self.target, self.actual))
        return way is not None and way >= 1


@dataclass(frozen=True)
class ProjectRow:
    """A project with the donor's part of it."""

    reference: str
    title: str
    url: str
    objectives: tuple[tuple[str, str], ...]
    partner: str
    partner_url: str
    badge: Badge
    part: DonorPart
    indicators: tuple[IndicatorRow, ...]

    @property
    def delivery(self) -> Decimal | None:
        """Spent, in per cent of what was transferred; none before money has gone out."""
        if not self.part.transferred:
            return None
        return (100 * self.part.spent / self.part.transferred).quantize(TENTH, ROUND_HALF_UP)

    @property
    def reached(self) -> int:
        return sum(row.is_reached for row in self.indicators)


@dataclass(frozen=True)
class DonorArea:
    """All of one donor as of a day, in the fund's currency. `projects` may be a page of those that `totals` add up."""

    donor: str
    slug: str
    is_trustee: bool
    as_of: date
    pledged: Decimal
    agreed: Decimal
    windows: tuple[WindowPart, ...]
    totals: DonorPart
    contributions: tuple[ContributionRow, ...]
    deposits: tuple[DepositRow, ...]
    instalments: tuple[InstalmentRow, ...]
    projects: tuple[ProjectRow, ...]
    has_more: bool
    flow: Flow

    @property
    def is_empty(self) -> bool:
        return not (self.contributions or self.windows)

    @property
    def received(self) -> Decimal:
        return sum((row.received for row in self.windows), ZERO)

    @property
    def moved_in(self) -> Decimal:
        """Between windows; nothing in all."""
        return sum((row.moved_in for row in self.windows), ZERO)

    @property
    def fee(self) -> Decimal:
        return sum((row.fee for row in self.windows), ZERO)

    @property
    def costs(self) -> Decimal:
        """Its part of the fund's direct costs, bank charges and transfers to other funds."""
        return sum((row.costs for row in self.windows), ZERO)

    @property
    def refunded(self) -> Decimal:
        return sum((row.refunded for row in self.windows), ZERO)

    @property
    def unallocated(self) -> Decimal:
        return sum((row.unallocated for row in self.windows), ZERO)

    @property
    def attributed(self) -> Decimal:
        return self.totals.allocated

    @property
    def transferred(self) -> Decimal:
        return self.totals.transferred

    @property
    def spent(self) -> Decimal:
        return self.totals.spent

    @property
    def overdue(self) -> tuple[InstalmentRow, ...]:
        return tuple(row for row in self.instalments if row.is_overdue)
