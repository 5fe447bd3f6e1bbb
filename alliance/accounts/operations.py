"""Second factors taken from somebody who lost them, so that new ones can be set up."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.utils.translation import gettext_lazy as _

from alliance.accounts import letters
from alliance.accounts.models import MailKind
from alliance.core.errors import NotAllowed, Refused
from alliance.core.turns import wait_in_turn
from alliance.people import credentials
from alliance.people.models import User
from alliance.people.operations.roles import HEADS, lock_person
from alliance.people.permissions import may_keep_everybody
from alliance.register import operation, record

WHO_REMOVES = _("The head of the secretariat removes the second factors of somebody who lost them.")
OWN = _("These are your own: remove them on the page of your account.")

CHANGED_PAST = _("This account was changed outside this portal. Nothing can be changed until that is looked into.")


@operation
def remove_factors(*, by: User | None, user: User, why: str) -> User:
    """Remove all second factors of a person who lost them, and sign them out everywhere; a mail tells them.

    The password stays, and is asked for before a new one is set up. By the head for anybody else, or on the server
    (`by=None`). Raises Refused for a person who has none, for one's own, without a reason, and for an account that was
    changed past the portal, as an act would hide it; NotAllowed for anyone else.
    """
    wait_in_turn(HEADS)
    if by is not None and not may_keep_everybody(User.objects.get(pk=by.pk)):
        raise NotAllowed(WHO_REMOVES)
    if by is not None and by.pk == user.pk:
        raise Refused(OWN)
    if not (why := why.strip()):
        raise Refused(_("Say why."), field="why")
    user = lock_person(user.pk)
    if credentials.changed_past(user):
        raise Refused(CHANGED_PAST)
    removed, _each = Authenticator.objects.filter(user=user).delete()
    if not removed:
        raise Refused(_("This person has no second factor."))
    for session in UserSession.objects.filter(user=user).order_by("pk"):
        session.end()
    record("factors.removed/1", by=by, facts={"person": user.uid, "why": why})
    record(credentials.CHANGED, by=by, facts={"credentials": credentials.noted(user, "factors")})
    letters.post(user, MailKind.FACTORS_REMOVED)
    return user
