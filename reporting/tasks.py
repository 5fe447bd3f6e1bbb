"""Background work of what follows a whole: files too large to be made while somebody waits."""

from celery import shared_task

from reporting.iati.kept import keep_if_due

SECONDS = 3000


@shared_task(name="reporting.keep_open_data", soft_time_limit=SECONDS, time_limit=SECONDS + 60)
def keep_open_data() -> int:
    """Make a large ledger's open data once a day, and return how many files. Safe to run twice, late, or at the same time."""
    return len(keep_if_due())
