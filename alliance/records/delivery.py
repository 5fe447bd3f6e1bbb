"""Mails the notices that were not mailed yet: none is lost while the mail server is away, each is stamped as it goes."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.core import mail
from django.core.mail import EmailMessage
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


class Line:
    """One connection to the mail server. `is_cut` says that the server hung up on a mail: no other goes through it."""

    def __init__(self, server: Any) -> None:
        self.server = server
        self.is_cut = False

    def send(self, make: Callable[[], EmailMessage]) -> Exception | None:
        """Hand one mail to the server; return why this mail, and not every other one, did not go. Raises ServerAway."""
        try:
            self.server.send_messages([make()])
        except (
            SMTPServerDisconnected
        ) as hung_up:  # it had opened: perhaps it is this mail, which so cannot be first for ever
            self.is_cut = True
            return hung_up
        except (SMTPRecipientsRefused, SMTPDataError) as refusal:
            return refusal
        except OSError as away:  # the library's other refusals are among them
            raise ServerAway from away
        except SoftTimeLimitExceeded:  # the worker's, and not this mail's
            raise
        except Exception as wrong:  # whatever this one mail has: the others go on
            return wrong
        return None


def in_turn(found: Iterable[int], send_one: Callable[[Line, int], bool]) -> int:
    """Send the mail of each through one connection; return how many went. Ends where the server is away or hangs up."""
    went = 0
    if keys := list(found):
        try:
            with mail.mailers.default as server:
                line = Line(server)
                for pk in keys:
                    went += send_one(line, pk)
                    if line.is_cut:
                        break
        except (ServerAway, OSError) as away:
            log.warning("the mail server is away", error=type(away.__cause__ or away).__name__)
    return went


def send_mail() -> int:
    """Mail what is due, each in its reader's language; return how many went out.

    A mail that its server refuses, or hangs up on, is tried again later, TRIES times in all. While the server is away nothing
    is counted.
    """
    due = Q(mail_after=None) | Q(mail_after__lte=clock.now())
    at_once = ~Q(user__mail_choice__is_daily=True) | Q(kind__in=duties())
    waiting = Notice.objects.filter(
        due, at_once, user__is_active=True, is_for_mail=True, mailed_at=None, mail_tries__lt=TRIES
    )
    waiting = waiting.order_by("mail_tries", "pk")
    return in_turn(waiting.values_list("pk", flat=True)[:BATCH], _mail_one)


@transaction.atomic
def _mail_one(line: Line, pk: int) -> bool:
    """Try one mail, unless somebody else is at it or has sent it. Raises ServerAway with nothing changed."""
    unsent = Notice.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk, mailed_at=None)
    notice = unsent.filter(is_for_mail=True, user__is_active=True).select_related("user", "entry").first()
    if notice is None:
        return False
    if why := line.send(lambda: message(notice)):
        # Its own words may repeat the address.
        log.warning("mail not sent", notice=notice.pk, error=type(why).__name__)
        notice.mail_tries = TRIES if isinstance(why, Refused) else notice.mail_tries + 1
        notice.mail_after = clock.now() + WAITS[notice.mail_tries - 1] if notice.mail_tries < TRIES else None
    else:
        notice.mailed_at = clock.now()
    notice.save(update_fields=["mailed_at", "mail_tries", "mail_after"])
    return notice.mailed_at is not None
