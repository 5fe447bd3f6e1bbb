"""The security log: refusals and sign-ins, which are no acts."""

from allauth.core.internal.httpkit import get_client_ip
from django.http import HttpRequest

from alliance.people.models import SecurityEvent, User


def note(kind: str, request: HttpRequest, *, user: User | None = None, why: str = "") -> None:
    """Write down what happened, to whose account, from where and why. What was typed is not kept."""
    SecurityEvent.objects.create(
        kind=kind, user=user, path=request.path[:500], why=why[:500], address=get_client_ip(request)
    )
