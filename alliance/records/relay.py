"""The relay: reads register entries after its cursor, and writes notices; `delivery` mails them.

The register is the outbox. Celery only rings; whatever is missed is read at the next ring or sweep. Notices are
unique by person and entry, so reading an entry twice does nothing; a mail may come twice, and is never lost.
"""

import json
import re
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import translation
from structlog.contextvars import bound_contextvars

from alliance.records.models import MailChoice, Notice, RelayCursor
from alliance.register import kinds
from alliance.register.models import RegisterEntry

log = structlog.get_logger()
CURSOR = "notices"
BATCH = 200
REFERENCE = re.compile(r"^[A-Z]{3}-\d{4}-\d+$")


def relay() -> int:
    """Write the notices of all entries not read yet; return how many entries were read."""
    RelayCursor.objects.get_or_create(name=CURSOR)
    total = 0
    while read := _read_batch():
        total += read
    return total


@transaction.atomic
def _read_batch() -> int:
    cursor = RelayCursor.objects.select_for_update(skip_locked=True).filter(name=CURSOR).first()
    if cursor is None:
        return 0
    entries = list(RegisterEntry.objects.filter(n__gt=cursor.n).order_by("n")[:BATCH])
    if not entries:
        return 0
    notices = [notice for entry in entries for notice in notices_of(entry)]
    _leave_out_unwanted_mail(notices)
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    cursor.n = entries[-1].n
    cursor.save(update_fields=["n"])
    return len(entries)


def _leave_out_unwanted_mail(notices: list[Notice]) -> None:
    """Mark what its reader does not want by mail, or cannot get; the notice itself is theirs all the same."""
    chosen = MailChoice.objects.filter(user__in={notice.user_id for notice in notices})
    choices = {choice.user_id: choice for choice in chosen.exclude(unwanted=[], stopped_for="")}
    for notice in notices:
        choice = choices.get(notice.user_id)
        notice.is_for_mail = choice is None or choice.takes(notice.kind, notice.user.email)


def notices_of(entry: RegisterEntry) -> list[Notice]:
    """Return the notices that an entry calls for. A declaration that fails tells nobody and stands in the log."""
    body = json.loads(entry.body)
    try:
        with (
            bound_contextvars(entry=entry.n, act=entry.act.hex),
            transaction.atomic(),
            translation.override(settings.LANGUAGE_CODE),
        ):
            kind = kinds.kind(entry.kind)
            told = {user.pk: user for user in kind.told(body) if user.is_active} if kind.told else {}
            url = (kind.url(body) if kind.url and told else None) or ""
    except Exception:
        log.exception("nobody could be told", kind=entry.kind, n=entry.n)
        return []
    # Nobody needs word of their own act.
    people = [user for user in told.values() if user.uid.hex != body["by"]]
    reference = reference_of(body)
    return [Notice(user=user, entry=entry, kind=entry.kind, reference=reference, url=url) for user in people]


def reference_of(body: dict[str, Any]) -> str:
    """Return the public reference that an entry is about: from its facts, or its first row that has one."""
    facts = [value for value in body["facts"].values() if isinstance(value, str)]
    rows = [row["columns"].get("reference") for row in body["rows"]]
    return next((text for text in (*facts, *rows) if isinstance(text, str) and REFERENCE.match(text)), "")
