"""A few of the faults of docs/faults.md, injected for real; `python -m tests.campaigns.faults` injects all of them."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings

from alliance.records.relay import relay
from tests.alliance.workers import database_url
from tests.campaigns.faults import FAULTS, Scene
from tests.campaigns.portal import Portal

QUICK = ("web-killed", "backend-terminated", "deadlock", "sigterm")


@pytest.fixture
def scene(transactional_db, monkeypatch) -> Iterator[Scene]:
    """A web server of its own on the suite's database, without a broker."""
    monkeypatch.setenv("ALLIANCE_SECRET_KEY", settings.SECRET_KEY)
    with tempfile.TemporaryDirectory(prefix="portal-") as name:
        portal = Portal(Path(name), database_url())
        collect_static_files(Path(name) / "static")
        scene = Scene(portal, database_url(), named_points_only=True, relay=relay)
        scene.prepare()
        try:
            portal.start("web")
            yield scene
        finally:
            portal.close()


def collect_static_files(folder: Path) -> None:
    """Collect them as a portal does that is not under test."""
    kept = {"staticfiles": {"BACKEND": "alliance.core.assets.BundledStaticFilesStorage"}}
    with override_settings(STATIC_ROOT=folder, STORAGES=settings.STORAGES | kept):
        call_command("collectstatic", interactive=False, verbosity=0)


@pytest.mark.kills
@pytest.mark.timeout(600)
def test_acts_survive_kills_broken_connections_deadlocks_and_a_stop(scene):
    for name in QUICK:
        FAULTS[name](scene)
    assert scene.half_done() == 0
    assert [scene.recorded(key) for key in scene.keys] == [1] * len(scene.keys)


def test_every_fault_is_in_the_table_and_the_other_way_round():
    table = (Path(__file__).parents[2] / "docs" / "faults.md").read_text()
    named = [line.split("`")[1] for line in table.splitlines() if line.startswith("| `")]
    assert named == list(FAULTS)
