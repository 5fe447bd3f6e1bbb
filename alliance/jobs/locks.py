"""A job's lock: held by the connection that makes it, so that it dies with a killed worker."""

import contextlib
from collections.abc import Iterator

from django.db import connection

from alliance.jobs.models import Job

# The first of PostgreSQL's two advisory keys: "jobs of the Alliance". The second is the job's row.
SPACE = 20080


@contextlib.contextmanager
def being_made(job: Job) -> Iterator[bool]:
    """Hold the job's lock on this connection, across transactions; yields False when another connection holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [SPACE, job.pk])
        held = cursor.fetchone()[0]
    try:
        yield held
    finally:
        if held and connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [SPACE, job.pk])
