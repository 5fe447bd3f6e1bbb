"""The deadline job."""

from celery import shared_task

from governance.operations import close_due


@shared_task(name="governance.close_due")
def close_due_decisions() -> int:
    """Close what is due and return how many were. Safe to run twice, late, or at the same time as a page view."""
    return len(close_due())
