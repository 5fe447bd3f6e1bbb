"""The embedded database: shared by commands, stopped by the last, and made whole or not at all."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest

from alliance.runtime import PartFailed, database
from alliance.runtime.places import Places, places

ROOT = Path(__file__).parents[2]
HOLD = """
import signal, sys, time
from alliance.runtime.database import using

signal.signal(signal.SIGINT, signal.default_int_handler)  # a suite in the background hands on that it is ignored
with using(sys.argv[1], hasty=True):
    print("holds", flush=True)
    time.sleep(60)
"""


@contextmanager
def new_folder() -> Iterator[Path]:
    """Give a folder that the server's account can enter, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="portal-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def folder() -> Iterator[Path]:
    with new_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def shared() -> Iterator[Path]:
    with new_folder() as folder:
        yield folder


@pytest.fixture
def where(shared) -> Iterator[Places]:
    """A server's places, whose files are made by the first test that starts it; at the end of each it is stopped."""
    yield places(shared / "var")
    database.stop_database(shared / "var")


def holder(where: Places) -> subprocess.Popen[str]:
    """Start another command that holds the server."""
    command = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(where.data)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert command.stdout
    assert command.stdout.readline() == "holds\n"
    return command


def finish(command: subprocess.Popen[str], ending: signal.Signals) -> None:
    command.send_signal(ending)
    command.wait(20)
    assert command.stdout
    command.stdout.close()


def ask(where: Places, question: str) -> str:
    link = psycopg2.connect(host=str(where.database_sockets), user="postgres", dbname="alliance")
    with link.cursor() as cursor:
        cursor.execute(question)
        answer = cursor.fetchone()
    link.close()
    assert answer
    return str(answer[0])


def test_server_runs_while_it_is_used_and_no_longer(where):
    with database.using(where.data, hasty=True):
        assert database.running(where)
        assert ask(where, "SHOW server_encoding") == "UTF8"
        assert ask(where, "SHOW listen_addresses") == ""
        assert (
            ask(
                where,
                "SELECT upper('é') || unaccent_exists FROM (SELECT count(*)::text AS unaccent_exists "
                "FROM pg_available_extensions WHERE name IN ('unaccent', 'pg_trgm')) AS x",
            )
            == "É2"
        )
    assert database.running(where) is None


def test_server_stays_until_the_last_command_lets_go(where):
    other = holder(where)
    with database.using(where.data):
        pass
    assert database.running(where)
    finish(other, signal.SIGINT)
    assert database.running(where) is None


def test_server_left_behind_by_a_killed_command_is_stopped_by_the_next(where):
    finish(holder(where), signal.SIGKILL)
    assert database.running(where)
    with database.using(where.data):
        pass
    assert database.running(where) is None


def test_server_stops_when_the_command_fails(where):
    with pytest.raises(ZeroDivisionError), database.using(where.data, hasty=True):
        raise ZeroDivisionError
    assert database.running(where) is None


def test_what_was_written_outlives_a_killed_server(where):
    with database.using(where.data):
        link = psycopg2.connect(host=str(where.database_sockets), user="postgres", dbname="alliance")
        with link.cursor() as cursor:
            cursor.execute("CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)")
        link.commit()
        link.close()
        pid = database.running(where)
        assert pid
        signal_server(pid, signal.SIGKILL)
    with database.using(where.data):
        assert ask(where, "SELECT n FROM kept") == "7"


def signal_server(pid: int, ending: signal.Signals) -> None:
    os.kill(pid, ending)
    time.sleep(1)


def test_interrupted_first_start_is_made_again(folder):
    where = places(folder / "var")
    half = where.cluster_home / "database.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with database.using(where.data, hasty=True):
        assert ask(where, "SELECT 1") == "1"


def test_files_of_another_release_are_refused_in_one_line(where):
    with database.using(where.data, hasty=True):
        pass
    version = where.cluster / "PG_VERSION"
    ours = version.read_text()
    version.write_text("17\n")
    with pytest.raises(PartFailed, match="made by PostgreSQL 17, this is 18"), database.using(where.data):
        pass
    version.write_text(ours)


def test_database_in_a_long_folder_is_reached(folder):
    data = folder / ("a folder, with a rather long name " * 3)
    with database.using(data, hasty=True):
        assert ask(places(data), "SELECT 1") == "1"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends the server another account")
def test_root_reaches_a_database_below_a_closed_folder(folder):
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    where = places(closed / "var")
    try:
        with database.using(where.data, hasty=True):
            assert ask(where, "SELECT 1") == "1"
        with database.using(where.data, hasty=True):
            assert ask(where, "SELECT 1") == "1"
    finally:
        shutil.rmtree(where.cluster_home)
