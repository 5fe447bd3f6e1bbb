"""A database of its own for a campaign, migrated, with reference data and people; dropped at the end."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path


@contextmanager
def own_database(name: str, ready: Callable[[], None] | None = None) -> Iterator[None]:
    """Make, name (in DATABASE_URL, for child processes too) and drop the database `name`; `ready` fills it first."""
    with ExitStack() as stack:
        if not os.environ.get("DATABASE_URL"):
            from alliance.runtime.database import using

            data = Path(os.environ.get("ALLIANCE_DATA", Path(__file__).parents[2] / "var"))
            os.environ["DATABASE_URL"] = stack.enter_context(using(data))
        server = os.environ["DATABASE_URL"].rpartition("/")[0]
        maintain(server, f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}"')
        os.environ["DATABASE_URL"] = f"{server}/{name}"
        try:
            (ready or prepare)()
            yield
        finally:
            from django.db import connections

            connections.close_all()
            maintain(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def migrated() -> None:
    """Have the tables and nothing in them."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def prepare() -> None:
    """Have the tables, reference data and people."""
    migrated()
    from django.core.management import call_command

    from scenarios.people.enrolment import enrol_people

    call_command("setup", verbosity=0)
    enrol_people(since=date(2007, 11, 16))


def maintain(server: str, *statements: str) -> None:
    import psycopg2

    link = psycopg2.connect(f"{server}/postgres".replace("postgres://", "postgresql://"))
    link.autocommit = True
    with link.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    link.close()
