"""What each earlier release left behind: restored, migrated and verified, it goes on; its checker and ours accept both files."""

import importlib.util
import json
import lzma
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest
from django.conf import settings

from tests.ground import server

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[1]
RELEASES = sorted(path for path in (ROOT / "tests" / "releases").iterdir() if path.is_dir())
NEW_CHECKER = ROOT / "static" / "verify.py"
TAKE_UP = """
import sys
from pathlib import Path
import django; django.setup()
from tests.old_release import take_up
take_up(Path(sys.argv[1]), Path(sys.argv[2]))
"""
DONE = {
    "receives": "10.00",
    "receives_much": "20000000.00",
    "funds_what_waited": "approved",
    "posts_a_prepared_voucher": "posted",
    "pays_what_was_authorised": "authorised",
    "spends": "posted",
    "reverses_a_cost": 1,
    "reverses_an_old_posting": "2008-12-29",
    "allocates_by_decision": "approved",
    "closes_the_sealed_vote": "allocated",
    "hears_the_silence": "carried",
    "makes_what_was_asked_for": "done 5",
}


class Taken(NamedTuple):
    """A release as it was taken up: what was said of it, its register of old and both of now, and its checker."""

    report: dict[str, Any]
    old: Path
    taken_up: Path
    grown: Path
    checker: Path


@pytest.fixture(scope="module", params=RELEASES, ids=lambda folder: folder.name)
def taken(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[Taken]:
    folder: Path = request.param
    with tempfile.TemporaryDirectory(prefix="release-") as name, django_db_blocker.unblock():
        out = Path(name)
        old = out / "old.jsonl"
        old.write_bytes(lzma.decompress((folder / "register.jsonl.xz").read_bytes()))
        take_up(folder, out)
        report = json.loads((out / "report.json").read_text())
        yield Taken(report, old, out / "taken_up.jsonl", out / "grown.jsonl", folder / "verify.py")


def take_up(folder: Path, out: Path) -> None:
    """Run `tests.old_release` on an empty database of its own."""
    name = settings.DATABASES["default"]["NAME"] + "_old"
    kept = {key: text for key, text in os.environ.items() if key not in ("ALLIANCE_TEST_DB", "PYTEST_CURRENT_TEST")}
    environment = {
        **kept, "DATABASE_URL": server.address(name), "ALLIANCE_LOCAL": "1", "ALLIANCE_DATA": str(out / "data"),
        "DJANGO_SETTINGS_MODULE": "alliance.settings",
    }  # fmt: skip
    server.copy(None, name)
    try:
        done = subprocess.run(
            [sys.executable, "-c", TAKE_UP, folder, out],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    finally:
        server.drop(name)


def checker(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("a_checker", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def format_of(register: Path) -> str:
    with register.open() as lines:
        return json.loads(next(lines))["format"]


@pytest.mark.requirement("D1")
def test_restored_and_migrated_it_is_as_it_was_recorded(taken):
    assert "counts and register head are those of the backup" in taken.report["restored"]
    assert taken.report["problems"] == []


def test_totals_are_those_that_the_release_gave(taken):
    was, now = taken.report["was"], taken.report["totals"]
    assert {name: figures(now[name]) for name in ("days", "projects", "stakes")} == {
        name: figures(was[name]) for name in ("days", "projects", "stakes")
    }


def figures(value: Any) -> Any:
    """Return what was printed without the words of a row, which a release may choose anew."""
    if isinstance(value, list):
        return [figures(item) for item in value]
    if isinstance(value, dict):
        return {name: figures(item) for name, item in value.items() if name != "label"}
    return value


def test_what_was_half_done_goes_on_and_verify_stays_silent(taken):
    assert taken.report["acts"] == DONE
    assert taken.report["problems_after"] == []


def test_what_was_asked_of_the_queue_is_still_known(taken):
    assert set(taken.report["jobs"]) >= {"contract", "contributions", "donor_statement", "statement"}


@pytest.mark.requirement("D1")
def test_no_entry_of_the_old_register_is_given_otherwise_now(taken):
    """The file of the database taken up is the old one, line by line; a migration may add entries of its own behind."""
    old, now = (path.read_text(encoding="utf-8").splitlines() for path in (taken.old, taken.taken_up))
    # The first line may name a later format, the last names the head.
    assert now[1 : len(old) - 1] == old[1:-1]


@pytest.mark.requirement("D1")
def test_the_checker_of_now_accepts_the_old_file_and_what_it_has_grown_to(taken, capsys):
    ours = checker(NEW_CHECKER)
    assert ours.main([str(taken.old)]) == 0
    assert ours.main([str(taken.grown), "--since", str(taken.old)]) == 0


@pytest.mark.requirement("D1")
def test_the_checker_of_then_accepts_what_it_knows_and_refuses_a_later_format_without_a_word_of_tampering(
    taken, capsys
):
    theirs = checker(taken.checker)
    assert theirs.main([str(taken.old)]) == 0
    knows = format_of(taken.grown) == format_of(taken.old)
    capsys.readouterr()
    code = theirs.main([str(taken.grown), "--since", str(taken.old)])
    said = capsys.readouterr()
    assert (code, said.out == "") == ((0, False) if knows else (2, True)), said.out


@pytest.mark.requirement("D1")
def test_both_checkers_find_an_old_register_rewritten(taken, tmp_path, capsys):
    """The same files the other way round: what has grown is no continuation of itself cut short."""
    for path in (taken.checker, NEW_CHECKER):
        assert checker(path).main([str(taken.old), "--since", str(taken.grown)]) == 1
        assert "the newest entries were cut off" in capsys.readouterr().out
