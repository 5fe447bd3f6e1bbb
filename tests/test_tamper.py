"""Tampering and honest histories, a part chosen by the run's seed; `tests/campaigns/tamper.py` does the whole."""

from collections.abc import Iterator
from typing import Any

import pytest

from reporting.verification.everything import verify
from tests import honest, tamper
from tests.history import rich

PARTS = 40


pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def history(demonstration_played: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), rich():
        yield


def test_rich_history_is_honest(history, django_db_blocker):
    with django_db_blocker.unblock():
        assert verify().problems == []


@pytest.mark.requirement("D1")
def test_what_a_superuser_tampers_with_is_found(history, django_db_blocker, seed):
    with django_db_blocker.unblock():
        found = tamper.campaign(seed=seed, part=seed % PARTS, parts=PARTS)
    assert (found.unfound, found.nothing) == ([], []), f"seed {seed}, part {seed % PARTS + 1}/{PARTS}"
    assert sum(found.by.values()) == sum(found.done.values()) > 0


def test_every_exemption_names_what_is_there(history, django_db_blocker):
    with django_db_blocker.unblock():
        known = tamper.columns()
    keys, tables = {column.key for column in known}, {column.table for column in known}
    assert set(tamper.EXEMPT) - keys == set()
    assert ({*tamper.EXEMPT_TABLES, *tamper.OF_RECORD} | {t for _how, t in tamper.EXEMPT_ROWS}) - tables == set()


def test_honest_histories_raise_no_alarm(db, seed):
    assert honest.alarms(seed=seed, histories=10) == 0, f"seed {seed}"
