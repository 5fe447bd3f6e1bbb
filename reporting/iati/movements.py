"""Postings as the standard's transactions: of the fund, and of each project in the order of their references."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import Case, CharField, F, Func, Q, QuerySet, Value, When
from django.db.models.functions import Collate

from funds.ledger.chart import AT_POOLS, CHART, GIVEN, GIVEN_BACK, LINES, OF_PROJECTS, AddsTo, Nature, Record
from funds.models import AccountKind, Posting
from proposals.models import Project
from reporting.iati import codes
from reporting.iati.shape import Transaction

KIND = AccountKind
BATCH = 2000


class TransactionKind(NamedTuple):
    """What a movement is in the standard: its code, whether it adds or takes back, in words."""

    code: str
    sign: int
    words: str


def _at_pools(kind: str, record: Record) -> tuple[tuple[str, str], TransactionKind]:
    """Return the accounts debited and credited, and what such a movement is in the fund's activity."""
    match record.nature:
        case Nature.GIVEN | Nature.EARNED:
            return (KIND.POOL, kind), TransactionKind(codes.INCOMING, 1, record.movement)
        case Nature.GIVEN_BACK:
            return (kind, KIND.POOL), TransactionKind(codes.INCOMING, -1, record.movement)
    is_transfer = LINES[record.line].adds_to == AddsTo.TRANSFERS
    return (kind, KIND.POOL), TransactionKind(
        codes.DISBURSEMENT if is_transfer else codes.EXPENDITURE, 1, record.movement
    )


OF_FUND = dict(_at_pools(kind, record) for kind, record in CHART.items() if record.nature in AT_POOLS)
# The same, in a project's. What a partner spends is not the fund's to spend once more: no code is its.
OF_PROJECT: dict[tuple[str, str], TransactionKind] = {
    (KIND.PROJECT, KIND.POOL): TransactionKind(codes.COMMITMENT, 1, "Allocation by the oversight committee"),
    (KIND.POOL, KIND.PROJECT): TransactionKind(codes.COMMITMENT, -1, "Release of unspent allocation"),
    (KIND.PARTNER, KIND.PROJECT): TransactionKind(codes.DISBURSEMENT, 1, "Transfer to a partner"),
    (KIND.PROJECT, KIND.REFUNDS_IN_TRANSIT): TransactionKind(codes.DISBURSEMENT, -1, "Refund from a partner"),
}


class Movement(NamedTuple):
    """A posting: of which project if of one, and both its accounts."""

    project: str
    on: date
    entry: int
    line: int
    debit: str
    debited: str
    credit: str
    credited: str
    amount: Decimal
    reverses: int | None

    def kind(self, table: dict[tuple[str, str], TransactionKind]) -> TransactionKind | None:
        """Return what it is; a reversal is what it takes back, the other way round."""
        there, back = table.get((self.debit, self.credit)), table.get((self.credit, self.debit))
        if back and (self.reverses or not there):
            return TransactionKind(back.code, -back.sign, f"Correction: {back.words}")
        return there

    @property
    def partner(self) -> str:
        """The partner on either side, by the accounts' subject `project:partner:category`."""
        subjects = {self.debit: self.debited, self.credit: self.credited}
        for kind in (KIND.PARTNER, KIND.REFUNDS_IN_TRANSIT):
            if kind in subjects:
                return subjects[kind].split(":")[1]
        return ""

    @property
    def donor(self) -> str:
        subjects = {self.debit: self.debited, self.credit: self.credited}
        return next((subjects[kind] for kind in (*GIVEN, *GIVEN_BACK) if kind in subjects), "")


def _first_part(side: str) -> Func:
    return Func(F(f"{side}__subject"), Value(":"), Value(1), function="split_part", output_field=CharField())


# The reference of the project that a posting is of, compared letter by letter, as Python does.
PROJECT = Collate(
    Case(
        When(debit__kind__in=OF_PROJECTS, then=_first_part("debit")),
        When(credit__kind__in=OF_PROJECTS, then=_first_part("credit")),
        default=Value(""),
        output_field=CharField(),
    ),
    "C",
)
COLUMNS = (
    "project_of", "effective_on", "entry__n", "line", "debit__kind", "debit__subject", "credit__kind", "credit__subject",
    "amount", "reverses_id",
)  # fmt: skip


def of_fund(day: date) -> Iterator[Movement]:
    """Yield what moved until the day and is of no project with an activity of its own, by the day that it took effect."""
    rows = _until(day).exclude(project_of__in=Project.objects.values("reference"))
    return _read(rows.order_by("effective_on", "entry__n", "line"))


def of_projects(day: date) -> Iterator[Movement]:
    """Yield what moved projects' money until the day, by project."""
    rows = _until(day).filter(Q(debit__kind=KIND.PROJECT) | Q(credit__kind=KIND.PROJECT))
    return _read(rows.order_by("project_of", "effective_on", "entry__n", "line"))


def _until(day: date) -> QuerySet[Any, Any]:
    return Posting.objects.filter(effective_on__lte=day).annotate(project_of=PROJECT)


def _read(rows: QuerySet[Any, Any]) -> Iterator[Movement]:
    return map(Movement._make, rows.values_list(*COLUMNS).iterator(BATCH))


class ByProject:
    """Movements in the order of their projects, given out as a second reading in the same order asks for them."""

    def __init__(self, movements: Iterable[Movement]) -> None:
        self._rest = iter(movements)
        self._next = next(self._rest, None)

    def of(self, reference: str) -> Iterator[Movement]:
        while self._next and self._next.project < reference:
            self._next = next(self._rest, None)
        while self._next and self._next.project == reference:
            movement, self._next = self._next, next(self._rest, None)
            yield movement


def transactions(
    movements: Iterable[Movement],
    table: dict[tuple[str, str], TransactionKind],
    made: Callable[[Movement, TransactionKind, Decimal], Transaction],
) -> Iterator[Transaction]:
    """Yield the transactions of the movements; what one act moved alike, such as an allocation out of two pools, is one."""
    known = ((movement, kind) for movement in movements if (kind := movement.kind(table)))
    for _key, some in groupby(known, key=_alike):
        parts = list(some)
        movement, kind = parts[0]
        yield made(movement, kind, kind.sign * sum((one.amount for one, _kind in parts), Decimal("0.00")))


def _alike(pair: tuple[Movement, TransactionKind]) -> tuple[int, date, TransactionKind, str, str, str]:
    movement, kind = pair
    return movement.entry, movement.on, kind, movement.project, movement.partner, movement.donor
