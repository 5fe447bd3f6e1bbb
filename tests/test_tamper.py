"""Tampering and honest histories, a part each day; `tests/campaigns/tamper.py` does the whole."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from reporting.verification.everything import verify
from tests import honest, tamper
from tests.history import rich

PARTS = 40
TODAY = datetime.now(UTC).toordinal()


pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def history(demonstration_played: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), rich():
        yield


def test_rich_history_is_honest(history, django_db_blocker):
    with django_db_blocker.unblock():
        assert verify().problems == []


@pytest.mark.requirement("D1")
def test_what_a_superuser_tampers_with_is_found(history, django_db_blocker):
    with django_db_blocker.unblock():
        found = tamper.campaign(seed=TODAY, part=TODAY % PARTS, parts=PARTS)
    assert (found.unfound, found.nothing) == ([], [])
    assert sum(found.by.values()) == sum(found.done.values()) > 0


def test_every_exemption_names_what_is_there(history, django_db_blocker):
    with django_db_blocker.unblock():
        known = tamper.columns()
    keys, tables = {column.key for column in known}, {column.table for column in known}
    assert set(tamper.EXEMPT) - keys == set()
    assert ({*tamper.EXEMPT_TABLES, *tamper.OF_RECORD} | {t for _how, t in tamper.EXEMPT_ROWS}) - tables == set()


def test_honest_histories_raise_no_alarm(db):
    assert honest.alarms(seed=TODAY, histories=10) == 0
