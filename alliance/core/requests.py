"""What a person typed is kept, even when the session had ended (an expired sign-in loses nothing)."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict

STASH = "typed_before_sign_in"
STASH_BYTES = 200_000


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
    """Keep the fields of a form sent after the session ended, until its page is opened again after sign-in.

    Files are not kept, and the page says so. Nothing is sent on the person's behalf.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> None:
        open_to_all = not getattr(view, "login_required", True)
        if request.method != "POST" or request.user.is_authenticated or open_to_all:
            return
        typed = request.POST.copy()
        typed.pop("csrfmiddlewaretoken", None)
        encoded = typed.urlencode()
        if len(encoded) <= STASH_BYTES:
            request.session[STASH] = {"path": request.path, "typed": encoded}


def submitted(request: HttpRequest) -> QueryDict | None:
    """Return what the form should be bound to: this POST, or what was typed here before the session ended."""
    if request.method == "POST":
        return request.POST
    stash = request.session.get(STASH)
    if request.user.is_authenticated and stash and stash["path"] == request.path:
        del request.session[STASH]
        request.typed_was_kept = True  # type: ignore[attr-defined]
        return QueryDict(stash["typed"])
    return None
