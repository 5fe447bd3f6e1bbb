"""Checkpoints: published pairs of number and hash, and when one is due.

What calls for one: an entry of a kind declared so (a decision's close), or a new day. The schedule asks often; a
doorbell only makes it sooner. A quiet day without an entry needs none: the last one still names all there is.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.core import clock
from alliance.core.turns import wait_in_turn
from alliance.register.acts import operation, record
from alliance.register.kinds import Body, calling_for_checkpoints
from alliance.register.models import Checkpoint, RegisterEntry, head

KIND = "checkpoint.published/1"


def publish_due() -> Checkpoint | None:
    """Publish a checkpoint of the newest committed entry if one is due. Safe to call often and at the same time.

    Never inside another transaction: what that has written is not yet committed, and might never be.
    """
    with transaction.atomic(durable=True):
        wait_in_turn("checkpoints")
        return publish_checkpoint(by=None) if is_due() else None


@operation
def publish_checkpoint(*, by: None) -> Checkpoint:
    """Publish number and hash of the newest entry. Whoever is told of the entry gets both by mail."""
    n, digest = head()
    row = Checkpoint.objects.create(n=n, hash=digest, made_at=clock.now())
    record(KIND, by=by, rows=[row], facts={"n": n, "hash": digest}, public=True)
    return row


def is_due() -> bool:
    """Say whether the register grew by a kind that calls for a checkpoint, or grew at all since one of an earlier day."""
    last = Checkpoint.objects.order_by("-n").first()
    grown = RegisterEntry.objects.filter(n__gt=last.n if last else 0).exclude(kind=KIND)
    if last and last.made_at >= clock.now().replace(hour=0, minute=0, second=0, microsecond=0):
        grown = grown.filter(kind__in=calling_for_checkpoints())
    return grown.exists()


def text(body: Body) -> str:
    """Return what a notice of it says, in the active language: the pair itself, for whoever keeps the mail."""
    return _(
        "Entry %(n)s of the register has the hash\n%(pair)s\nKeep this message: it proves the past as it stood that day."
    ) % {"n": body["facts"]["n"], "pair": f"{body['facts']['n']}:{body['facts']['hash']}"}
