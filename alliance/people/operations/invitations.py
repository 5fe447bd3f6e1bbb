"""Invitations: a role offered by mail, sent again, withdrawn."""

import base64
import hashlib
import hmac
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.errors import OutOfState, Refused
from alliance.core.turns import wait_in_turn
from alliance.core.valid import require_valid
from alliance.people.models import Invitation, Membership, Organisation, Role, User
from alliance.people.operations.organisations import lock_organisation, register_organisation, require_confirmed
from alliance.people.operations.roles import HEADS, require_still
from alliance.people.words import address_form
from alliance.reference import read_json
from alliance.register import operation, record

SALT = "alliance.people.invitation"
FIRST_HEAD = timedelta(days=1)
SECRET_LENGTH = 32


@operation
def invite(
    *, by: User, organisation: Organisation, role: str, email: str, language: str = settings.LANGUAGE_CODE
) -> Invitation:
    """Offer a role for an organisation to whoever reads the mail of this address, for as many days as the settings say.

    By the head for every organisation and role; by who signs for a donor or a partner, for the roles of its own people.
    Raises Refused for an organisation that is not confirmed, an address that takes no mail, a role that its owner holds
    already, and an invitation that is open; NotAllowed for anyone else.
    """
    organisation = lock_organisation(organisation.pk)
    require_still(by, organisation.pk, role)
    require_confirmed(organisation)
    email = address_form(email)
    held = Membership.objects.filter(user__email__iexact=email, organisation=organisation, role=role)
    if held.not_over(clock.today()).exists():
        raise Refused(_("This person holds this role already."), field="email")
    if Invitation.objects.open().filter(email=email, organisation=organisation, role=role).exists():
        raise Refused(_("This invitation is open: send it again, or withdraw it."), field="email")
    invitation = Invitation(organisation=organisation, role=role, email=email, language=language)
    return _sent("invitation.sent/1", invitation, by, timedelta(days=settings.ALLIANCE_RULES["invitation_days"]))


@operation
def send_again(*, by: User, invitation: Invitation) -> Invitation:
    """Mail the invitation once more, with a new address; the one before works no longer. Also after its end."""
    invitation = _still_open(by, invitation)
    require_confirmed(invitation.organisation)
    return _sent("invitation.sent_again/1", invitation, by, timedelta(days=settings.ALLIANCE_RULES["invitation_days"]))


@operation
def withdraw_invitation(*, by: User, invitation: Invitation) -> Invitation:
    """Have the address that was mailed work no longer. Raises OutOfState for one that is accepted or withdrawn."""
    invitation = _still_open(by, invitation)
    _withdraw(invitation, by)
    return invitation


@operation
def invite_first_head(*, by: None, email: str) -> Invitation:
    """Make the secretariat's organisation and invite its first head, for a day. By setup, while there was no head yet.

    Inviting again takes the place of the invitation before. Raises Refused once somebody has begun as head.
    """
    wait_in_turn(HEADS)
    if Membership.objects.filter(role=Role.HEAD).exists():
        raise Refused(_("This portal has had a head: the head of the secretariat invites others."))
    email = address_form(email)
    organisation = _secretariat()
    for earlier in Invitation.objects.open().filter(role=Role.HEAD).order_by("pk"):
        _withdraw(earlier, by)
    invitation = Invitation(organisation=organisation, role=Role.HEAD, email=email)
    return _sent("invitation.sent/1", invitation, by, FIRST_HEAD)


def secret_of(invitation: Invitation) -> str:
    """Return the secret in the address that was mailed last: it follows from the row and the portal's own key.

    The address is bound to it: whoever changes that in the database has an invitation that nobody can use.
    """
    said = f"{invitation.uid.hex} {invitation.sent_at.isoformat()} {invitation.email}"
    digest = salted_hmac(SALT, said, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).decode()[:SECRET_LENGTH]


def found_by(secret: str) -> Invitation | None:
    """Return the invitation of this secret, or None for one that is of none, or no longer."""
    rows = Invitation.objects.select_related("organisation", "invited_by")
    invitation = rows.filter(digest=hashlib.sha256(secret.encode()).hexdigest()).first()
    return invitation if invitation and hmac.compare_digest(secret_of(invitation), secret) else None


def _sent(kind: str, invitation: Invitation, by: User | None, lasts: timedelta) -> Invitation:
    """Write the invitation as one that is to be mailed now, with a secret of its own."""
    invitation.invited_by = by
    invitation.sent_at = timezone.now()
    invitation.expires_at = invitation.sent_at + lasts
    invitation.digest = hashlib.sha256(secret_of(invitation).encode()).hexdigest()
    invitation.mailed_at, invitation.mail_tries = None, 0
    require_valid(invitation)
    invitation.save()
    _note(kind, invitation, by)
    return invitation


def _still_open(by: User, invitation: Invitation) -> Invitation:
    lock_organisation(invitation.organisation_id)
    require_still(by, invitation.organisation_id, invitation.role)
    invitation = lock_invitation(invitation.pk)
    if not invitation.is_open:
        raise OutOfState(_("This invitation was accepted or withdrawn in the meantime."))
    return invitation


def lock_invitation(pk: int) -> Invitation:
    rows = Invitation.objects.select_for_update(of=("self",), no_key=True).select_related("organisation", "invited_by")
    return rows.get(pk=pk)


def _withdraw(invitation: Invitation, by: User | None) -> None:
    invitation.withdrawn_at = timezone.now()
    invitation.save(update_fields=["withdrawn_at"])
    _note("invitation.withdrawn/1", invitation, by)


def _note(kind: str, invitation: Invitation, by: User | None) -> None:
    facts = {"invitation": invitation.uid, "organisation": invitation.organisation.slug, "role": invitation.role}
    record(kind, by=by, rows=[invitation], facts=facts)


def _secretariat() -> Organisation:
    """Return the secretariat's organisation, which is made where it is not there yet."""
    named = read_json("secretariat")[0]
    found = Organisation.objects.filter(slug=named["slug"]).first()
    return found or register_organisation(by=None, **named)
