"""One's own account: what it has, and where it is signed in."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from alliance.accounts import factors
from alliance.accounts.devices import device
from alliance.people.requests import Request


@require_GET
def account(request: Request) -> HttpResponse:
    held = list(factors.held(request.user))
    context = {
        "passkeys": [factor for factor in held if factor.type == Authenticator.Type.WEBAUTHN],
        "has_app": any(factor.type == Authenticator.Type.TOTP for factor in held),
        "may_remove": len(held) > 1 or not factors.must_have(request.user),
    }
    return render(request, "accounts/account.html", context)


@require_GET
def sessions(request: Request) -> HttpResponse:
    """List where the person is signed in, this session first."""
    here = request.session.session_key
    if Session.objects.filter(pk=here).exists():  # one begun before sessions were listed is listed too
        UserSession.objects.create_from_request(request)
    held = UserSession.objects.purge_and_list(request.user)
    held.sort(key=lambda row: (row.session_key != here, -row.created_at.timestamp()))
    rows = [(row, device(row.user_agent), row.session_key == here) for row in held]
    return render(request, "accounts/sessions.html", {"rows": rows})


@require_POST
def end_sessions(request: Request) -> HttpResponse:
    """End one session, or all but this one."""
    others = UserSession.objects.filter(user=request.user).exclude(session_key=request.session.session_key)
    for session in _chosen(others, request.POST.get("session", "")):
        session.end()
    messages.success(request, _("Signed out there."))
    return redirect("usersessions_list")


def _chosen(sessions: QuerySet[UserSession], which: str) -> QuerySet[UserSession]:
    if which == "others":
        return sessions
    return sessions.filter(pk=int(which)) if which.isdecimal() and len(which) < 19 else sessions.none()
