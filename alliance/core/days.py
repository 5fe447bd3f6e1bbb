"""Counting days and months on the calendar. Pure."""

from calendar import monthrange
from datetime import date


def months_after(day: date, months: int) -> date:
    """Return the day so many months later; where that month is shorter, its last day, as PostgreSQL counts."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
