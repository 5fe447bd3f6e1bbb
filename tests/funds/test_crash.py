"""A small crash campaign: clients killed, the server stopped at once, nothing acknowledged lost or doubled."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from alliance.backups.making import back_up

ROOT = Path(__file__).parents[2]
PLAN = ("--clients", "4", "--acts", "600", "--kills", "4", "--restarts", "1")
KEPT = "acknowledged and lost 0, doubled 0, overdrawn 0, trial balance 0.00, verify green"


@pytest.mark.kills
@pytest.mark.requirement("R57")
@pytest.mark.django_db(transaction=True)
def test_what_was_acknowledged_outlives_kills_and_an_immediate_restart(tmp_path):
    back_up(tmp_path / "people")
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "ALLIANCE_DATA")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.campaigns.crash", *PLAN, "--backup", tmp_path / "people"],
        cwd=ROOT, env=environment | {"DJANGO_SETTINGS_MODULE": "alliance.settings"}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    line = done.stdout.splitlines()[-1] if done.stdout else ""
    assert done.returncode == 0, line + done.stderr[-2000:]
    assert "600 acts sent" in line
    assert "4 clients killed, 1 immediate restarts" in line
    assert KEPT in line
