"""One clock for everything of record: the database's `alliance_now()`.

The offset can only be held by a demonstration database (a constraint). Sessions, tokens and
second factors keep the real clock.
"""

from datetime import date, datetime, timedelta

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


def now() -> datetime:
    """Return the Alliance's time. Read it after taking the locks that a deadline guards."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT alliance_now()")
        return cursor.fetchone()[0]


def today() -> date:
    """Return the Alliance's calendar day, in UTC."""
    return now().date()


def is_demonstration() -> bool:
    """Say whether this database is marked as a demonstration."""
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
