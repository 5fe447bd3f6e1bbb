"""The relay: reads register entries after its cursor, writes notices, and mails them.

The register is the outbox. Celery only rings; whatever is missed is read at the next ring or sweep. Notices are
unique by person and entry, so reading an entry twice does nothing; a mail may come twice, and is never lost.
"""

import json
import re
from typing import Any

import structlog
from django.conf import settings
from django.core import mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import translate_url
from django.utils import translation
from structlog.contextvars import bound_contextvars

from alliance.core import clock
from alliance.people.models import User
from alliance.records.models import Notice, RelayCursor
from alliance.register import kinds
from alliance.register.models import RegisterEntry

log = structlog.get_logger()
CURSOR = "notices"
BATCH = 200
MAIL_BATCH = 500
MAIL_TRIES = 8
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
    Notice.objects.bulk_create([n for entry in entries for n in notices_of(entry)], ignore_conflicts=True)
    cursor.n = entries[-1].n
    cursor.save(update_fields=["n"])
    return len(entries)


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


def send_mail() -> int:
    """Mail the notices not mailed yet, each in its reader's language; return how many went out.

    Each is stamped as soon as it has gone. One that fails is tried again at later calls, MAIL_TRIES times in all.
    """
    waiting = Notice.objects.filter(mailed_at=None, mail_tries__lt=MAIL_TRIES).order_by("mail_tries", "pk")
    return sum(_mail_one(pk) for pk in list(waiting.values_list("pk", flat=True)[:MAIL_BATCH]))


@transaction.atomic
def _mail_one(pk: int) -> bool:
    """Try one mail, unless somebody else is at it or has sent it."""
    unsent = Notice.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk, mailed_at=None)
    notice = unsent.select_related("user").first()
    if notice is None:
        return False
    went = _mailed(notice)
    if went:
        notice.mailed_at = clock.now()
    notice.mail_tries += not went
    notice.save(update_fields=["mailed_at", "mail_tries"])
    return went


def _mailed(notice: Notice) -> bool:
    try:
        mail.mailers.default.send_messages([message(notice)])
    except Exception as error:  # whatever the server, the address or the header is at fault: the others go on
        # The error's own words may repeat the address.
        log.warning("mail not sent", notice=notice.pk, error=type(error).__name__)
        return False
    return True


def message(notice: Notice) -> mail.EmailMessage:
    """Return the mail that tells of a notice, in its reader's language."""
    user: User = notice.user
    with translation.override(user.language):
        context = {
            "notice": notice,
            "name": user.name,
            "url": address(notice.url),
            "detail": detail_of(notice),
            "is_demonstration": clock.is_demonstration(),
        }
        text = render_to_string("alliance/notice_mail.txt", context)
        subject, _, body = text.strip().partition("\n")
        return mail.EmailMessage(subject.strip(), body.strip() + "\n", settings.DEFAULT_FROM_EMAIL, [user.email])


def detail_of(notice: Notice) -> str:
    """Return what the mail of this kind says beside its label, in the active language."""
    detail = kinds.kind(notice.kind).detail
    return detail(json.loads(notice.entry.body)) if detail else ""


def local_path(url: str) -> str:
    """Return a notice's path in the active language."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    with translation.override(settings.LANGUAGE_CODE):  # the language it was kept in, by which it is understood
        return translate_url(url, language) if url else ""


def address(url: str) -> str:
    """Return a notice's address for a mail: with the portal's own host when that is known."""
    return settings.ALLIANCE_ADDRESS.rstrip("/") + local_path(url) if url else ""
