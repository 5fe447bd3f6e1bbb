"""Acting for: which of their memberships a person has chosen."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from alliance.people.models import Membership

CHOICE = "acting_for"


class ActingMiddleware:
    """Set `request.acting` to the membership chosen, or the person's first one, or None."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.acting = chosen(request)  # type: ignore[attr-defined]
        return self.get_response(request)


def chosen(request: HttpRequest) -> Membership | None:
    if not request.user.is_authenticated:
        return None
    held = request.user.memberships_today
    choice = request.session.get(CHOICE)
    return next((m for m in held if m.pk == choice), held[0] if held else None)
