"""The one command: starts everything, keeps it running, says where it is, and leaves nothing behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from scenarios.people.personas import PASSWORD, PERSONAS

ROOT = Path(__file__).parents[2]
NOT_OURS = (
    "DATABASE_URL",
    "REDIS_URL",
    "ALLIANCE_DATA",
    "ALLIANCE_DEBUG",
    "ALLIANCE_TEST_DB",
    "DJANGO_SETTINGS_MODULE",
)
ROLES = [
    "donor",
    "rival_donor",
    "agency",
    "rival_agency",
    "member",
    "alternate",
    "chair",
    "reviewer",
    "officer",
    "finance_officer",
    "second_finance_officer",
    "head",
    "forum_chair",
    "auditor",
]

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc"),
    pytest.mark.timeout(600),
    pytest.mark.kills,
]


class Portal:
    """A data folder, and the portal that runs from it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        kept = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
        self.environment = {**kept, "ALLIANCE_DATA": str(data)}
        self.process: subprocess.Popen[str] | None = None
        self.said: list[str] = []

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def start(self) -> None:
        command = [sys.executable, "manage.py", "demo", "--no-input", "--port", str(self.port)]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        self.said = []
        for line in self.process.stdout:
            self.said.append(line.rstrip("\n"))
            if line.startswith("login: auditor"):
                return
        raise AssertionError("\n".join(self.said))

    def end(self, ending: signal.Signals) -> int:
        assert self.process
        self.process.send_signal(ending)
        self.process.communicate(timeout=60)
        return self.process.returncode

    def page(self) -> int:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"http://127.0.0.1:{self.port}/", timeout=10) as answer:
                return answer.status
        except OSError:
            return 0

    def processes(self) -> dict[int, str]:
        """Every process that names the data folder in its command or its environment."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if (
                    str(self.data) in command
                    or f"ALLIANCE_DATA={self.data}".encode() in (folder / "environ").read_bytes()
                ):
                    found[int(folder.name)] = command
            except (OSError, UnicodeDecodeError):
                continue
        return found

    def part(self, pattern: str) -> int:
        assert self.process
        children = {pid: command for pid, command in self.processes().items() if parent(pid) == self.process.pid}
        return next((pid for pid, command in children.items() if re.search(pattern, command)), 0)


def parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(holds, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


@pytest.fixture
def portal() -> Iterator[Portal]:
    with tempfile.TemporaryDirectory(prefix="portal-") as name:
        Path(name).chmod(0o755)
        portal = Portal(Path(name) / "var")
        yield portal
        if portal.process and portal.process.poll() is None:
            portal.end(signal.SIGKILL)
        assert until(lambda: not portal.processes(), 20)


def test_one_command_starts_keeps_and_stops_the_portal(portal):
    portal.start()
    assert f"portal: http://127.0.0.1:{portal.port}/" in portal.said
    assert [line for line in portal.said if line.startswith("login:")] == [
        f"login: {role} {PERSONAS[role]} {PASSWORD}" for role in ROLES
    ]
    assert portal.page() == 200

    second = portal.command("demo", "--no-input", "--port", str(free_port()))
    assert (second.returncode, second.stderr.count("\n")) == (3, 1)
    assert "already runs" in second.stderr
    assert portal.command("trial_balance", "--json").returncode == 0
    assert portal.page() == 200

    for pattern in ("celery.* worker", "celery.* beat", "valkey-server", "gunicorn", "bin/postgres"):
        killed = portal.part(pattern)
        os.kill(killed, signal.SIGKILL)
        assert until(lambda killed=killed, pattern=pattern: portal.part(pattern) not in (0, killed), 5), pattern
    assert until(lambda: portal.page() == 200, 30)

    assert portal.end(signal.SIGINT) == 0
    assert portal.processes() == {}

    begun = time.monotonic()
    portal.start()
    assert time.monotonic() - begun < 60
    assert not any(line.startswith(("tables:", "demonstration:")) for line in portal.said)
    portal.end(signal.SIGKILL)
    assert until(lambda: not portal.processes(), 45)  # the web server answers first whoever waits


def test_taken_port_is_one_clear_line(portal):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = portal.command("demo", "--no-input", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 3
    assert re.fullmatch(r"port \d+ is taken: .*\n", done.stderr)
    assert not (portal.data / "database").exists()
