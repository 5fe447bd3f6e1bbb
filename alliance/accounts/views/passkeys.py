"""Passkeys: made, used to sign in alone or after the password, used again before an act that weighs, and removed."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth, flows
from allauth.mfa.webauthn.views import AddWebAuthnView, LoginWebAuthnView, ReauthenticateWebAuthnView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from alliance.access import find
from alliance.accounts import letters
from alliance.accounts.factors import FactorAdapter
from alliance.accounts.models import MailKind
from alliance.people.operations import change_factors
from alliance.people.requests import Request
from alliance.people.security import note


class Add(AddWebAuthnView):
    """Make a passkey on this device; recovery codes come with it."""

    template_name = "accounts/passkey_add.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"options": auth.begin_registration(self.request.user, passwordless=True)}

    def form_valid(self, form: Any) -> HttpResponse:
        user, given = self.request.user, form.cleaned_data
        made: tuple[Any, Any] = change_factors(
            by=user,
            user=user,
            change=lambda: flows.add_authenticator(self.request, given["name"], given["credential"]),
        )
        letters.post(user, MailKind.FACTOR_CHANGED)
        self.did_generate_recovery_codes = bool(made[1])
        return HttpResponseRedirect(self.get_success_url())


class SignIn(LoginWebAuthnView):
    """Sign in with a passkey alone: it proves device and person at once."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return JsonResponse(auth.begin_authentication(user=None))

    def form_invalid(self, form: Any) -> HttpResponse:
        note("sign_in_failed", self.request, why="the passkey is not right")
        return super().form_invalid(form)


class Again(ReauthenticateWebAuthnView):
    """Use a passkey again."""

    template_name = "accounts/again.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"options": context["js_data"]["request_options"]}


@require_POST
@reauthentication_required
def remove(request: Request) -> HttpResponse:
    """Remove one passkey. The last second factor of somebody who must have one stays."""
    user, which = request.user, request.POST.get("passkey", "")
    keys = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)
    key = find(keys, pk=int(which) if which.isdecimal() and len(which) < 19 else 0)
    change_factors(by=user, user=user, change=lambda: _removed(request, key))
    letters.post(user, MailKind.FACTOR_CHANGED)
    return redirect("account")


def _removed(request: Request, key: Authenticator) -> None:
    FactorAdapter().require_removable(key)
    flows.remove_authenticator(request, key)
