"""Accepting an invitation: with the account that the person has, or with one that begins by it."""

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.errors import OutOfState, Refused
from alliance.core.turns import wait_in_turn
from alliance.core.valid import require_valid
from alliance.people import credentials
from alliance.people.models import Invitation, Membership, Role, User
from alliance.people.operations.credentials import note_change
from alliance.people.operations.invitations import lock_invitation
from alliance.people.operations.organisations import lock_organisation, require_confirmed
from alliance.people.operations.roles import HEADS, begin_role, lock_person
from alliance.people.passwords import require_short
from alliance.people.permissions import may_give, may_keep_everybody
from alliance.people.words import address_form, is_readable, one_form
from alliance.register import operation, record

USED = _("This invitation was accepted already: each works once.")
WITHDRAWN = _("This invitation was withdrawn.")
EXPIRED = _("This invitation has ended: ask whoever invited you to send it again.")
NO_LONGER = _("Whoever invited you may no longer give this role. Ask for a new invitation.")
ANOTHER_ADDRESS = _("This invitation was sent to another address than that of your account.")
ELSEWHERE = _("You act for another organisation already: the head of the secretariat has to invite you.")


@operation
def accept_invitation(*, by: User, invitation: Invitation) -> Membership:
    """Take up the role that was offered to the address of one's account, from today on.

    Raises Refused for an invitation to another address, one that was used, was withdrawn or has ended, one of somebody
    who may no longer give the role, and a role that one holds; for who acts for another organisation it has to be the
    head who invites: belonging to an applicant recuses a member of the committee (R48).
    """
    invitation = _held(invitation)
    person = lock_person(by.pk)
    if address_form(person.email) != invitation.email:
        raise Refused(ANOTHER_ADDRESS)
    return _accepted(person, invitation)


@operation
def begin_account(*, by: None, invitation: Invitation, name: str, language: str, password: str) -> Membership:
    """Open the account of whoever was invited, and take up the role with it. The password is looked at by a form before.

    It is hashed before anybody has to wait; one of more than a kilobyte is not hashed at all. Raises Refused as
    `accept_invitation` does, for an address that has an account, and for a name that cannot be one.
    """
    name = one_form(name)
    for field, check, text in (("name", is_readable, name), ("password", require_short, password)):
        try:
            check(text)
        except ValidationError as error:
            raise Refused(error.message, field=field) from None
    hashed = make_password(password)
    wait_in_turn(f"account of {invitation.email}")
    invitation = _held(invitation)
    if User.objects.filter(email__iexact=invitation.email).exists():
        raise Refused(_("This address has an account: sign in with it to accept."))
    user = User(email=invitation.email, name=name, language=language, password=hashed)
    require_valid(user)
    user.save(force_insert=True)
    note_change(user, *credentials.VALUES)
    return _accepted(user, invitation)


def why_not(invitation: Invitation) -> str:
    """Return why this invitation cannot be accepted by anybody any more; empty while it can be."""
    if invitation.accepted_at:
        return str(USED)
    if invitation.withdrawn_at:
        return str(WITHDRAWN)
    if invitation.has_expired(timezone.now()):
        return str(EXPIRED)
    giver = invitation.invited_by
    if giver and not (giver.is_active and may_give(giver, invitation.organisation_id, invitation.role)):
        return str(NO_LONGER)
    return ""


def _held(invitation: Invitation) -> Invitation:
    """Return the invitation with its row locked, after those that stand before it; refuse one that is nobody's to accept."""
    if invitation.role == Role.HEAD:
        wait_in_turn(HEADS)
    organisation = lock_organisation(invitation.organisation_id)
    invitation = lock_invitation(invitation.pk)
    if why := why_not(invitation):
        raise OutOfState(why)
    require_confirmed(organisation)
    if invitation.invited_by is None and Membership.objects.filter(role=Role.HEAD).exists():
        raise OutOfState(_("This portal has had a head: the head of the secretariat invites others."))
    return invitation


def _accepted(user: User, invitation: Invitation) -> Membership:
    today, giver = clock.today(), invitation.invited_by
    elsewhere = Membership.objects.not_over(today).filter(user=user).exclude(organisation=invitation.organisation)
    if giver and not may_keep_everybody(giver) and elsewhere.exists():
        raise Refused(ELSEWHERE)
    membership = begin_role(user, invitation.organisation, invitation.role, today)
    invitation.accepted_at, invitation.accepted_by = timezone.now(), user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    facts = {"invitation": invitation.uid, "person": user.uid, "role": invitation.role}
    record("invitation.accepted/1", by=user, rows=[invitation], facts=facts)
    record("membership.started/1", by=user, rows=[membership, user], facts={"person": user.uid, "role": membership.role})  # fmt: skip
    return membership
