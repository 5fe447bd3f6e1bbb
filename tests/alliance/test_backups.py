"""Backup, destruction, restore: the same counts, the same head, verified; a damaged backup changes nothing."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from alliance.backups import manifest, programs
from alliance.records import files
from alliance.runtime import PartFailed
from tests.alliance.workers import ROOT
from tests.funds.test_ledger import allocate, deposit
from tests.ground import server
from tests.ground.copies import elsewhere

GOES_ON = """
import json, sys
from io import StringIO
import django; django.setup()
from django.core.management import call_command
from django.db import connection
from alliance.core import clock
from alliance.people.models import User
from alliance.runtime.database import using
from tests.funds.test_ledger import deposit

with using(sys.argv[1], hasty=True):
    call_command("backup", sys.argv[2], "--json", stdout=(made := StringIO()))
    by = User.objects.get(email="finance.officer@demo.example")
    deposit(by=by, slug="switzerland-sdc", amount="5.00", fee="0.05")
    call_command("verify")
    print(json.dumps([json.loads(made.getvalue()), clock.now().year]))
    connection.close()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the database server's account can enter."""
    with tempfile.TemporaryDirectory(prefix="portal-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def source(transactional_db, folder, finance_officer, set_clock, settings) -> Path:
    """A portal with money, a stored file, and a clock of its own, in the data folder `source`."""
    settings.ALLIANCE_DATA = folder / "source"
    set_clock(datetime(2008, 9, 15, 9, tzinfo=UTC))
    deposit(by=finance_officer, slug="sweden-mfa", amount="1000.00", fee="10.00")
    allocate(None, "PRJ-1", GEN="100.00")
    files.store([b"a report"], name="report.txt", media_type="text/plain", by=finance_officer)
    return settings.ALLIANCE_DATA


def command(data: Path, *words: str, url: str = "") -> subprocess.CompletedProcess[str]:
    """Run `manage.py` or other Python on a database by address, or on the data folder's own server."""
    kept = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "ALLIANCE_DATA", "ALLIANCE_TEST_DB")}
    named = {"DATABASE_URL": url, "ALLIANCE_LOCAL": "1"} if url else {}
    environment = {**kept, **named, "ALLIANCE_DATA": str(data), "DJANGO_SETTINGS_MODULE": "alliance.settings"}
    program = () if words[0] == "-c" else ("manage.py",)
    return subprocess.run(
        [sys.executable, *program, *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def backed_up(folder: Path) -> Path:
    call_command("backup", str(folder / "backup"), stdout=StringIO())
    return folder / "backup"


def refused(*words: object) -> tuple[int, str]:
    """Give a command here that refuses; return the code that its process would end with, and what it would say."""
    with pytest.raises(CommandError) as refusal:
        call_command(*map(str, words))
    return refusal.value.returncode, str(refusal.value)


@pytest.fixture
def empty(django_db_setup, django_db_blocker) -> Iterator[str]:
    """An empty database on the suite's server, by its name."""
    name = settings.DATABASES["default"]["NAME"] + "_restored"
    with django_db_blocker.unblock():
        server.copy(None, name)
        yield name
        server.drop(name)


def tables_of(database: str) -> list[str]:
    with elsewhere(database):
        return connection.introspection.table_names()


@pytest.mark.requirement("D9")
def test_restored_into_an_empty_server_it_is_the_same_portal_and_goes_on(source, folder):
    figures = manifest.counted()
    backup = backed_up(folder)
    shutil.rmtree(source)
    target = folder / "target"

    done = command(target, "restore", str(backup))
    assert (done.returncode, done.stderr) == (0, "")
    assert "counts and register head are those of the backup" in done.stdout
    assert "everything is as it was recorded" in done.stdout

    gone_on = command(target, "-c", GOES_ON, str(target), str(folder / "again"))
    assert gone_on.returncode == 0, gone_on.stdout + gone_on.stderr
    made, year = json.loads(gone_on.stdout.splitlines()[-1])
    assert {name: made[name] for name in ("register_head", "rows", "migrations")} == {
        "register_head": figures.register_head, "rows": figures.rows, "migrations": figures.migrations,
    }  # fmt: skip
    assert made["files"] == {"count": 1, "bytes": 8}
    assert year == 2008


@pytest.mark.parametrize("part", [manifest.DATABASE, manifest.FILES, manifest.MANIFEST, manifest.SUMS])
@pytest.mark.parametrize("damage", ["cut", "changed", "gone"])
def test_damaged_backup_is_refused_before_anything_is_changed(backup_of_session, tmp_path, db, part, damage):
    backup = shutil.copytree(backup_of_session, tmp_path / "backup")
    path = backup / part
    text = path.read_bytes()
    if damage == "cut":
        path.write_bytes(text[: len(text) // 2])
    elif damage == "changed":
        middle = len(text) // 2
        path.write_bytes(text[:middle] + bytes([text[middle] ^ 1]) + text[middle + 1 :])
    else:
        path.unlink()
    with pytest.raises(CommandError, match=r"^the backup is damaged|is no backup") as refusal:
        call_command("restore", str(backup))
    assert refusal.value.returncode == 2
    assert str(refusal.value).endswith(". Nothing was changed.")


def test_cut_backup_is_refused_by_an_empty_database_in_one_line_and_leaves_it_empty(backup_of_session, tmp_path, empty):
    backup = shutil.copytree(backup_of_session, tmp_path / "backup")
    dump = (backup / manifest.DATABASE).read_bytes()
    (backup / manifest.DATABASE).write_bytes(dump[: len(dump) // 2])
    done = command(tmp_path / "data", "restore", str(backup), url=server.address(empty))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "CommandError: the backup is damaged: database.dump is not as it was written. Nothing was changed.\n"
    )
    assert tables_of(empty) == []
    assert not (tmp_path / "data" / "files").exists()


def test_command_on_an_empty_database_says_so_in_one_line(tmp_path, empty):
    done = command(tmp_path / "data", "trial_balance", "--json", url=server.address(empty))
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "The database holds no portal yet: `manage.py setup` or `manage.py demo` makes one.\n"


@pytest.fixture(scope="module")
def backup_of_session(django_db_setup, django_db_blocker) -> Iterator[Path]:
    """One backup of the suite's own database, for the tests that only spoil it."""
    with tempfile.TemporaryDirectory(prefix="portal-") as name, django_db_blocker.unblock():
        backup = backed_up(Path(name))
        connection.close()
        yield backup


def test_backup_goes_into_an_empty_database_only(backup_of_session, db):
    code, said = refused("restore", backup_of_session)
    assert (code, said.count("\n")) == (2, 0)
    assert "not empty" in said


def test_backup_of_a_newer_release_is_refused(backup_of_session, tmp_path, empty):
    backup = shutil.copytree(backup_of_session, tmp_path / "backup")
    text = (backup / manifest.MANIFEST).read_text()
    (backup / manifest.MANIFEST).write_text(text.replace('"alliance": "', '"alliance": "9999_later_'))
    sums = (backup / manifest.SUMS).read_text().splitlines()
    own = f"{manifest.digest(backup / manifest.MANIFEST)}  {manifest.MANIFEST}"
    (backup / manifest.SUMS).write_text("".join(f"{own if manifest.MANIFEST in s else s}\n" for s in sums))
    with elsewhere(empty):
        code, said = refused("restore", backup)
    assert (code, said.count("\n")) == (2, 0)
    assert "made by another release" in said
    assert tables_of(empty) == []


def test_failed_load_leaves_neither_tables_nor_files(source, folder, empty, settings):
    """A dump that breaks off in the middle, under sums that say it is whole."""
    backup = backed_up(folder)
    dump = (backup / manifest.DATABASE).read_bytes()
    (backup / manifest.DATABASE).write_bytes(dump[: len(dump) * 3 // 4])
    described = json.loads((backup / manifest.MANIFEST).read_text())
    described["parts"][manifest.DATABASE] = manifest.digest(backup / manifest.DATABASE)
    manifest.write(backup, manifest.Manifest(**described))
    settings.ALLIANCE_DATA = folder / "target"
    with elsewhere(empty):
        code, said = refused("restore", backup)
    assert (code, said.count("\n")) == (3, 0), said
    assert tables_of(empty) == []
    assert not [path for path in (folder / "target" / "files").rglob("*") if path.is_file()]


def test_taken_folder_is_refused(db, tmp_path):
    assert refused("backup", tmp_path) == (2, f"{tmp_path} exists already: name a new folder")


def test_missing_file_is_named_and_the_rest_is_kept(source, folder):
    (lost,) = [path for path in (source / "files").rglob("*") if path.is_file()]
    lost.unlink()
    with pytest.raises(SystemExit) as end:
        call_command("backup", str(folder / "backup"), stdout=StringIO(), stderr=(said := StringIO()))
    assert (end.value.code, said.getvalue()) == (1, f"1 stored files were not there: {lost.name}\n")
    assert manifest.read(folder / "backup").files_missing == [lost.name]


def test_missing_program_is_named(db, monkeypatch):
    monkeypatch.setattr(programs, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(PartFailed, match="pg_dump is missing: install PostgreSQL's client programs"):
        programs.refuse_older("pg_dump")


def test_older_program_is_refused(db, tmp_path, monkeypatch):
    monkeypatch.setattr(programs, "find_spec", lambda name: None)
    (tmp_path / "pg_dump").write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.1'\n")
    (tmp_path / "pg_dump").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.defpath}")
    with pytest.raises(PartFailed, match="pg_dump 9 is older than the database's PostgreSQL 18"):
        programs.refuse_older("pg_dump")


def test_password_stands_in_no_command_line(db):
    assert "PGHOST" in programs._environment()
    assert programs.VARIABLES["password"] == "PGPASSWORD"
