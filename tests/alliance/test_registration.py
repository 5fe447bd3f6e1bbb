"""What apps declare is there as soon as they are loaded, in whichever process, and the system check counts it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from alliance.core import registration
from alliance.core.registration import declarations_are_whole
from alliance.jobs import kinds
from alliance.jobs.kinds import Made, declare_job
from funds.ledger import snapshots
from funds.ledger.snapshots import SPLITS, splits
from scenarios.play import vocabulary
from scenarios.play.vocabulary import VERBS, verb

ROOT = Path(__file__).parents[2]
JOBS = [
    "contract",
    "contributions",
    "donor_statement",
    "forum_report.draft",
    "forum_report.final",
    "statement",
]
# As a worker starts: the apps are loaded, no address is, and the engine was told to skip the system checks.
WORKER = """
import alliance.celery, django; django.setup()
from alliance.jobs.kinds import declared; from alliance.register import kinds; from funds.ledger.snapshots import SPLITS
from scenarios.play.vocabulary import VERBS
import sys; assert "alliance.urls" not in sys.modules
from alliance.celery import app
print(" ".join(declared())); print(" ".join(sorted(SPLITS))); print(len(kinds.declared()), len(VERBS))
print(*sorted({entry["task"] for entry in app.conf.beat_schedule.values()} - set(app.tasks)), "alliance.run_job" in app.tasks)
"""


def test_worker_that_skips_the_checks_knows_every_declaration():
    environment = {**os.environ, "CELERY_SKIP_CHECKS": "1", "DJANGO_SETTINGS_MODULE": "alliance.settings"}
    done = subprocess.run(
        [sys.executable, "-c", WORKER], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    from alliance.register import kinds as register_kinds

    jobs, ways, counted, scheduled_and_unknown = done.stdout.splitlines()
    assert jobs.split() == JOBS
    assert ways.split() == ["objective", "partner", "source", "whole"]
    assert scheduled_and_unknown == "True"
    assert counted == f"{len(register_kinds.declared())} {len(VERBS)}"


def test_whole_declarations_pass():
    assert declarations_are_whole(None) == []


def nothing(*arguments, **named):
    """Do nothing."""


def declare_a_job_twice(monkeypatch):
    monkeypatch.setattr(kinds, "_declared", dict(kinds._declared))
    monkeypatch.setattr(kinds, "_twice", twice := [])
    declare_job("forum_report.draft", label="again", make=lambda job, progress: Made(b"", "", "", {}, (0, "")))
    return twice


def declare_a_split_twice(monkeypatch):
    monkeypatch.setattr(snapshots, "SPLITS", dict(SPLITS))
    monkeypatch.setattr(snapshots, "_twice", twice := [])
    splits("whole")(nothing)
    return twice


def declare_a_verb_twice(monkeypatch):
    monkeypatch.setattr(vocabulary, "VERBS", dict(VERBS))
    monkeypatch.setattr(vocabulary, "_twice", twice := [])
    nothing.__name__ = "pledge"
    verb()(nothing)
    return twice


@pytest.mark.parametrize("declare", [declare_a_job_twice, declare_a_split_twice, declare_a_verb_twice])
def test_what_is_declared_twice_fails_the_check(monkeypatch, declare):
    assert declare(monkeypatch) != []
    assert [error.id for error in declarations_are_whole(None)] == ["alliance.E001"]


def test_module_that_is_not_loaded_fails_the_check(monkeypatch):
    monkeypatch.delitem(sys.modules, "funds.imports.jobs")
    assert [(e.id, e.msg) for e in declarations_are_whole(None)] == [
        ("alliance.E004", "funds.imports.jobs is not loaded.")
    ]


def test_module_that_declares_nothing_fails_the_check(monkeypatch):
    monkeypatch.setitem(registration._counted, "splits", registration.Counted(lambda: {"funds.ledger.splits"}, list))
    found = [(error.id, error.msg) for error in declarations_are_whole(None)]
    assert found == [("alliance.E005", "reporting.statements.splits declares nothing.")]
