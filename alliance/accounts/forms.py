"""Forms about accounts: allauth's, with our fields and words."""

from typing import Any

from allauth.account import forms as allauth
from allauth.core import context
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from alliance.people.passwords import require_short
from alliance.people.security import note
from alliance.people.words import address_form


class AddressField(forms.EmailField):
    """An e-mail address, however it is capitalised and composed."""

    widget = forms.EmailInput(attrs={"autocomplete": "username"})

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("E-mail address"))
        super().__init__(max_length=254, **kwargs)

    def to_python(self, value: Any) -> str:
        return address_form(super().to_python(value) or "")


class PasswordField(forms.CharField):
    """A password that the person has."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Password"))
        kwargs.setdefault("widget", forms.PasswordInput(attrs={"autocomplete": "current-password"}))
        super().__init__(strip=False, **kwargs)
        self.validators.insert(0, require_short)


class NewPasswordField(PasswordField):
    """A password that the person chooses; `user` is set by the form."""

    user: Any = None

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("New password"),
            widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
            help_text=_("At least 12 letters, figures or signs. Several words that do not belong together are good."),
            **kwargs,
        )

    def clean(self, value: Any) -> Any:
        password = super().clean(value)
        password_validation.validate_password(password, self.user)
        return password


class SignInForm(allauth.LoginForm):
    """Address and password. The address's field keeps the name that password managers know it by."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = AddressField()
        self.fields["password"] = PasswordField()
        self.order_fields(["login", "password"])

    def add_prefix(self, field_name: str) -> str:
        return "username" if field_name == "login" else super().add_prefix(field_name)


class ForgottenPasswordForm(allauth.ResetPasswordForm):
    """The address of whoever forgot a password."""

    email = AddressField()


class NewPasswordForm(allauth.ResetPasswordKeyForm):
    """A new password by a link from a mail."""

    password1 = NewPasswordField()
    password2 = None


class ChangePasswordForm(allauth.ChangePasswordForm):
    """A new password by whoever knows the old one."""

    oldpassword = PasswordField(label=_("Your password now"))
    password1 = NewPasswordField()
    password2 = None


class CodeField(forms.CharField):
    """A code of an authenticator app, or a recovery code."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Code"))
        attrs = {"autocomplete": "one-time-code", "inputmode": "numeric"}
        super().__init__(max_length=20, widget=forms.TextInput(attrs=attrs), **kwargs)


class CodeForm(mfa.AuthenticateForm):
    """A code after the password."""

    code = CodeField(
        help_text=_("The six figures that your authenticator app shows now, or one of your recovery codes.")
    )

    def _emit_authentication_failed(self, authenticator: Any) -> None:
        note("second_factor_failed", context.request, user=self.user, why="the code is not right")


class CodeAgainForm(mfa.ReauthenticateForm):
    """A code once more."""

    code = CodeField(
        help_text=_("The six figures that your authenticator app shows now, or one of your recovery codes.")
    )


class PasswordAgainForm(allauth.ReauthenticateForm):
    """The password once more."""

    password = PasswordField(label=_("Your password"))


class SetUpForm(ActivateTOTPForm):
    """The first code of an authenticator app: it proves that the app has the secret."""

    code = CodeField(help_text=_("The six figures that your authenticator app shows now."))


class PasskeyForm(AddWebAuthnForm):
    """A passkey: what the device made, and the name by which its owner knows it."""

    name = forms.CharField(label=_("Name"), help_text=_("By which you know the device."), max_length=60)
    passwordless = forms.BooleanField(widget=forms.HiddenInput, initial=True)


class ChangeAddressForm(forms.Form):
    """Another address, and the password, so that nobody does this at a desk left open."""

    email = AddressField(label=_("New e-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    password = PasswordField(label=_("Your password"))
