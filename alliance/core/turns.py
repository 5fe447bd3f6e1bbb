"""Waiting in turn: what two transactions must not do at the same time, where no one row is both's to lock."""

from django.db import connection


def wait_in_turn(name: str) -> None:
    """Have whoever works on what bears this name wait for each other, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
