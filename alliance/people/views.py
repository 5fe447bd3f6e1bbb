"""Choosing for whom one acts."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alliance.access import public
from alliance.people.acting import CHOICE
from alliance.people.requests import Request


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
