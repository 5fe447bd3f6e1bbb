"""The fund's background work."""

from celery import shared_task

from funds.ledger.snapshot_taking import carry_forward_if_due
from funds.operations.reminders import remind_due


@shared_task(name="funds.remind_due")
def remind_of_instalments() -> int:
    """Send the reminders that are due and return how many were. Safe to run twice, late, or at the same time."""
    return len(remind_due())


@shared_task(name="funds.carry_forward")
def carry_sums_forward() -> int:
    """Carry the ledger's sums forward where that is due, and return to how many days. Safe to run twice, late, or at the same time."""
    return len(carry_forward_if_due())
