"""A portal of real processes for a campaign: web, worker and scheduler on ports and a data folder of their own."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import psutil

from alliance.runtime import broker as broker_runtime
from alliance.runtime import folders
from alliance.runtime.parts import COMMANDS
from alliance.runtime.places import Places

ROOT = Path(__file__).parents[2]
TOKEN = "a" * 32


class Answer(NamedTuple):
    """A whole answer; status 0 when the connection broke instead, -1 when nobody listened."""

    status: int
    headers: Mapping[str, str]
    text: str
    seconds: float


def until(holds: Callable[[], object], seconds: float, what: str) -> float:
    """Wait until it holds and return how long that took; AssertionError with `what` after so many seconds."""
    begun = time.monotonic()
    while not holds():
        if time.monotonic() - begun > seconds:
            raise AssertionError(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.1)
    return time.monotonic() - begun


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Portal:
    """Starts and stops the parts; the database is the caller's."""

    def __init__(self, data: Path, database_url: str) -> None:
        self.data = data
        self.where = Places(data, None)
        folders.make(self.where)
        self.port = free_port()
        self.order = data / "dying"
        self.parts: dict[str, subprocess.Popen[bytes]] = {}
        self.environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "REDIS_URL": self.where.broker_url,
            "ALLIANCE_DATA": str(data),
            "ALLIANCE_LOCAL": "1",
            "ALLIANCE_SECRET_KEY": os.environ["ALLIANCE_SECRET_KEY"],
            "ALLIANCE_BIND": f"127.0.0.1:{self.port}",
            "ALLIANCE_DYING": str(self.order),
            "ALLIANCE_ACCESS_LOG": "1",
            "ALLIANCE_LOG_JSON": "1",
            "ALLIANCE_STATIC_ROOT": str(data / "static"),
            "ALLIANCE_WORKER_PROCESSES": "1",
            "PYTHONUNBUFFERED": "1",
        }

    def start(self, name: str, **more: str) -> None:
        if name == "broker":
            broker_runtime.clear_socket(self.where)
            command = broker_runtime.command(self.where)
        else:
            command = [sys.executable, *COMMANDS[name][1:]]
            if name == "web":
                command[command.index("python:alliance.runtime.web")] = "python:tests.campaigns.dying_web"
            if name == "worker":
                command += ["--include", "tests.alliance.job_kinds"]
        with (self.data / f"{name}.log").open("ab") as log:
            self.parts[name] = subprocess.Popen(
                command, cwd=ROOT, env={**self.environment, **more}, stdout=log, stderr=log, start_new_session=True
            )
        if name == "web":
            until(lambda: self.get("/healthz").status == 200, 60, "the web server")
        if name == "broker":
            until(lambda: broker_runtime.answers(self.where), 20, "the broker")

    def send(self, name: str, ending: signal.Signals) -> None:
        self.parts[name].send_signal(ending)

    def end(self, name: str, ending: signal.Signals = signal.SIGTERM, patience: float = 30) -> float:
        """End a part and whatever it started; return how long it took."""
        process = self.parts.pop(name, None)
        if process is None:
            return 0.0
        begun = time.monotonic()
        process.send_signal(ending)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        return time.monotonic() - begun

    def close(self) -> None:
        for name in ("web", "scheduler", "worker", "broker"):
            if name in self.parts:
                self.send(name, signal.SIGCONT)
                self.end(name, patience=10)

    def family(self, name: str) -> list[psutil.Process]:
        whole = psutil.Process(self.parts[name].pid)
        return [whole, *whole.children(recursive=True)]

    def command(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *words], cwd=ROOT, env={**self.environment, **more}, capture_output=True,
            text=True, check=False,
        )  # fmt: skip

    def lines(self, name: str, event: str) -> list[dict[str, Any]]:
        """Return the log lines of a part that say this."""
        found = []
        for line in (self.data / f"{name}.log").read_text().splitlines():
            if line.startswith("{") and (entry := json.loads(line))["event"] == event:
                found.append(entry)
        return found

    def get(self, path: str, session: str = "", timeout: float = 70) -> Answer:
        return self._ask("GET", path, None, session, timeout)

    def post(self, path: str, fields: Mapping[str, str], session: str, timeout: float = 70) -> Answer:
        return self._ask("POST", path, urlencode(fields), session, timeout)

    def _ask(self, method: str, path: str, body: str | None, session: str, timeout: float) -> Answer:
        headers = {"Cookie": f"csrftoken={TOKEN}" + (f"; sessionid={session}" if session else "")}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": TOKEN}
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        begun = time.monotonic()
        try:
            line.connect()
        except OSError:
            return Answer(-1, {}, "", 0.0)
        try:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            text = answer.read().decode(errors="replace")
            return Answer(answer.status, dict(answer.getheaders()), text, time.monotonic() - begun)
        except (OSError, http.client.HTTPException):
            return Answer(0, {}, "", time.monotonic() - begun)
        finally:
            line.close()
