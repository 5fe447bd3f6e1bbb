"""Who is told of changes to people and organisations."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from alliance.people.credentials import CHANGED, NOTED
from alliance.people.models import Organisation, Role, User
from alliance.register import About, declare


def who_got_it(body: dict[str, Any]) -> Iterable[User]:
    """The person who holds the role now, where somebody gave it: what setup gives is no news to anyone."""
    if body["by"] == "system":
        return ()
    return User.objects.filter(uid=body["facts"]["person"], is_active=True)


def who_invited(body: dict[str, Any]) -> Iterable[User]:
    """Whoever sent the invitation that was accepted."""
    return User.objects.filter(invitations_sent__uid=body["facts"]["invitation"], is_active=True)


def role_given(body: dict[str, Any], reader: User) -> About:
    """Tell which role it is, for which organisation."""
    given = [row["columns"]["organisation_id"] for row in body["rows"] if "organisation_id" in row["columns"]]
    organisation = Organisation.objects.filter(pk__in=given).first()
    return About("", str(Role(body["facts"]["role"]).label), "", organisation.name if organisation else "")


declare("organisation.registered/1", label=_("Organisation registered"))
declare("organisation.confirmed/1", label=_("Organisation confirmed"))
declare("membership.started/1", label=_("Role given"), told=who_got_it, about=role_given, is_duty=True)
declare("membership.ended/1", label=_("Role ended"))
declare("invitation.sent/1", label=_("Invitation sent"))
declare("invitation.sent_again/1", label=_("Invitation sent again"))
declare("invitation.withdrawn/1", label=_("Invitation withdrawn"))
declare("invitation.accepted/1", label=_("Invitation accepted"), told=who_invited, about=role_given)
declare(CHANGED, label=_("Password, address or second factor changed"))
declare("factors.removed/1", label=_("Second factors removed"))
declare(NOTED, label=_("Passwords, addresses and second factors noted"))
