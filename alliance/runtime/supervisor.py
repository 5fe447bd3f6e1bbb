"""Keeping the parts running: starts them, starts again what dies, stops all of them in order."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from alliance.runtime import PartFailed
from alliance.runtime.database import last_line
from alliance.runtime.leash import leashed
from alliance.runtime.parts import Part

START_SECONDS = 60.0
TICK_SECONDS = 0.2
# A part that ends this soon after its start has failed; so many failures in a row, and it is given up.
INSTANT_SECONDS = 10.0
PAUSES = (0.0, 0.5, 1.0, 2.0, 4.0)
LOG_BYTES = 5_000_000


@dataclass
class Running:
    """A part with its present process."""

    part: Part
    process: subprocess.Popen[bytes]
    since: float
    failures: int = 0
    again_at: float | None = None


class Supervisor:
    """The parts of one portal. Has no threads: `tick` does what is due."""

    def __init__(self, logs: Path, say: Callable[[str], None]) -> None:
        self._logs = logs
        self._say = say
        self._running: dict[str, Running] = {}

    def start(self, part: Part) -> None:
        """Start a part; see `wait`."""
        self._running[part.name] = Running(part, self._launch(part), time.monotonic())

    def wait(self, answers: Callable[[], bool], name: str, seconds: float = START_SECONDS) -> None:
        """Wait until a part answers, keeping the others running meanwhile."""
        deadline = time.monotonic() + seconds
        while not answers():
            if time.monotonic() > deadline:
                raise PartFailed(f"{name} does not answer: {self._last_words(name)}")
            self.tick()
            time.sleep(0.05)

    def run(self) -> None:
        """Keep the parts running until an exception (a signal's) ends it."""
        while True:
            self.tick()
            time.sleep(TICK_SECONDS)

    def tick(self) -> None:
        """Start again what has died, after a pause that grows with each failure in a row."""
        for running in self._running.values():
            if running.again_at is not None:
                if time.monotonic() >= running.again_at:
                    self._start_again(running)
            elif running.process.poll() is not None:
                self._mourn(running)

    def stop(self, order: Sequence[str]) -> None:
        """Stop the parts in this order, each cleanly if it will, and whatever they started."""
        for name in order:
            if running := self._running.pop(name, None):
                self._end(running)

    def _launch(self, part: Part) -> subprocess.Popen[bytes]:
        part.prepare()
        path = self._logs / f"{part.name}.log"
        if path.exists() and path.stat().st_size > LOG_BYTES:
            path.replace(path.with_suffix(".log.1"))
        with path.open("ab") as log:
            return part.launch(log.fileno(), leashed(part.orphaned))

    def _mourn(self, running: Running) -> None:
        self._sweep(running.process)
        lived = time.monotonic() - running.since
        running.failures = running.failures + 1 if lived < INSTANT_SECONDS else 1
        name, how = running.part.name, _ending(running.process.returncode)
        if running.failures > len(PAUSES):
            raise PartFailed(
                f"{name} {how} again and again, given up: {self._last_words(name)} (all of it in {self._logs / name}.log)"
            )
        self._say(f"{name}: {how}, starting it again")
        running.again_at = time.monotonic() + PAUSES[running.failures - 1]

    def _start_again(self, running: Running) -> None:
        running.process = self._launch(running.part)
        running.since, running.again_at = time.monotonic(), None

    def _end(self, running: Running) -> None:
        process = running.process
        with suppress(ProcessLookupError):
            process.send_signal(running.part.ending)
        try:
            process.wait(running.part.patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._sweep(process)

    @staticmethod
    def _sweep(process: subprocess.Popen[bytes]) -> None:
        """Kill what a part's process left in its group."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)

    def _last_words(self, name: str) -> str:
        return last_line(self._logs / f"{name}.log")


def _ending(code: int) -> str:
    """Say how a process ended, from its return code."""
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with code {code}"
