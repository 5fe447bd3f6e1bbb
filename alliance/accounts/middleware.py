"""Whoever must have a second factor sets it up before anything else."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from alliance.accounts.factors import has, must_have

# Where one gets to without it: the account itself, and the way out.
OPEN = ("account", "mfa_", "usersessions_", "act_for")


class SecondFactorMiddleware:
    """Lead whoever lacks the second factor that a role asks for to where it is set up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> HttpResponse | None:
        name: Any = request.resolver_match and request.resolver_match.view_name
        if not getattr(view, "login_required", True) or str(name).startswith(OPEN):
            return None
        user: Any = request.user
        if user.is_authenticated and must_have(user) and not has(user):
            return redirect("mfa_activate_totp")
        return None
