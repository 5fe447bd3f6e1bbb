"""A new password: by whoever forgot the old one, and by whoever knows it."""

from typing import Any

from allauth.account.views import PasswordChangeView, PasswordResetFromKeyView, PasswordResetView
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.http import require_GET

from alliance.access import public


class Forgotten(PasswordResetView):
    """Ask for a link by mail. The answer is the same whether the address has an account or not."""

    template_name = "accounts/password_forgotten.html"


@public
@require_GET
def asked(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/password_asked.html")


class NewPassword(PasswordResetFromKeyView):
    """Choose a new password by the link from the mail, and be signed in."""

    template_name = "accounts/password_new.html"
    success_url = reverse_lazy("account_login")


class ChangePassword(PasswordChangeView):
    """Choose a new password. Every other session ends."""

    template_name = "accounts/password_change.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_usable_password():  # type: ignore[union-attr]
            return redirect("account_reset_password")
        return super().dispatch(request, *args, **kwargs)
