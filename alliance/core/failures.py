"""What a visitor reads when the portal itself fails."""

import sys

import psycopg2
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language_from_request, gettext, override

API = "/api/"
RETRY_SECONDS = 60


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a failure: 503 and a word on waiting when the database cannot be reached, else 500.

    The pages need no database and no session, because either may be what failed. Programs get JSON.
    """
    status = 503 if is_database_away(sys.exception()) else 500
    with override(get_language_from_request(request, check_path=True)):
        answer = _answer(request, status)
    if status == 503:
        answer["Retry-After"] = str(RETRY_SECONDS)
    return answer


def is_database_away(error: BaseException | None) -> bool:
    """Return whether an error says that the database did not answer; the same may be asked again later.

    A server that ends in the middle of an answer is, to the driver, a plain error of the database without a code.
    """
    if isinstance(error, OperationalError | InterfaceError):
        return True
    return type(error) is DatabaseError and type(error.__cause__) is psycopg2.DatabaseError


def _answer(request: HttpRequest, status: int) -> HttpResponse:
    if not request.path_info.startswith(API):
        return HttpResponse(render_to_string(f"{status}.html"), status=status)
    waiting = gettext("The portal is not available for a moment")
    return JsonResponse({"detail": waiting if status == 503 else gettext("Something went wrong")}, status=status)
