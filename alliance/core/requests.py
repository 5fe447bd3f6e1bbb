"""A request's id, what it may not hold, and what a person typed, which is kept when the session had ended."""

import re
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import structlog
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.core.exceptions import BadRequest
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, QueryDict

from alliance.core import clock

STASH = "typed_before_sign_in"
PERSON = "last_person"
STASH_BYTES = 200_000
MACHINES = ("/healthz", "/readyz")
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
log = structlog.get_logger()


class RequestIdMiddleware:
    """Give each request an id: the proxy's where it is well-formed, else a new one. The answer and every log line carry it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if REQUEST_ID.fullmatch(given) else uuid4().hex
        if request.path_info in MACHINES:
            request.COOKIES.clear()  # whoever looks: a session would have to be asked of the database
        begun = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = request_id
            self._note(request, response, time.perf_counter() - begun)
            return response
        finally:
            structlog.contextvars.clear_contextvars()

    @staticmethod
    def _note(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        """Write the request's line, by its route: an address may hold what somebody typed."""
        if settings.ALLIANCE_ACCESS_LOG and request.resolver_match:
            log.info(
                "request",
                method=request.method,
                route=request.resolver_match.route,
                status=response.status_code,
                ms=round(seconds * 1000),
            )


class OneMomentMiddleware:
    """Let a page that only reads be of one moment: the clock is read once for all of it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        with clock.one_moment():
            return self.get_response(request)


class NoNulMiddleware:
    """Answer 400 to a NUL character in an address or a form: no text of the Alliance has one, and PostgreSQL takes none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent = [request.GET, request.POST] if request.method == "POST" else [request.GET]
        if "\0" in request.path or any(
            "\0" in value for form in sent for _name, values in form.lists() for value in values
        ):
            raise BadRequest("a NUL character")
        return self.get_response(request)


class KeepTypedMiddleware:
    """Keep the fields of a form sent after the session ended, until its page is opened again by the same person.

    Whose form it was is known by a signed cookie that names the last person signed in in this browser. A form of an
    earlier person does not come this far: signing in changes the ticket without which no form is taken. Where the
    person is unknown, because they signed out or never signed in, nothing is kept: a browser may be shared.
    Files are not kept, and the page says so. Nothing is sent on the person's behalf.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated and _last_person(request) != (person := request.user.uid.hex):
            response.set_signed_cookie(
                PERSON, person, salt=PERSON, httponly=True,
                secure=settings.SESSION_COOKIE_SECURE, samesite=settings.SESSION_COOKIE_SAMESITE,
            )  # fmt: skip
        return response

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> None:
        open_to_all = not getattr(view, "login_required", True)
        if request.method != "POST" or request.user.is_authenticated or open_to_all:
            return
        typed = request.POST.copy()
        typed.pop("csrfmiddlewaretoken", None)
        encoded = typed.urlencode()
        person = _last_person(request)
        if person and len(encoded) <= STASH_BYTES:
            request.session[STASH] = {"path": request.path, "typed": encoded, "person": person}


def _last_person(request: HttpRequest) -> str:
    """Return who was signed in last in this browser; empty where that is unknown or was tampered with."""
    return str(request.get_signed_cookie(PERSON, default="", salt=PERSON))


@receiver(user_logged_in)
def drop_what_another_typed(request: HttpRequest, user: Any, **_: Any) -> None:
    """Forget what somebody else typed in this browser before its session ended."""
    if request.session.get(STASH, {}).get("person") != user.uid.hex:
        request.session.pop(STASH, None)


def submitted(request: HttpRequest) -> QueryDict | None:
    """Return what the form should be bound to: this POST, or what this person typed here before the session ended."""
    if request.method == "POST":
        return request.POST
    stash = request.session.get(STASH)
    if request.user.is_authenticated and stash and stash["path"] == request.path:
        del request.session[STASH]
        if stash["person"] == request.user.uid.hex:
            request.typed_was_kept = True  # type: ignore[attr-defined]
            return QueryDict(stash["typed"])
    return None


def uploaded(request: HttpRequest) -> Any:
    """Return the files that came with a form that was sent."""
    return request.FILES if request.method == "POST" else None
