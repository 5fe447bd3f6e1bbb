"""Months counted on the calendar."""

from datetime import date

import pytest

from alliance.core.days import months_after


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2008, 1, 15), 0, date(2008, 1, 15)),
        (date(2008, 1, 15), 1, date(2008, 2, 15)),
        (date(2008, 11, 30), 1, date(2008, 12, 30)),
        (date(2008, 12, 30), 1, date(2009, 1, 30)),
        (date(2008, 1, 31), 1, date(2008, 2, 29)),
        (date(2007, 1, 31), 1, date(2007, 2, 28)),
        (date(2008, 8, 31), 1, date(2008, 9, 30)),
        (date(2008, 2, 29), 12, date(2009, 2, 28)),
        (date(2008, 6, 10), 18, date(2009, 12, 10)),
        (date(2008, 1, 31), -1, date(2007, 12, 31)),
        (date(2008, 3, 31), -1, date(2008, 2, 29)),
    ],
)  # fmt: skip
def test_months_later_is_the_same_day_or_the_last_one_of_a_shorter_month(day, months, expected):
    assert months_after(day, months) == expected
