"""Attempts to sign in: how many may go wrong, by address, by address and account, and by account.

Limits are counted by what was typed, whether it has an account or not, and end by themselves. An account under attack from many
addresses still opens for its owner: in a browser where they have signed in before, from an address that has hardly
tried yet, and by a new password.
"""

from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import RateLimitUsage
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from alliance.people.models import User

LIMITS = "allauth.account"  # where allauth finds them: ACCOUNT_RATE_LIMITS
KNOWN = "known_browser"
PEOPLE_KEPT = 5
YEAR = 365 * 24 * 3600


class TooManyAttempts(ValidationError):
    """Too many attempts went wrong lately: this one was not looked at."""

    def __init__(self) -> None:
        super().__init__(
            _("Too many attempts went wrong. Wait five minutes and try again, or ask for a new password."),
            code="too_many_login_attempts",
        )


def spend(request: HttpRequest, email: str) -> list[RateLimitUsage]:
    """Count an attempt before its password is looked at; `give_back` what was right. Raises TooManyAttempts."""
    if knows(request, email):
        return _counted([_count(request, "sign_in_known", email)])
    here = _counted([_count(request, "sign_in_address"), _count(request, "sign_in_pair", _pair(request, email))])
    everywhere = [_count(request, "sign_in_few"), _count(request, "sign_in_account", email)]
    if not any(everywhere):
        raise TooManyAttempts
    return [*here, *filter(None, everywhere)]


def _counted(usages: list[RateLimitUsage | None]) -> list[RateLimitUsage]:
    if None in usages:
        raise TooManyAttempts
    return [usage for usage in usages if usage]


def give_back(spent: list[RateLimitUsage]) -> None:
    for usage in spent:
        usage.rollback()


def forgive(request: HttpRequest, email: str) -> None:
    """Forget what went wrong with this account: its owner has proved to read its mail."""
    keys = {"sign_in_known": email, "sign_in_account": email, "sign_in_pair": _pair(request, email)}
    for action, key in keys.items():
        ratelimit.clear(request, app=LIMITS, action=action, key=key)


def _pair(request: HttpRequest, email: str) -> str:
    return f"{email} {ratelimit.get_ip(request)}"


def _count(request: HttpRequest, action: str, key: str | None = None) -> RateLimitUsage | None:
    return ratelimit.consume(request, app=LIMITS, action=action, key=key)


def knows(request: HttpRequest, email: str) -> bool:
    """Say whether the owner of this address has signed in in this browser before."""
    people = _people(request)
    return bool(people) and User.objects.filter(email=email, uid__in=people).exists()


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Let this browser be known as one of the person's: a signed cookie that holds opaque ids and opens nothing."""
    people = [user.uid.hex, *(uid for uid in _people(request) if uid != user.uid.hex)][:PEOPLE_KEPT]
    response.set_signed_cookie(
        KNOWN, ".".join(people), salt=KNOWN, max_age=YEAR, httponly=True,
        secure=settings.SESSION_COOKIE_SECURE, samesite=settings.SESSION_COOKIE_SAMESITE,
    )  # fmt: skip


def _people(request: HttpRequest) -> list[str]:
    kept = str(request.get_signed_cookie(KNOWN, default="", salt=KNOWN, max_age=YEAR))
    return [uid for uid in kept.split(".") if uid]
