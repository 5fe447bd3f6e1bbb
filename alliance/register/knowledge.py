"""The state of knowledge that a document is made from."""

import contextlib
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Q

from alliance.core import clock
from alliance.register.canonical import GENESIS
from alliance.register.models import RegisterEntry

# Entries about documents and checkpoints change no figure: a document made twice in a row is made from the same state.
CHANGING_NOTHING = Q(kind__startswith="document.") | Q(kind__startswith="checkpoint.")


class Checkpoint(NamedTuple):
    """The last register entry that a document rests on."""

    n: int
    hash: str
    at: datetime


def checkpoint() -> Checkpoint:
    """Return the newest entry that is not itself about a document or a checkpoint."""
    entry = RegisterEntry.objects.exclude(CHANGING_NOTHING).order_by("-n").values_list("n", "hash", "recorded_at")
    return Checkpoint(*(entry.first() or (0, GENESIS, clock.now())))


def known_at() -> tuple[int, str]:
    """Return the number and hash of the checkpoint."""
    return checkpoint()[:2]


@contextlib.contextmanager
def one_state() -> Iterator[None]:
    """Have all queries inside see the portal at one moment, while others go on writing. Nothing is written inside."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
