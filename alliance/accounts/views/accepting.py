"""The address that an invitation names: who has it takes up the role, with the account of that address or a new one."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from alliance.access import public
from alliance.accounts.people_forms import BeginForm
from alliance.core.errors import DomainError, Text
from alliance.core.forms import attempt
from alliance.people.acting import CHOICE
from alliance.people.models import Invitation, Membership, User
from alliance.people.operations import accept_invitation, begin_account
from alliance.people.operations.accepting import why_not
from alliance.people.operations.invitations import found_by
from alliance.people.words import address_form

PAGE = "accounts/invitation_accept.html"


@public
@never_cache
@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, secret: str) -> HttpResponse:
    """Show what is offered, and take it up: see `accept_invitation` and `begin_account`."""
    invitation = found_by(secret)
    if invitation is None:
        unknown = _("This address belongs to no invitation. A newer mail may have another one: look for the last mail.")
        return _closed(request, unknown, 404)
    if why := why_not(invitation):
        return _closed(request, why, 410)
    if request.user.is_authenticated:
        return _with_own_account(request, invitation, request.user)
    if User.objects.filter(email__iexact=invitation.email).exists():
        return render(request, PAGE, {"invitation": invitation, "has_account": True})
    return _with_new_account(request, invitation)


def _closed(request: HttpRequest, why: Text, status: int) -> HttpResponse:
    return render(request, "accounts/invitation_closed.html", {"why": why}, status=status)


def _with_own_account(request: HttpRequest, invitation: Invitation, user: Any) -> HttpResponse:
    if address_form(user.email) != invitation.email:
        return render(request, PAGE, {"is_anothers": True}, status=403)
    context: dict[str, Any] = {"invitation": invitation, "is_own": True}
    if request.method == "POST":
        try:
            return _begun(request, accept_invitation(by=user, invitation=invitation))
        except DomainError as refusal:
            context["refusal"] = refusal.message
    return render(request, PAGE, context)


def _with_new_account(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    form = BeginForm(request.POST if request.method == "POST" else None, invitation=invitation)
    if request.method == "POST" and form.is_valid():
        membership = attempt(form, begin_account, by=None, invitation=invitation, **form.arguments())
        if membership is not None:
            login(request, membership.user, backend=settings.AUTHENTICATION_BACKENDS[0])
            return _begun(request, membership)
    return render(request, PAGE, {"invitation": invitation, "form": form})


def _begun(request: HttpRequest, membership: Membership) -> HttpResponse:
    request.session[CHOICE] = membership.pk
    said = _("You have begun: %(role)s, %(organisation)s.")
    role = {"role": membership.get_role_display(), "organisation": membership.organisation.name}
    messages.success(request, said % role)
    return redirect(settings.LOGIN_REDIRECT_URL)
