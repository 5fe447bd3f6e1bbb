"""Acting for: which of their memberships a person has chosen."""

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from alliance.people.models import Membership

CHOICE = "acting_for"


class ActingMiddleware:
    """Set `request.acting` to the membership chosen, or the person's first one, or None."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.acting = None  # type: ignore[attr-defined]
        if request.user.is_authenticated:
            structlog.contextvars.bind_contextvars(user=request.user.uid.hex)
            request.acting = chosen(request)  # type: ignore[attr-defined]
        return self.get_response(request)


def chosen(request: HttpRequest) -> Membership | None:
    held = request.user.memberships_today  # type: ignore[union-attr]
    choice = request.session.get(CHOICE)
    return next((m for m in held if m.pk == choice), held[0] if held else None)
