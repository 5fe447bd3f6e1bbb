"""A real broker and a real worker for tests, as processes of their own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from django.conf import settings
from django.db import connection

from alliance import celery
from alliance.runtime.programs import valkey_server
from tests.ground.server import address

ROOT = Path(__file__).parents[2]


def until(condition: Callable[[], object], seconds: float, what: str) -> None:
    """Wait until the condition holds; fail with `what` after so many seconds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.1)


def database_url() -> str:
    """Return the address of the test's own database, for another process."""
    return address(connection.settings_dict["NAME"])


class Broker:
    """A Valkey on a socket of its own, which can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "broker.sock"
        self.url = f"redis+socket://{self.socket}"
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        options = {"port": "0", "unixsocket": self.socket, "dir": self.folder, "appendonly": "yes", "save": ""}
        words = [str(word) for name, value in options.items() for word in (f"--{name}", value)]
        self.process = subprocess.Popen([str(valkey_server()), *words], stdout=subprocess.DEVNULL)
        until(self.socket.exists, 10, "the broker's socket")
        celery._deaf_until = 0.0

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(10)
            self.process = None
            self.socket.unlink(missing_ok=True)


class Worker:
    """A Celery worker with one process in its pool."""

    def __init__(self, broker: Broker, *arguments: str) -> None:
        environment = os.environ | {
            "DATABASE_URL": database_url(),
            "REDIS_URL": broker.url,
            "ALLIANCE_DATA": str(settings.ALLIANCE_DATA),
            "ALLIANCE_LOCAL": "1",
        }
        words = [
            "-A",
            "alliance.celery",
            "worker",
            "-c",
            "1",
            "-I",
            "tests.alliance.job_kinds",
            "-l",
            "warning",
            *arguments,
        ]
        self.log = (broker.folder / "worker.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "celery", *words], env=environment, cwd=ROOT, stdout=self.log, stderr=self.log
        )

    def kill(self) -> None:
        """Kill the worker and its pool outright."""
        family = [*psutil.Process(self.process.pid).children(recursive=True), psutil.Process(self.process.pid)]
        for one in family:
            one.send_signal(signal.SIGKILL)
        self.process.wait(10)
        self.log.close()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.kill()
        self.log.close()
