"""The embedded PostgreSQL of a data folder: a real server from a Python wheel, on a Unix socket, no TCP.

Commands share one running server. Each holds a shared lock while it uses it; whoever lets go last stops it.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2

from alliance.runtime import PartFailed, folders
from alliance.runtime.locks import Lock, exclusively
from alliance.runtime.places import DATABASE, SUPERUSER, Places, places
from alliance.runtime.programs import postgres_programs

START_SECONDS = 60.0
START_TRIES = 3
STOP_SECONDS = 20.0
_children: dict[int, subprocess.Popen[bytes]] = {}
CLUSTER = (
    *("--auth=trust", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
    *("--no-instructions", "--no-sync"),
)
# Quicker for tests: what they write need not outlive a power cut.
HASTY = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


def default_url(data: Path | str) -> str:
    """Return the address of the embedded server of a data folder; starts nothing."""
    return places(data).database_url


def ensure_database(data: Path | str, *, hasty: bool = False) -> tuple[str, bool]:
    """Start the server of this data folder unless it runs; return its address and whether it was started."""
    where = places(data)
    folders.make(where)
    with exclusively(where.locks / "database.start"):
        started = _ensure(where, hasty)
    return where.database_url, started


def stop_database(data: Path | str) -> None:
    """Stop the server of this data folder, whoever uses it. Raises nothing where none runs."""
    where = places(data)
    if pid := running(where):
        _end(pid)


@contextmanager
def using(data: Path | str, *, hasty: bool = False) -> Iterator[str]:
    """Hold the server of this data folder: start it if nobody has, stop it if nobody else holds it at the end."""
    where = places(data)
    folders.make(where)
    users = Lock(where.locks / "database.users")
    try:
        with exclusively(where.locks / "database.start"):
            users.share()
            _ensure(where, hasty)
        yield where.database_url
    finally:
        with exclusively(where.locks / "database.start"):
            if users.take() and (pid := running(where)):
                _end(pid)
            users.close()


def command(where: Places, *, hasty: bool = False) -> list[str]:
    """Return the server's command line."""
    sockets = '"' + str(where.database_sockets).replace('"', '""') + '"'
    options = [
        "listen_addresses=",
        f"unix_socket_directories={sockets}",
        "unix_socket_permissions=0700",
        "timezone=UTC",
    ]
    options += ["log_timezone=UTC", "max_connections=120"]
    if sys.platform == "linux":
        options.append("recovery_init_sync_method=syncfs")  # quicker back after a bad end
    server = [str(postgres_programs(where) / "postgres"), "-D", str(where.cluster)]
    return [*server, *(word for option in options for word in ("-c", option)), *(HASTY if hasty else ())]


def make_cluster(where: Places) -> None:
    """Make the database's files where there are none. An interrupted first start leaves nothing behind."""
    version = where.cluster / "PG_VERSION"
    programs = postgres_programs(where)
    if version.exists():
        _refuse_other_release(version.read_text().strip(), programs)
        return
    new = where.cluster_home / "database.new"
    shutil.rmtree(new, ignore_errors=True)
    folders.lend(where, new)
    done = subprocess.run(
        [str(programs / "initdb"), "-D", str(new), "-U", SUPERUSER, *CLUSTER],
        capture_output=True,
        text=True,
        cwd="/",
        env=environment(),
        check=False,
        **(where.account.switch if where.account else {}),
    )
    if done.returncode:
        raise PartFailed("the database could not be made: " + (done.stderr.strip() or "initdb failed").splitlines()[-1])
    new.rename(where.cluster)


def forget_cluster(where: Places) -> None:
    """Remove the database's files. The server must not run."""
    shutil.rmtree(where.cluster, ignore_errors=True)


def environment() -> dict[str, str]:
    """Return the environment of the server: nothing of the caller's locale or PostgreSQL variables."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def answers(where: Places, name: str = "postgres") -> bool:
    """Say whether the server accepts a connection."""
    try:
        psycopg2.connect(host=str(where.database_sockets), user=SUPERUSER, dbname=name, connect_timeout=2).close()
    except psycopg2.OperationalError:
        return False
    return True


def make_database(where: Places) -> None:
    """Make the portal's database in a running server, unless it is there."""
    if answers(where, DATABASE):
        return
    connection = psycopg2.connect(host=str(where.database_sockets), user=SUPERUSER, dbname="postgres")
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        connection.close()


def running(where: Places) -> int | None:
    """Return the process id of the server of this data folder, or None."""
    try:
        pid = int((where.cluster / "postmaster.pid").read_text().split()[0])
        os.kill(pid, 0)
    except (FileNotFoundError, NotADirectoryError, IndexError, ValueError, ProcessLookupError):
        return None
    except PermissionError:
        return None  # someone else's process has taken the number of a server that ended badly
    return pid if not _has_ended(pid) and _is_ours(pid, where) else None


def _has_ended(pid: int) -> bool:
    """Collect our own child if it has ended: until then the kernel keeps its number."""
    if pid not in _children or _children[pid].poll() is None:
        return False
    del _children[pid]
    return True


def _is_ours(pid: int, where: Places) -> bool:
    """Tell the server from another process that got its number: the server lives in its folder."""
    try:
        return Path(f"/proc/{pid}/cwd").samefile(where.cluster)
    except OSError:
        return not Path("/proc/self/cwd").exists()


def _refuse_other_release(found: str, programs: Path) -> None:
    shown = subprocess.run([str(programs / "postgres"), "--version"], capture_output=True, text=True, check=True).stdout
    present = shown.split()[-1].split(".")[0]
    if found != present:
        raise PartFailed(
            f"the database was made by PostgreSQL {found}, this is {present}: `demo --reset` starts afresh"
        )


def _ensure(where: Places, hasty: bool) -> bool:
    """Have a server that answers. One that is just ending, or recovering from a bad end, is waited for."""
    started = False
    for _ in range(START_TRIES):
        if not running(where):
            make_cluster(where)
            _start(where, hasty)
            started = True
        if _comes_up(where):
            make_database(where)
            return started
    raise PartFailed(f"the database does not start: {last_line(where.logs / 'database.log')}")


def _start(where: Places, hasty: bool) -> None:
    with (where.logs / "database.log").open("ab") as log:
        server = subprocess.Popen(
            command(where, hasty=hasty),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=environment(),
            start_new_session=True,
            **(where.account.switch if where.account else {}),
        )
    for other in list(_children):
        _has_ended(other)
    _children[server.pid] = server


def _comes_up(where: Places) -> bool:
    """Wait until the server answers; say no when there is none (any more)."""
    deadline = time.monotonic() + START_SECONDS
    seen = time.monotonic()
    while not answers(where):
        seen = time.monotonic() if running(where) else seen
        if time.monotonic() - seen > 2 or time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _end(pid: int) -> None:
    """End a server: at first fast and clean, at last at once (it recovers at its next start)."""
    for ending, patience in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
        try:
            os.kill(pid, ending)
        except ProcessLookupError:
            return
        if _gone(pid, patience):
            return


def _gone(pid: int, patience: float) -> bool:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if _has_ended(pid):
            return True
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


def last_line(log: Path) -> str:
    """Return the last line of a log that says something, for a message of one line."""
    try:
        lines = log.read_text(errors="replace").splitlines()
    except OSError:
        lines = []
    return next((line.strip() for line in reversed(lines) if line.strip()), f"see {log}")
