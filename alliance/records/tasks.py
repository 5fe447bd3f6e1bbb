"""Doors for the worker."""

from celery import shared_task

from alliance.records import relay


@shared_task(name="alliance.relay", ignore_result=True)
def relay_entries() -> None:
    """Tell people of what the register holds since the last time."""
    relay.relay()
    relay.send_mail()
