"""The second factor: set up, asked for at sign-in and again, its recovery codes, and its end."""

from typing import Any

from allauth.account.views import ReauthenticateView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.base.views import ReauthenticateView as CodeAgainView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.flows import generate_recovery_codes
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.internal.flows import activate_totp, deactivate_totp
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse_lazy
from django.views.decorators.http import require_GET

from alliance.accounts import letters
from alliance.accounts.factors import FactorAdapter, held, must_have
from alliance.accounts.models import MailKind
from alliance.accounts.views.sessions import account
from alliance.people.operations import change_factors

index = require_GET(account)  # where allauth leads afterwards


class Code(AuthenticateView):
    """Give a code after the password."""

    template_name = "accounts/factor_code.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {
            "by_passkey": _has_passkey(self.stage.login.user),
            "options": context["js_data"]["request_options"],
        }


class Again(ReauthenticateView):
    """Give the password again."""

    template_name = "accounts/again.html"


class CodeAgain(CodeAgainView):
    """Give a code again."""

    template_name = "accounts/again.html"


class SetUp(ActivateTOTPView):
    """Set up an authenticator app; recovery codes come with it."""

    template_name = "accounts/factor_set_up.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"is_compulsory": must_have(self.request.user)}

    def form_valid(self, form: Any) -> HttpResponse:
        user = self.request.user
        made: tuple[Any, Any] = change_factors(by=user, user=user, change=lambda: activate_totp(self.request, form))
        letters.post(user, MailKind.FACTOR_CHANGED)
        self.did_generate_recovery_codes = bool(made[1])
        return HttpResponseRedirect(self.get_success_url())


class Remove(DeactivateTOTPView):
    """Remove the app: a passkey is left, or, where the role allows it, the password alone."""

    template_name = "accounts/factor_remove.html"
    success_url = reverse_lazy("account")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"has_passkey": _has_passkey(self.request.user)}

    def form_valid(self, form: Any) -> HttpResponse:
        user = self.request.user
        change_factors(by=user, user=user, change=self._removed)
        letters.post(user, MailKind.FACTOR_CHANGED)
        return HttpResponseRedirect(str(self.success_url))

    def _removed(self) -> None:
        FactorAdapter().require_removable(self.authenticator)
        deactivate_totp(self.request, self.authenticator)


class Codes(ViewRecoveryCodesView):
    """Show the recovery codes that are left."""

    template_name = "accounts/factor_codes.html"


class NewCodes(GenerateRecoveryCodesView):
    """Make new recovery codes; the old ones are void."""

    template_name = "accounts/factor_new_codes.html"

    def form_valid(self, form: Any) -> HttpResponse:
        user = self.request.user
        change_factors(by=user, user=user, change=lambda: generate_recovery_codes(self.request))
        letters.post(user, MailKind.FACTOR_CHANGED)
        return HttpResponseRedirect(str(self.success_url))


def _has_passkey(user: AbstractBaseUser) -> bool:
    return held(user).filter(type=Authenticator.Type.WEBAUTHN).exists()
