"""The mail with which somebody is invited. It is tried until it has gone or the invitation has ended."""

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.core import mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from alliance.core import clock
from alliance.people.models import Invitation
from alliance.people.operations.invitations import found_by, secret_of

log = structlog.get_logger()
FIRST_PAUSE = timedelta(seconds=15)


def address_of(invitation: Invitation) -> str:
    """Return the address that accepts the invitation, in its language; with the portal's host where that is known."""
    with translation.override(invitation.language):
        return settings.ALLIANCE_ADDRESS.rstrip("/") + reverse("people:accept", args=[secret_of(invitation)])


def message(invitation: Invitation) -> mail.EmailMessage:
    """Return the mail, in the invitation's language."""
    with translation.override(invitation.language):
        context = {
            "invitation": invitation,
            "url": address_of(invitation),
            "is_demonstration": clock.is_demonstration(),
        }
        text = render_to_string("accounts/invitation_mail.txt", context)
    subject, _, body = text.strip().partition("\n")
    return mail.EmailMessage(subject.strip(), body.strip() + "\n", settings.DEFAULT_FROM_EMAIL, [invitation.email])


def mail_due() -> int:
    """Mail the invitations whose mail is due; return how many went out."""
    now = timezone.now()
    waiting = Invitation.objects.open().filter(mailed_at=None, expires_at__gt=now).order_by("mail_tries", "pk")
    return sum(mail_one(row.pk) for row in waiting if is_due(row, now))


def is_due(invitation: Invitation, now: datetime) -> bool:
    """Say whether it is time to try again: soon at first, after a day every few hours."""
    return now >= invitation.sent_at + FIRST_PAUSE * invitation.mail_tries**3


@transaction.atomic
def mail_one(pk: int) -> bool:
    """Try one mail, unless somebody else is at it or has sent it. False: it has not gone, and is tried again."""
    unsent = Invitation.objects.open().select_for_update(skip_locked=True, of=("self",)).filter(pk=pk, mailed_at=None)
    invitation = unsent.select_related("organisation", "invited_by").first()
    if invitation is None or found_by(secret_of(invitation)) is None:
        return False  # the address in the row is not the one that was invited, or the portal's key is another
    went = _went(invitation)
    invitation.mailed_at = timezone.now() if went else None
    invitation.mail_tries += not went
    invitation.save(update_fields=["mailed_at", "mail_tries"])
    return went


def _went(invitation: Invitation) -> bool:
    try:
        mail.mailers.default.send_messages([message(invitation)])
    except Exception as error:  # whatever the server or the address is at fault: the others go on
        log.warning("invitation not mailed", invitation=invitation.uid.hex, error=type(error).__name__)
        return False
    return True
