"""Every guard of the database, violated once on the played demonstration: refused by it, and no longer without it.

Which violation it is follows from the catalogue (`tests/violations.py`). The quick suite tries a part, chosen by the
run's seed; `tests/campaigns/guard_removal.py` tries all.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from reporting.verification.guards import shipped
from tests.history import rich
from tests.violations import KINDS, guards, removal

pytestmark = pytest.mark.django_db
PARTS = 10


@pytest.fixture(scope="module")
def history(demonstration_played: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), rich():
        yield


def test_each_guard_refuses_its_violation_and_without_it_nobody_does(history, seed):
    found = removal(seed % PARTS, PARTS)
    assert found.green == {}, f"part {seed % PARTS + 1}/{PARTS}"


def test_every_guard_shipped_is_among_those_violated(history):
    known = {f"{guard.table}.{guard.name}" for guard in guards() if guard.kind in {*KINDS.values(), "trigger", "index"}}
    named = (name.split(" ", 1) for name in shipped())
    assert {name for kind, name in named if kind in ("constraint", "trigger")} - known == set()
