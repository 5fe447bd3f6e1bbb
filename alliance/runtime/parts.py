"""The parts of the portal and the commands that run them: one table for this machine and for containers."""

import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from alliance.runtime import broker, database
from alliance.runtime.account import SystemAccount
from alliance.runtime.places import Places

ROOT = Path(__file__).parents[2]
CELERY = ("python", "-m", "celery", "--app", "alliance.celery")
# docker-compose.yml runs the same commands; a test compares the two.
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "web": ("python", "-m", "gunicorn", "--config", "python:alliance.runtime.web", "alliance.wsgi"),
    "worker": (*CELERY, "worker", "--loglevel", "INFO", "--without-gossip", "--without-mingle"),
    "scheduler": (*CELERY, "beat", "--loglevel", "INFO"),
}


def always() -> bool:
    return True


def nothing() -> None:
    """Prepare nothing."""


@dataclass(frozen=True)
class Part:
    """One process to keep running, and how to end it."""

    name: str
    command: tuple[str, ...]
    ending: signal.Signals = signal.SIGTERM
    patience: float = 5.0
    orphaned: signal.Signals = signal.SIGKILL
    prepare: Callable[[], None] = nothing
    answers: Callable[[], bool] = always
    account: SystemAccount | None = None
    folder: Path = ROOT
    environment: Mapping[str, str] = field(default_factory=dict)

    def launch(self, log: int, leash: Callable[[], None]) -> subprocess.Popen[bytes]:
        """Start the process in a session of its own, its output into `log`."""
        return subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=self.folder,
            env=dict(self.environment),
            start_new_session=True,
            preexec_fn=leash,  # safe here: the supervisor has no threads
            **(self.account.switch if self.account else {}),
        )


def servers(where: Places) -> list[Part]:
    """Return the embedded servers of a data folder, in the order of starting."""
    return [
        Part(
            "database",
            tuple(database.command(where)),
            ending=signal.SIGINT,
            patience=20.0,
            orphaned=signal.SIGINT,
            answers=lambda: database.answers(where),
            account=where.account,
            folder=Path("/"),
            environment=database.environment(),
        ),
        Part(
            "broker",
            tuple(broker.command(where)),
            orphaned=signal.SIGTERM,
            prepare=lambda: broker.clear_socket(where),
            answers=lambda: broker.answers(where),
            folder=where.broker,
            environment=database.environment(),
        ),
    ]


def processes(environment: Mapping[str, str]) -> list[Part]:
    """Return the portal's own processes, web first: it is what a person waits for."""
    patience = {"web": 25.0}  # longer than the server gives the requests in hand
    return [
        Part(name, (sys.executable, *command[1:]), patience=patience.get(name, 5.0), environment=environment)
        for name, command in COMMANDS.items()
    ]
