"""An account's pages in a browser: a password forgotten and chosen anew, another address, sessions."""

import re

import pytest
from django.core import mail
from django.urls import reverse
from django.utils.translation import override

from alliance.accounts import letters
from alliance.people.models import User
from scenarios.people.personas import PASSWORD
from tests.browser.test_journey import left_in_english

NEW = "seven herons over Manila"


def read_mail(visitor):
    """Send the letters and open the link of the last one."""
    letters.send_letters()
    visitor.page.goto(re.findall(r"http://\S+", mail.outbox[-1].body)[0])
    visitor.look()


def walk(visitor):
    with override(visitor.language):
        paths = {
            name: reverse(name).removeprefix(f"/{visitor.language}/")
            for name in ("account_reset_password", "account", "account_change_password", "account_email")
        }
        sessions = reverse("usersessions_list").removeprefix(f"/{visitor.language}/")
    visitor.go(paths["account_reset_password"])
    visitor.fill(email="head@demo.example")
    yield "forgotten"
    visitor.press()
    yield "asked"
    read_mail(visitor)
    visitor.fill(password1="short")
    visitor.press()
    yield "weak"
    visitor.fill(password1=NEW)
    visitor.press()
    visitor.go(paths["account"])
    yield "account"
    visitor.go(paths["account_change_password"])
    visitor.fill(oldpassword="wrong", password1=NEW)
    visitor.press()
    yield "password"
    visitor.go(paths["account_email"])
    yield "address"
    visitor.fill(email="new.head@demo.example", password=NEW)
    visitor.press()
    yield "address asked"
    read_mail(visitor)
    yield "confirm"
    visitor.press()
    read_mail(visitor)
    yield "confirm last"
    visitor.press()
    visitor.go(sessions)
    yield "sessions"
    visitor.context.clear_cookies()
    visitor.go("sign-in/")
    for _ in range(6):
        visitor.fill(username="nobody@demo.example", password="wrong")
        visitor.press("main form.form")
    yield "throttled"


@pytest.mark.parametrize(("language", "width"), [("fr", 390)])
def test_an_account_is_kept_without_help(visitor, language, width, settings):
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    User.objects.filter(email="head@demo.example").update(language=language)
    one = visitor(language, width=width)
    settings.ALLIANCE_ADDRESS = one.address
    one.typed.add("Chrome, Linux")  # names, like those of people
    assert list(walk(one))[-1] == "throttled"
    assert one.violations == []
    assert one.errors == []
    assert left_in_english(one) == {}


def with_authenticator(visitor):
    """Give the browser a device that makes passkeys and always finds its owner."""
    devtools = visitor.context.new_cdp_session(visitor.page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    return devtools, devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def test_a_passkey_is_made_and_opens_the_account_alone(visitor):
    one = visitor("es", width=390)
    devtools, authenticator = with_authenticator(one)
    one.become("donor")
    with override("es"):
        add, home = reverse("mfa_add_webauthn"), reverse("reporting:home")
        account, codes = reverse("account"), reverse("mfa_view_recovery_codes")
    one.page.goto(one.address + add)
    one.look()
    one.fill(password=PASSWORD)
    one.press()
    one.page.reload()  # looking at it asked for the page again, and each has a riddle of its own
    one.fill(name="Mi teléfono")
    with one.page.expect_navigation():
        one.button("main form[data-passkey]").click()
    one.look()
    assert one.page.url.endswith(codes)
    one.go(account.removeprefix("/es/"))
    assert "Mi teléfono" in one.text()
    one.context.clear_cookies()
    one.go("sign-in/")
    with one.page.expect_navigation():
        one.button("main form[data-passkey]").click()
    one.look()
    assert one.page.url.endswith(home)
    # A device that has lost it does not get in.
    one.context.clear_cookies()
    devtools.send("WebAuthn.clearCredentials", {"authenticatorId": authenticator})
    one.go("sign-in/")
    one.button("main form[data-passkey]").click()
    failed = one.page.locator("main [data-passkey-failed]")
    failed.wait_for(state="visible")
    assert one.violations == []
    assert one.errors == []
    assert left_in_english(one) == {}
