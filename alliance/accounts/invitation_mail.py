"""The mail with which somebody is invited. It is tried until it has gone or the invitation has ended."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

import structlog
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from alliance.core.formats import date_time
from alliance.core.origin import absolute
from alliance.people.models import Invitation
from alliance.people.operations.invitations import found_by, secret_of
from alliance.records.delivery import Line, in_turn
from alliance.records.mail import Letter, written

log = structlog.get_logger()
BATCH = 100
FIRST_PAUSE = timedelta(seconds=15)


def address_of(invitation: Invitation) -> str:
    """Return the whole address that accepts the invitation, in its language."""
    return absolute(path_of(invitation))


def path_of(invitation: Invitation) -> str:
    with translation.override(invitation.language):
        return reverse("people:accept", args=[secret_of(invitation)])


def message(invitation: Invitation) -> EmailMessage:
    """Return the mail, in the invitation's language. Sent again it is another one: it has another address in it."""
    with translation.override(invitation.language):
        named = {"organisation": invitation.organisation.name, "name": getattr(invitation.invited_by, "name", "")}
        heading = _("Invitation to act for %(organisation)s") % named
        letter = Letter(
            to=invitation.email,
            language=invitation.language,
            event=f"invitation {invitation.digest}",
            subject=heading,
            name="",
            heading=heading,
            text="\n\n".join(_paragraphs(invitation, named)),
            path=path_of(invitation),
            action=_("Accept the role"),
        )
    return written(letter)


def _paragraphs(invitation: Invitation, named: dict[str, str]) -> Iterator[str]:
    if invitation.invited_by:
        yield (
            _(
                "%(name)s invites you to act for %(organisation)s on the portal of the International Alliance on Migration and Development."
            )
            % named
        )
    else:
        yield (
            _(
                "You are invited to act for %(organisation)s on the portal of the International Alliance on Migration and Development."
            )
            % named
        )
    yield _("Your role: %(role)s.") % {"role": invitation.get_role_display()}
    yield _("The link in this mail works once, for you alone. The invitation ends on %(until)s.") % {
        "until": date_time(invitation.expires_at)
    }
    yield _("If you did not expect this mail, do nothing: nothing happens then.")


def mail_due() -> int:
    """Mail the invitations whose mail is due; return how many went out."""
    now = timezone.now()
    waiting = Invitation.objects.open().filter(mailed_at=None, expires_at__gt=now).order_by("mail_tries", "pk")
    return in_turn(islice((row.pk for row in waiting if is_due(row, now)), BATCH), _mail_one)


def mail_one(pk: int) -> bool:
    """Try one mail now. False: it has not gone, and is tried again."""
    return bool(in_turn([pk], _mail_one))


def is_due(invitation: Invitation, now: datetime) -> bool:
    """Say whether it is time to try again: soon at first, after a day every few hours."""
    return now >= invitation.sent_at + FIRST_PAUSE * invitation.mail_tries**3


@transaction.atomic
def _mail_one(line: Line, pk: int) -> bool:
    """Try one mail, unless somebody else is at it or has sent it. Raises ServerAway with nothing changed."""
    unsent = Invitation.objects.open().select_for_update(skip_locked=True, of=("self",)).filter(pk=pk, mailed_at=None)
    invitation = unsent.select_related("organisation", "invited_by").first()
    if invitation is None or found_by(secret_of(invitation)) is None:
        return False  # the address in the row is not the one that was invited, or the portal's key is another
    if why := line.send(lambda: message(invitation)):
        log.warning("invitation not mailed", invitation=invitation.uid.hex, error=type(why).__name__)
    invitation.mailed_at = None if why else timezone.now()
    invitation.mail_tries += bool(why)
    invitation.save(update_fields=["mailed_at", "mail_tries"])
    return why is None
