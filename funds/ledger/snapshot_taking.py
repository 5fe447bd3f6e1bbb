"""Sums brought forward: making them, each night and after much was entered. Reading them is `funds.ledger.snapshots`."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from operator import add

from django.db import connection, transaction

from alliance.core import clock
from alliance.register.models import head
from funds.ledger.movements import CUTS, OF_SOURCES, Moves, moves_of_sources
from funds.ledger.snapshots import AMOUNTS, SPLITS, ZERO, Basis, Parts, ProjectPart
from funds.models import Carried, CarriedMove, CarriedPart, Posting

BATCH = 5000
MUCH = 2000  # register entries


def carry_forward(until: date | None = None, *, years: bool = True) -> list[date]:
    """Carry all sums forward until a day, by default yesterday, and until the end of each year before it.

    Returns the days. What was carried before is replaced; whoever reads in one state meanwhile sees the one or the other.
    Safe to run twice, late, or at the same time. With `years` false the years' ends stay as they were carried.
    """
    until = until or clock.today() - timedelta(1)
    with _one_state():
        Carried.objects.filter(until__gte=date.min if years else date(until.year, 1, 1)).delete()
        first = Posting.objects.order_by("effective_on").values_list("effective_on", flat=True).first()
        if first is None or first > until:
            return []
        days = [*(date(year, 12, 31) for year in range(first.year, until.year) if years), until]
        n, _hash = head()
        for day in days:
            _carry(Carried.objects.create(until=day, n=n, with_parts=day == until))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE funds_carriedmove, funds_carriedpart")  # all rows are new: how to read them is too
    return days


def carry_forward_if_due() -> list[date]:
    """Carry forward where yesterday's sums are wanting, or much was entered since: what a reading adds stays little."""
    newest = Carried.objects.order_by("-until").first()
    n, _hash = head()
    if newest is None or newest.until < clock.today() - timedelta(1):
        return carry_forward()
    return carry_forward(years=False) if n - newest.n >= MUCH else []


@contextmanager
def _one_state() -> Iterator[None]:
    """Have everything inside see the ledger at one moment, and one at a time."""
    outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if outermost:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0")  # a large ledger takes its time
        cursor.execute("LOCK TABLE funds_carried IN SHARE ROW EXCLUSIVE MODE")
        yield


def _carry(carried: Carried) -> None:
    """Read everything anew until the day: what was carried before has no say in it."""
    moved = {cut: Moves(carried.until, by=cut).rows for cut in CUTS} | {OF_SOURCES: moves_of_sources(carried.until)}
    for cut, found in moved.items():
        moves = (CarriedMove(carried=carried, cut=cut, **move._asdict()) for move in found)
        CarriedMove.objects.bulk_create(moves, batch_size=BATCH)
    for cut, split in SPLITS.items() if carried.with_parts else ():
        parts = list(split(Basis(carried.until, afresh=True)))
        rows = (CarriedPart(carried=carried, cut=cut, **part._asdict()) for part in [*parts, *_sums(parts)])
        CarriedPart.objects.bulk_create(rows, batch_size=BATCH)


def _sums(parts: Iterable[ProjectPart]) -> Iterator[ProjectPart]:
    """Yield the sums of each key, under no project."""
    sums: dict[str, list[Decimal]] = {}
    for part in parts:
        found = sums.setdefault(part.key, [ZERO] * len(AMOUNTS))
        found[:] = map(add, found, part[2:])
    yield from (ProjectPart(key, "", *found) for key, found in sums.items())


def wrong() -> Iterator[tuple[Carried, str]]:
    """Yield what readings that begin with sums carried say otherwise than all postings do: the sums, and the cut.

    Of each row, also of one that no reading chooses today.
    """
    last, _hash = head()
    for carried in Carried.objects.order_by("until", "pk"):
        if carried.n > last:  # what is entered next, and takes effect before that day, would be left out
            yield carried, f"entry {carried.n}"
        day, basis = carried.until, Basis(carried.until, from_=carried)
        for cut in CUTS:
            if Moves(day, by=cut, basis=basis).rows != Moves(day, by=cut).rows:
                yield carried, cut
        if moves_of_sources(day, basis=basis) != moves_of_sources(day):
            yield carried, OF_SOURCES
        for cut, split in SPLITS.items() if carried.with_parts else ():
            parts, found = Parts(cut, basis), list(split(Basis(day, afresh=True)))
            sums = {part.key: part._replace(project="") for part in _sums(found) if any(part[2:])}
            if sorted(parts.rows()) != sorted(found) or parts.sums() != sums:
                yield carried, cut
