"""Backup, destruction, restore: the same counts, the same head, verified; a damaged backup changes nothing."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from alliance.backups import manifest, programs
from alliance.records import files
from alliance.runtime import PartFailed
from tests.alliance.workers import ROOT, database_url
from tests.funds.test_ledger import allocate, deposit

ACT = """
import django; django.setup()
from datetime import date
from alliance.core import clock
from alliance.people.models import User
from tests.funds.test_ledger import deposit
deposit(by=User.objects.get(email="finance.officer@demo.example"), slug="switzerland-sdc", amount="5.00", fee="0.05")
print(clock.now().year)
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


def command(data: Path, *arguments: str, url: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """Run a management command on a database by address, or on the data folder's own server."""
    kept = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "ALLIANCE_DATA", "ALLIANCE_TEST_DB")}
    named = {"DATABASE_URL": url, "ALLIANCE_LOCAL": "1"} if url else {}
    environment = {**kept, **named, "ALLIANCE_DATA": str(data), "DJANGO_SETTINGS_MODULE": "alliance.settings", **more}
    words = ["-c", arguments[1]] if arguments[0] == "-c" else ["manage.py", *arguments]
    return subprocess.run(
        [sys.executable, *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def backed_up(source: Path, folder: Path) -> Path:
    done = command(source, "backup", str(folder / "backup"), url=database_url())
    assert (done.returncode, done.stderr) == (0, "")
    return folder / "backup"


@pytest.fixture
def empty() -> Iterator[str]:
    """An empty database on the suite's server, by its address."""
    name = settings.DATABASES["default"]["NAME"] + "_restored"
    maintain(f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}"')
    yield database_url().rpartition("/")[0] + "/" + name
    maintain(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def maintain(*statements: str) -> None:
    address = database_url().rpartition("/")[0].replace("postgres://", "postgresql://") + "/postgres"
    link = psycopg2.connect(address)
    link.autocommit = True
    for statement in statements:
        link.cursor().execute(statement)
    link.close()


def tables_of(url: str) -> int:
    link = psycopg2.connect(url.replace("postgres://", "postgresql://"))
    with link.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        found = cursor.fetchone()[0]
    link.close()
    return found


@pytest.mark.requirement("D9")
def test_restored_into_an_empty_server_it_is_the_same_portal_and_goes_on(source, folder):
    figures = manifest.counted()
    backup = backed_up(source, folder)
    shutil.rmtree(source)
    target = folder / "target"

    done = command(target, "restore", str(backup))
    assert (done.returncode, done.stderr) == (0, "")
    assert "counts and register head are those of the backup" in done.stdout
    assert "everything is as it was recorded" in done.stdout

    again = command(target, "backup", str(folder / "again"), "--json")
    made = json.loads(again.stdout)
    assert {name: made[name] for name in ("register_head", "rows", "migrations")} == {
        "register_head": figures.register_head, "rows": figures.rows, "migrations": figures.migrations,
    }  # fmt: skip
    assert made["files"] == {"count": 1, "bytes": 8}

    acted = command(
        target,
        "-c",
        f"from alliance.runtime.database import using\nwith using({str(target)!r}):" + ACT.replace("\n", "\n    "),
    )
    assert (acted.returncode, acted.stdout) == (0, "2008\n"), acted.stderr
    assert command(target, "verify").returncode == 0


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
    done = command(tmp_path / "data", "restore", str(backup), url=empty)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "CommandError: the backup is damaged: database.dump is not as it was written. Nothing was changed.\n"
    )
    assert tables_of(empty) == 0
    assert not (tmp_path / "data" / "files").exists()


def test_command_on_an_empty_database_says_so_in_one_line(tmp_path, db, empty):
    done = command(tmp_path / "data", "trial_balance", "--json", url=empty)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "The database holds no portal yet: `manage.py setup` or `manage.py demo` makes one.\n"


@pytest.fixture(scope="module")
def backup_of_session(django_db_setup, django_db_blocker) -> Iterator[Path]:
    """One backup of the suite's own database, for the tests that only spoil it."""
    with tempfile.TemporaryDirectory(prefix="portal-") as name, django_db_blocker.unblock():
        done = command(Path(name) / "data", "backup", f"{name}/backup", url=database_url())
        connection.close()
        assert done.returncode == 0, done.stderr
        yield Path(name) / "backup"


def test_backup_goes_into_an_empty_database_only(backup_of_session, db, tmp_path):
    done = command(tmp_path, "restore", str(backup_of_session), url=database_url())
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "not empty" in done.stderr


def test_backup_of_a_newer_release_is_refused(backup_of_session, tmp_path, empty):
    backup = shutil.copytree(backup_of_session, tmp_path / "backup")
    text = (backup / manifest.MANIFEST).read_text()
    (backup / manifest.MANIFEST).write_text(text.replace('"alliance": "', '"alliance": "9999_later_'))
    sums = (backup / manifest.SUMS).read_text().splitlines()
    own = f"{manifest.digest(backup / manifest.MANIFEST)}  {manifest.MANIFEST}"
    (backup / manifest.SUMS).write_text("".join(f"{own if manifest.MANIFEST in s else s}\n" for s in sums))
    done = command(tmp_path / "data", "restore", str(backup), url=empty)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "made by another release" in done.stderr
    assert tables_of(empty) == 0


def test_failed_load_leaves_neither_tables_nor_files(source, folder, empty):
    """A dump that breaks off in the middle, under sums that say it is whole."""
    backup = backed_up(source, folder)
    dump = (backup / manifest.DATABASE).read_bytes()
    (backup / manifest.DATABASE).write_bytes(dump[: len(dump) * 3 // 4])
    described = json.loads((backup / manifest.MANIFEST).read_text())
    described["parts"][manifest.DATABASE] = manifest.digest(backup / manifest.DATABASE)
    manifest.write(backup, manifest.Manifest(**described))
    done = command(folder / "target", "restore", str(backup), url=empty)
    assert (done.returncode, done.stderr.count("\n")) == (3, 1), done.stderr
    assert tables_of(empty) == 0
    assert not [path for path in (folder / "target" / "files").rglob("*") if path.is_file()]


def test_taken_folder_is_refused(db, tmp_path):
    done = command(tmp_path, "backup", str(tmp_path), url=database_url())
    assert (done.returncode, done.stderr) == (2, f"CommandError: {tmp_path} exists already: name a new folder\n")


def test_missing_file_is_named_and_the_rest_is_kept(source, folder):
    (lost,) = [path for path in (source / "files").rglob("*") if path.is_file()]
    lost.unlink()
    done = command(source, "backup", str(folder / "backup"), url=database_url())
    assert (done.returncode, done.stderr) == (1, f"1 stored files were not there: {lost.name}\n")
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
