"""Progress that is seen while the maker is inside a transaction: told on a connection of its own."""

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from django.db import connections

from alliance.jobs.kinds import Progress


@contextlib.contextmanager
def telling_beside(progress: Progress) -> Iterator[Progress]:
    """Give a progress that commits at once, whatever transaction the caller is in, and does not keep it waiting."""
    with ThreadPoolExecutor(max_workers=1) as other:

        def tell(percent: int, step: str) -> None:
            other.submit(progress, percent, step)

        try:
            yield tell
        finally:
            other.submit(connections.close_all).result()
