"""Doors for the worker."""

from celery import shared_task

from alliance.records import relay
from alliance.register.checkpoints import publish_due


@shared_task(name="alliance.relay", ignore_result=True)
def relay_entries() -> None:
    """Publish a checkpoint if one is due, and tell people of what the register holds since the last time."""
    publish_due()
    relay.relay()
    relay.send_mail()
