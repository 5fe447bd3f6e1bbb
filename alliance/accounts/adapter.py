"""What allauth does in our way: who may sign in, what is counted and noted, and the words that people read."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.httpkit import get_client_ip
from allauth.core.internal.ratelimit import RateLimitUsage
from django.contrib import messages
from django.contrib.auth.hashers import get_hasher, identify_hasher
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alliance.accounts import attempts, letters
from alliance.accounts.models import MailKind
from alliance.core.errors import NotAllowed
from alliance.people.models import User
from alliance.people.operations import change_password
from alliance.people.security import note

CLOSED = _("This account is closed. Ask the secretariat if you expected one.")
NOT_RIGHT = "the address or the password is not right"
# What a page says after allauth has done something; of all else it says nothing.
SAID = {
    "account/messages/password_changed.txt": _("Your password was changed."),
    "mfa/messages/totp_activated.txt": _("Your authenticator app is set up."),
    "mfa/messages/totp_deactivated.txt": _("Your authenticator app was removed."),
    "mfa/messages/webauthn_added.txt": _("Your passkey is made."),
    "mfa/messages/webauthn_removed.txt": _("The passkey was removed."),
}
TOO_MANY = _("Too many codes were wrong. Wait five minutes and try again.")


class AccountAdapter(DefaultAccountAdapter):
    """The portal's answers to what allauth asks."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("The e-mail address or the password is not right."),
        "enter_current_password": _("This is not your password."),
        "incorrect_password": _("This is not your password."),
        "too_many_login_attempts": TOO_MANY,
        "rate_limited": TOO_MANY,
        "invalid_password_reset": _("This link is no longer good."),
    }

    # Signing in

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Return who the address and password belong to; nobody for a closed account, as for a wrong password."""
        user = super().authenticate(request, **credentials)
        if isinstance(user, User) and not user.is_active:
            note("sign_in_failed", request, user=user, why="the account is closed")
            return None
        if isinstance(user, User) and is_outdated(user.password):
            _hash_anew(request, user, credentials["password"])
        return user

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            self.spent: list[RateLimitUsage] = attempts.spend(request, _email(credentials))
        except attempts.TooManyAttempts:
            note("sign_in_throttled", request, user=_owner(credentials), why="too many attempts")
            raise

    def _rollback_login_failed_rl_usage(self) -> None:
        attempts.give_back(self.spent)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        note("sign_in_failed", request, user=_owner(credentials), why=NOT_RIGHT)

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        attempts.forgive(request, _email(credentials))

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **how: Any) -> HttpResponse:
        response = super().post_login(request, user, **how)
        if isinstance(user, User):
            attempts.remember(request, response, user)
            note("signed_in", request, user=user)
        return response

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        messages.error(request, str(CLOSED))
        return redirect("account_login")

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody registers themselves: accounts are made by invitation."""
        return False

    # Passwords

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Give a person a new password by the operation for it, and tell them by mail."""
        assert isinstance(user, User)
        change_password(by=user, user=user, password=password, held=user.password)
        letters.post(user, MailKind.PASSWORD_CHANGED)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Ask for a second factor where there is one, else for the password."""
        words = {
            "reauthenticate": _("Use your password"),
            "mfa_reauthenticate": _("Use a code"),
            "mfa_reauthenticate:webauthn": _("Use a passkey"),
        }
        methods = {method["id"]: method for method in super().get_reauthentication_methods(user)}
        if len(methods) > 1:
            methods.pop("reauthenticate", None)
        return [method | {"description": words[name]} for name, method in methods.items()]

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account")

    def send_password_reset_mail(self, user: AbstractBaseUser, email: str, context: dict[str, Any]) -> None:
        assert isinstance(user, User)
        letters.post(user, MailKind.NEW_PASSWORD)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Refuse every other mail of allauth's: its words are not ours."""
        raise LookupError(f"nobody has written {template_prefix}")

    # Words and answers

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        if text := kwargs.get("message") or SAID.get(message_template or ""):
            messages.add_message(request, level, str(text))

    def is_ajax(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the client's address: the machine's own behind a socket, which has none."""
        return get_client_ip(request) or "127.0.0.1"


def is_outdated(encoded: str) -> bool:
    """Say whether a password is to be hashed anew: by a better way, or with more work."""
    best, used = get_hasher(), identify_hasher(encoded)
    return best.algorithm != used.algorithm or best.must_update(encoded)


def _hash_anew(request: HttpRequest, user: User, password: str) -> None:
    try:
        change_password(by=user, user=user, password=password, held=user.password)
    except NotAllowed as refusal:  # nobody is signed in yet: the log is to say whose account it is
        note("sign_in_failed", request, user=user, why=str(refusal))
        raise


def _email(credentials: dict[str, Any]) -> str:
    return str(credentials.get("email", "")).lower()


def _owner(credentials: dict[str, Any]) -> User | None:
    return User.objects.filter(email=_email(credentials)).first()
