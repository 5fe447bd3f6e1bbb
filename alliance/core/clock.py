"""One clock for everything of record: the database's `alliance_now()`.

The offset can only be held by a demonstration database (a constraint). Sessions, tokens and
second factors keep the real clock. A page that only reads is of one moment, read once (`one_moment`); an operation
reads the clock each time (`each_time`), as its deadlines need.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db import connection, models
from django.db.models import Q


class Clock(models.Model):
    """The single row that says whether this database is a demonstration, and its offset."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    is_demonstration = models.BooleanField(default=False)
    clock_offset = models.DurationField(default=timedelta(0))

    class Meta:
        app_label = "alliance"
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="clock_single_row"),
            models.CheckConstraint(
                condition=Q(is_demonstration=True) | Q(clock_offset=timedelta(0)),
                name="clock_offset_only_in_demonstration",
            ),
        ]


class Moment:
    """What the clock says, read when it is first asked and not again."""

    @cached_property
    def reading(self) -> tuple[datetime, bool]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT alliance_now(), COALESCE((SELECT is_demonstration FROM alliance_clock), false)")
            return cursor.fetchone()


_moment: ContextVar[Moment | None] = ContextVar("moment", default=None)


@contextmanager
def one_moment() -> Iterator[None]:
    """Have everything inside, such as a page, read one and the same moment."""
    token = _moment.set(Moment())
    try:
        yield
    finally:
        _moment.reset(token)


@contextmanager
def each_time() -> Iterator[None]:
    """Have the clock read anew each time, also within one moment: an operation needs it after its locks."""
    token = _moment.set(None)
    try:
        yield
    finally:
        _moment.reset(token)


def now() -> datetime:
    """Return the Alliance's time. Read it after taking the locks that a deadline guards."""
    if moment := _moment.get():
        return moment.reading[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT alliance_now()")
        return cursor.fetchone()[0]


def today() -> date:
    """Return the Alliance's calendar day, in UTC."""
    return now().date()


def is_demonstration() -> bool:
    """Say whether this database is marked as a demonstration."""
    if moment := _moment.get():
        return moment.reading[1]
    return Clock.objects.filter(is_demonstration=True).exists()


def set_demonstration_time(moment: datetime) -> None:
    """Move a demonstration's clock to `moment`. The database refuses it elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE alliance_clock SET clock_offset = %s - clock_timestamp()", [moment])


CREATE_NOW = """
CREATE FUNCTION alliance_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
    SELECT clock_timestamp() + COALESCE((SELECT clock_offset FROM alliance_clock), interval '0')
$$;
INSERT INTO alliance_clock (id, is_demonstration, clock_offset) VALUES (1, false, interval '0');
"""
DROP_NOW = "DROP FUNCTION alliance_now();"
