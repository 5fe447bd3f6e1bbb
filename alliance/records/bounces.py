"""Reports of mail that came back: read from what a mail server or a service hands on, and believed when they name a mail of ours."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.errors import Refused
from alliance.people.models import User
from alliance.records.daily import event_of
from alliance.records.mail import message_id, one_line, shortened
from alliance.records.models import Notice

WHY = 200
STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
# How far back a report may come from: mail servers give up after five days.
DAYS = 31


class Report(NamedTuple):
    """What is said of one mail: which, to whom, whether it can never arrive, and why."""

    message_id: str
    address: str
    is_hard: bool
    status: str
    why: str


def read(content: bytes, media_type: str) -> list[Report]:
    """Return the reports in a request: a delivery status notification (RFC 3464), or our own JSON. Raises Refused."""
    try:
        reports = _of_json(json.loads(content)) if media_type == "application/json" else _of_notification(content)
        found = [_clean(report) for report in reports]
    except (ValueError, TypeError, KeyError, AttributeError, LookupError, RecursionError):
        raise Refused(_("This is not a report of mail that came back.")) from None
    return found


def _of_json(said: Any) -> Iterator[Report]:
    for one in said if isinstance(said, list) else [said]:
        status = str(one["status"])
        yield Report(
            str(one["message_id"]), str(one["address"]), status.startswith("5"), status, str(one.get("why", ""))
        )


def _of_notification(content: bytes) -> Iterator[Report]:
    """Yield what a notification says of each address that failed. One without a status part says nothing."""
    mail = message_from_bytes(content, policy=policy.default)
    parts = {part.get_content_type(): part for part in mail.walk() if isinstance(part, EmailMessage)}
    status, of = parts["message/delivery-status"], _headers_of_ours(parts)
    for block in _inside(status):
        if block.get("Action", "").strip().lower() != "failed":
            continue
        recipient = str(block.get("Original-Recipient") or block["Final-Recipient"]).partition(";")[2]
        code = str(block["Status"]).strip()
        yield Report(of, recipient, code.startswith("5"), code, str(block.get("Diagnostic-Code", "")))


def _headers_of_ours(parts: dict[str, EmailMessage]) -> str:
    """Return the Message-ID of the mail that came back, of which notifications hold the whole or its headers."""
    if "text/rfc822-headers" in parts:
        text = parts["text/rfc822-headers"].get_content()
        return str(message_from_bytes(text.encode(), policy=policy.default)["Message-ID"])
    (ours,) = _inside(parts["message/rfc822"])
    return str(ours["Message-ID"])


def _inside(part: EmailMessage) -> list[Message]:
    held = part.get_payload()
    return [one for one in held if isinstance(one, Message)] if isinstance(held, list) else []


def _clean(report: Report) -> Report:
    status = report.status if STATUS.fullmatch(report.status) else ""
    if not status:
        raise ValueError
    return Report(
        report.message_id.strip(), report.address.strip().strip("<>").lower(), report.is_hard, status,
        shortened(one_line(report.why), WHY),
    )  # fmt: skip


def is_ours(report: Report, reader: User) -> bool:
    """Say whether a mail of ours to this reader had the id that is named: nobody can guess one who has not seen the mail."""
    return report.message_id in set(_ids(reader))


def _ids(reader: User) -> Iterable[str]:
    today = clock.today()
    since = clock.now() - timedelta(days=DAYS)
    mailed = Notice.objects.filter(user=reader, mailed_at__gte=since).order_by("-pk")
    yield from (message_id(hash_of, reader.email) for hash_of in mailed.values_list("entry__hash", flat=True))
    yield from (message_id(event_of(today - timedelta(days=days)), reader.email) for days in range(DAYS))
