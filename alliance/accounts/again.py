"""Asking once more who somebody is, before an act that weighs."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.http import HttpResponse

from alliance.people.requests import Request


def asked_again[**P](
    view: Callable[Concatenate[Request, P], HttpResponse],
) -> Callable[Concatenate[Request, P], HttpResponse]:
    """Hold a form up until the person has said again who they are, if they have not lately. What was typed is kept."""

    @wraps(view)
    def asking(request: Request, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method == "POST" and is_long_ago(request):
            raise ReauthenticationRequired
        return view(request, *args, **kwargs)

    return asking


def is_long_ago(request: Request) -> bool:
    """Say whether the person last gave a password or a code longer ago than this installation lets them act on."""
    if not (minutes := settings.ALLIANCE_ASK_AGAIN_MINUTES):
        return False
    records: list[dict[str, Any]] = get_authentication_records(request, request.user)
    return time.time() - max((record["at"] for record in records), default=0) > minutes * 60
