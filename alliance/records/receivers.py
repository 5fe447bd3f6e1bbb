"""Rings the relay when entries were written; the ring may be missed, the entries are not."""

from typing import Any

from django.dispatch import receiver

from alliance.celery import ring
from alliance.register.acts import entries_written


@receiver(entries_written, dispatch_uid="records.relay")
def ring_relay(sender: Any, **kwargs: Any) -> None:
    ring("alliance.relay")
