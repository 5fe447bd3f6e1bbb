"""The embedded database around a management command."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from alliance.runtime import PartFailed, database

MISSING = 3
# These touch no database, or (demo) start their own.
WITHOUT = {
    "help",
    "version",
    "check",
    "collectstatic",
    "findstatic",
    "compilemessages",
    "makemessages",
    "diffsettings",
    "demo",
}
ASKS_ONLY = {"-h", "--help", "--version"}


@contextmanager
def database_for(arguments: list[str]) -> Iterator[None]:
    """Run the embedded server while a command runs, unless it needs none or DATABASE_URL names another."""
    name = next(iter(arguments[1:]), "help")
    if os.environ.get("DATABASE_URL") or name in WITHOUT or ASKS_ONLY & set(arguments):
        yield
        return
    unwind_when_asked_to_end()
    try:
        with database.using(data_folder()):
            yield
    except PartFailed as failure:
        sys.stderr.write(f"{failure}\n")
        sys.exit(MISSING)


@contextmanager
def no_portal_yet() -> Iterator[None]:
    """Say in one line, without a traceback, that the database holds no table of the portal."""
    from django.db import ProgrammingError, connection

    try:
        yield
    except ProgrammingError:
        connection.close()
        if connection.introspection.table_names():
            raise
        sys.stderr.write("The database holds no portal yet: `manage.py setup` or `manage.py demo` makes one.\n")
        sys.exit(MISSING)


def data_folder() -> Path:
    """Return ALLIANCE_DATA as the settings read it, without them."""
    return Path(os.environ.get("ALLIANCE_DATA") or Path(__file__).parents[2] / "var")


def unwind_when_asked_to_end() -> None:
    """Let SIGTERM and SIGHUP end the command as an exception does, so that what it started is stopped."""
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _unwind)


def _unwind(number: int, frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)
