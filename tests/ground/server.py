"""The server that tests run on: its databases copied, renamed and dropped from a line outside Django."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import psycopg2
from django.db import connection


def parameters(database: str) -> dict[str, Any]:
    """Return what a line to this database of the tests' server is opened with."""
    given = {**connection.get_connection_params(), "dbname": database}
    return {name: value for name, value in given.items() if name not in ("cursor_factory", "context")}


def address(database: str) -> str:
    """Return the address of a database of the tests' server, for another process."""
    about = parameters(database)
    host, port = quote(about.get("host") or "", safe=""), f":{about['port']}" if about.get("port") else ""
    word = f":{quote(about['password'])}" if about.get("password") else ""
    return f"postgres://{about.get('user', '')}{word}@{host}{port}/{database}"


@contextmanager
def line() -> Iterator[Any]:
    """Give a cursor that makes and drops databases."""
    link = psycopg2.connect(**parameters("postgres"))
    link.autocommit = True
    try:
        with link.cursor() as cursor:
            yield cursor
    finally:
        link.close()


def copy(source: str | None, target: str) -> None:
    """Make a database from another, or an empty one, in place of what has its name."""
    drop(target)
    with line() as cursor:
        cursor.execute(f'CREATE DATABASE "{target}"' + (f' TEMPLATE "{source}"' if source else ""))


def drop(*names: str) -> None:
    """Drop databases, whoever is connected to them."""
    with line() as cursor:
        for name in names:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def databases(beginning: str) -> list[str]:
    """Return the databases whose names begin like this."""
    with line() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [beginning])
        return [name for (name,) in cursor.fetchall()]


def shelve(name: str, kept: str) -> None:
    """Give a finished database its lasting name; nobody connects to it any more."""
    drop(kept)
    with line() as cursor:
        cursor.execute(f'ALTER DATABASE "{name}" RENAME TO "{kept}"')
        cursor.execute(f'ALTER DATABASE "{kept}" ALLOW_CONNECTIONS false')
