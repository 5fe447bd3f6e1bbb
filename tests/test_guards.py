"""Every guard of the database, violated once on the played demonstration: refused by it, and by nobody without it.

The quick suite tries a tenth, another each day; `tests/campaigns/guard_removal.py` tries all.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from reporting.guards import shipped
from tests.history import rich
from tests.violations import guards, judge, learn

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def history(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), rich():
        yield


def test_each_guard_refuses_its_violation_and_without_it_nobody_does(history, django_db_blocker):
    with django_db_blocker.unblock():
        found = guards()
        learn(found)
        verdicts = {guard: judge(guard) for guard in found}
    wrong = {
        guard: verdict
        for guard, verdict in verdicts.items()
        if verdict.standing != guard.name or verdict.gone == guard.name
    }
    assert wrong == {}


def test_every_guard_shipped_is_among_those_violated(history, django_db_blocker):
    with django_db_blocker.unblock():
        names = {f"{guard.table}.{guard.name}" for guard in guards()}
    rows = ("constraint ", "trigger ", "index ")
    wanted = {
        name.split(" ", 1)[1]
        for name in shipped()
        if name.startswith(rows) and not name.split(" ", 1)[1].startswith("reporting")
    }
    assert wanted - names == set()
