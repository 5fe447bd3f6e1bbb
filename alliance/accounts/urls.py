"""Addresses of accounts; names that begin with `account_` and `usersessions_` are those that allauth asks for."""

from django.urls import path, re_path

from alliance.accounts.views import addresses, factors, passkeys, passwords, sessions, signing

urlpatterns = [
    path("sign-in/", signing.SignIn.as_view(), name="account_login"),
    path("sign-in/code/", factors.Code.as_view(), name="mfa_authenticate"),
    path("sign-in/passkey/", passkeys.SignIn.as_view(), name="mfa_login_webauthn"),
    path("sign-out/", signing.sign_out, name="account_logout"),
    path("password/", passwords.Forgotten.as_view(), name="account_reset_password"),
    path("password/asked/", passwords.asked, name="account_reset_password_done"),
    re_path(
        r"^password/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        passwords.NewPassword.as_view(),
        name="account_reset_password_from_key",
    ),
    path("account/", sessions.account, name="account"),
    path("account/password/", passwords.ChangePassword.as_view(), name="account_change_password"),
    path("account/address/", addresses.ask, name="account_email"),
    path("address/<str:link>/", addresses.confirm, name="account_confirm_email"),
    path("account/again/", factors.Again.as_view(), name="account_reauthenticate"),
    path("account/again/code/", factors.CodeAgain.as_view(), name="mfa_reauthenticate"),
    path("account/again/passkey/", passkeys.Again.as_view(), name="mfa_reauthenticate_webauthn"),
    path("account/passkeys/new/", passkeys.Add.as_view(), name="mfa_add_webauthn"),
    path("account/passkeys/remove/", passkeys.remove, name="passkey_remove"),
    path("account/second-factor/", factors.index, name="mfa_index"),
    path("account/second-factor/app/", factors.SetUp.as_view(), name="mfa_activate_totp"),
    path("account/second-factor/app/remove/", factors.Remove.as_view(), name="mfa_deactivate_totp"),
    path("account/second-factor/codes/", factors.Codes.as_view(), name="mfa_view_recovery_codes"),
    path("account/second-factor/codes/new/", factors.NewCodes.as_view(), name="mfa_generate_recovery_codes"),
    path("account/sessions/", sessions.sessions, name="usersessions_list"),
    path("account/sessions/end/", sessions.end_sessions, name="usersessions_end"),
]
