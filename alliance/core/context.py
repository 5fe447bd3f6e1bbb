"""What every page's frame shows. Templates call these values when they need them: a fragment costs no query."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.http import HttpRequest

from alliance.core import clock, navigation


def portal(request: HttpRequest) -> dict[str, Callable[[], Any]]:
    """Return the frame's values: the clock, the demonstration mark, links, memberships and unread notices."""
    now = cache(clock.now)
    return {
        "now": now,
        "today": lambda: now().date(),
        "demonstration": cache(clock.is_demonstration),
        "portal_nav": cache(lambda: navigation.public_links(request.path)),
        "portal_areas": cache(lambda: areas(request)),
        "memberships": lambda: memberships(request),
        "acting": lambda: getattr(request, "acting", None),
        "notices_count": cache(lambda: unread(request)),
    }


def person(request: HttpRequest) -> Any:
    user = getattr(request, "user", None)
    return user if user is not None and user.is_authenticated else None


def areas(request: HttpRequest) -> list[navigation.Link]:
    user = person(request)
    return navigation.area_links(request.path, {role for role, _ in user.roles}) if user else []


def memberships(request: HttpRequest) -> list[Any]:
    user = person(request)
    return user.memberships_today if user else []


def unread(request: HttpRequest) -> int:
    user = person(request)
    return user.notices.unread().count() if user else 0
