"""Mails the notices that were not mailed yet: none is lost while the mail server is away, each is stamped as it goes."""

from collections.abc import Callable
from datetime import timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Any

import structlog
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q

from alliance.core import clock
from alliance.core.errors import Refused
from alliance.records.models import Notice
from alliance.records.notice_mail import message
from alliance.register.kinds import duties

log = structlog.get_logger()
BATCH = 500
# How long a mail that its server refused waits for the next try; after the last it is given up.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 4 * 60, 12 * 60, 24 * 60))
TRIES = len(WAITS) + 1


class ServerAway(Exception):
    """No mail goes through now, whoever it is for."""


def send_mail() -> int:
    """Mail what is due, each in its reader's language; return how many went out.

    A mail that its server refuses is tried again later, TRIES times in all. While the server is away nothing is counted.
    """
    due = Q(mail_after=None) | Q(mail_after__lte=clock.now())
    at_once = ~Q(user__mail_choice__is_daily=True) | Q(kind__in=duties())
    waiting = Notice.objects.filter(due, at_once, is_for_mail=True, mailed_at=None, mail_tries__lt=TRIES)
    waiting = waiting.order_by("mail_tries", "pk")
    went = 0
    if found := list(waiting.values_list("pk", flat=True)[:BATCH]):
        try:
            with mail.mailers.default as server:
                for pk in found:
                    went += _mail_one(server, pk)
        except (ServerAway, OSError) as away:
            log.warning("the mail server is away", error=type(away.__cause__ or away).__name__)
    return went


@transaction.atomic
def _mail_one(server: Any, pk: int) -> bool:
    """Try one mail, unless somebody else is at it or has sent it. Raises ServerAway with nothing changed."""
    unsent = Notice.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk, mailed_at=None)
    notice = unsent.filter(is_for_mail=True).select_related("user", "entry").first()
    if notice is None:
        return False
    if why := send(server, lambda: message(notice)):
        # Its own words may repeat the address.
        log.warning("mail not sent", notice=notice.pk, error=type(why).__name__)
        notice.mail_tries = TRIES if isinstance(why, Refused) else notice.mail_tries + 1
        notice.mail_after = clock.now() + WAITS[notice.mail_tries - 1] if notice.mail_tries < TRIES else None
    else:
        notice.mailed_at = clock.now()
    notice.save(update_fields=["mailed_at", "mail_tries", "mail_after"])
    return notice.mailed_at is not None


def send(server: Any, make: Callable[[], EmailMultiAlternatives]) -> Exception | None:
    """Hand one mail to the server; return why this mail, and not every other one, did not go. Raises ServerAway."""
    try:
        server.send_messages([make()])
    except (SMTPRecipientsRefused, SMTPDataError) as refusal:
        return refusal
    except OSError as away:  # the library's other refusals are among them
        raise ServerAway from away
    except Exception as wrong:  # whatever this one mail has: the others go on
        return wrong
    return None
