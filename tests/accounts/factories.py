"""Invitations for tests."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from alliance.people.models import Invitation, Membership, Organisation, User
from alliance.people.operations import accept_invitation, begin_account, invite

PASSWORD = "a sentence of my own"


def organisation(slug: str = "iom") -> Organisation:
    return Organisation.objects.get(slug=slug)


def invited(by: User, *, email: str = "ana@example.org", role: str = "partner_drafter", slug: str = "iom", **more: Any) -> Invitation:  # fmt: skip
    return invite(by=by, organisation=organisation(slug), role=role, email=email, **more)


def begun(invitation: Invitation, *, name: str = "Ana Costa", language: str = "en", password: str = PASSWORD) -> Membership:  # fmt: skip
    return begin_account(by=None, invitation=invitation, name=name, language=language, password=password)


def accepted(by: User, invitation: Invitation) -> Membership:
    return accept_invitation(by=by, invitation=invitation)


def past_its_end(invitation: Invitation) -> Invitation:
    """Have an invitation be one that was sent long ago."""
    ago = timezone.now() - timedelta(days=100)
    Invitation.objects.filter(pk=invitation.pk).update(sent_at=ago, expires_at=ago + timedelta(days=14))
    invitation.refresh_from_db()
    return invitation
