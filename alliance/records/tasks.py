"""Doors for the worker."""

from celery import shared_task

from alliance.celery import ring
from alliance.records import daily, delivery, relay
from alliance.register.checkpoints import publish_due


@shared_task(name="alliance.relay", ignore_result=True)
def relay_entries() -> None:
    """Publish a checkpoint if one is due, and tell people of what the register holds since the last time."""
    publish_due()
    relay.relay()
    daily.send_daily()
    if delivery.send_mail() == delivery.BATCH:
        ring("alliance.relay")  # there may be more
