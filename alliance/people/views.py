"""Signing in and out, and choosing for whom one acts."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alliance.access import public
from alliance.core import clock
from alliance.core.requests import PERSON, STASH
from alliance.people.acting import CHOICE
from alliance.people.models import SecurityEvent
from alliance.people.offered import offer_made
from alliance.people.requests import Request


@method_decorator(public, name="dispatch")
class SignIn(LoginView):
    """Sign in with e-mail and password. In a demonstration the page lists the people one can be."""

    template_name = "alliance/sign_in.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["typed_was_kept"] = STASH in self.request.session
        if clock.is_demonstration():
            context["personas"], context["persona_password"] = offer_made()
        return context

    def form_invalid(self, form: Any) -> HttpResponse:
        SecurityEvent.objects.create(kind="sign_in_failed", path=self.request.path[:500])
        return super().form_invalid(form)


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    response = redirect("reporting:public_home")
    response.delete_cookie(PERSON, samesite="Lax")
    return response


@require_http_methods(["GET", "POST"])
def act_for(request: Request) -> HttpResponse:
    """Choose the membership to act for."""
    if request.method == "GET":
        return render(request, "alliance/acting.html")
    held = {str(m.pk): m for m in request.user.memberships_today}
    if membership := held.get(request.POST.get("membership", "")):
        request.session[CHOICE] = membership.pk
        messages.success(
            request, _("You now act for %(organisation)s.") % {"organisation": membership.organisation.name}
        )
    after = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(after, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return redirect(after if safe and after.startswith("/") else "reporting:home")


@public
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say in words that the form's ticket had expired, and what to do."""
    why = _(
        "This form was open for too long or in another browser session. Go back, copy what you typed, and open the page again."
    )
    return render(request, "403.html", {"reason": why}, status=403)
