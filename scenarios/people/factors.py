"""Second factors of the made-up people: all of those that a real portal asks for, or none, as the demonstration is started."""

import logging

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from alliance.people.models import Role, User
from alliance.people.operations import change_factors
from scenarios.people.personas import MORE_MEMBERS, PEOPLE

log = logging.getLogger(__name__)
ROLES = (Role.COMMITTEE, Role.OFFICER, Role.FINANCE_OFFICER, Role.HEAD, Role.AUDITOR)


def set_factors(*, asked: bool) -> dict[str, str]:
    """Give these people an authenticator app each, or take it away; return the secrets by address."""
    secrets = {}
    for persona in (*PEOPLE, *MORE_MEMBERS):
        user = User.objects.filter(email=persona.email).first()
        if user is None:  # a visitor gave them another address
            log.warning("Nobody has the address %s any more: their second factor stays as it is", persona.email)
            continue
        secret = generate_totp_secret() if asked and set(persona.roles) & set(ROLES) else ""
        if secret or Authenticator.objects.filter(user=user).exists():
            change_factors(by=user, user=user, change=lambda user=user, secret=secret: _set(user, secret))
        if secret:
            secrets[user.email] = secret
    return secrets


def _set(user: User, secret: str) -> None:
    Authenticator.objects.filter(user=user).delete()
    if secret:
        TOTP.activate(user, secret)
