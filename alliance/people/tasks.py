"""Doors for the worker."""

from celery import shared_task

from alliance.people import credentials
from alliance.people.operations import note_credentials


@shared_task(name="alliance.note_credentials", ignore_result=True)
def note_new_credentials() -> None:
    """Let the register hear of credentials that came without an act, such as those of an earlier release."""
    if credentials.not_noted():
        note_credentials(by=None)
