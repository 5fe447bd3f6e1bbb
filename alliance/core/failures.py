"""What a visitor reads when the portal itself fails."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a failure: 503 and a word on waiting when the database cannot be reached, else 500.

    The pages need no database and no request, because either may be what failed.
    """
    status = 503 if isinstance(sys.exception(), OperationalError | InterfaceError) else 500
    answer = HttpResponse(render_to_string(f"{status}.html"), status=status)
    if status == 503:
        answer["Retry-After"] = "60"
    return answer
