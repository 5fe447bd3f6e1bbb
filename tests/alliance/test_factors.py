"""Second factors: set up, asked for at sign-in and before acts that weigh, compulsory by role, watched by the register."""

import re
import time
from uuid import UUID

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import resolve, reverse

from alliance.accounts import letters
from alliance.accounts.factors import FactorAdapter, has
from alliance.accounts.models import MailKind
from alliance.accounts.views import factors, passkeys
from alliance.people import checks
from alliance.people.models import SecurityEvent, User
from alliance.people.operations import change_address, change_factors
from alliance.register.models import RegisterEntry
from governance.models import Ballot
from scenarios.people.factors import set_factors
from scenarios.people.personas import PASSWORD
from tests.alliance.test_accounts import SAME, signs_in, spoken, try_to_sign_in
from tests.governance.factories import opened
from tests.governance.test_pages import send_ballot, url_of

ROLES = ["committee", "head"]


@pytest.fixture(autouse=True)
def mailbox(settings):
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}


def code_of(secret, steps=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def again(client, answer, **given):
    """Give what the page asks for once more, as its form does."""
    assert answer.status_code == 302
    path, _, _query = answer.url.partition("?")
    following = re.search(r"next=([^&]+)", answer.url)[1]
    with_next = {"next": following.replace("%2F", "/")}
    return client.post(path, {**given, **with_next})


def set_up(client):
    """Set up an authenticator app, the password given again; return its secret."""
    address = reverse("mfa_activate_totp")
    page = again(client, client.get(address), password=PASSWORD)
    assert page.url == address
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", client.get(address).content.decode())[1]
    assert client.post(address, {"code": code_of(secret)}).url == reverse("mfa_view_recovery_codes")
    return secret


@pytest.fixture
def secret(head):
    client = Client()
    assert signs_in(head.email, client=client)
    return set_up(client)


def half_signed_in(user):
    client = Client()
    answer = try_to_sign_in(user.email, PASSWORD, client=client)
    assert answer.url == reverse("mfa_authenticate")
    return client


def gives(client, code):
    return client.post(reverse("mfa_authenticate"), {"code": code})


# At sign-in


def test_the_password_alone_opens_nothing_once_there_is_an_app(head, secret):
    client = half_signed_in(head)
    assert client.get(reverse("account")).status_code == 302
    assert gives(client, "000000").status_code == 200
    assert client.get(reverse("account")).status_code == 302
    event = SecurityEvent.objects.get(kind="second_factor_failed")
    assert (event.user, event.why) == (head, "the code is not right")
    assert gives(client, code_of(secret, 1)).url == reverse("reporting:home")
    assert client.get(reverse("account")).status_code == 200


def test_a_code_is_good_once(head, secret):
    code = code_of(secret, 1)
    assert gives(half_signed_in(head), code).status_code == 302
    assert "not right" in gives(half_signed_in(head), code).content.decode()


def test_a_recovery_code_is_good_once(head, secret):
    held = Authenticator.objects.get(user=head, type="recovery_codes").wrap().get_unused_codes()
    assert len(held) == 10
    assert gives(half_signed_in(head), held[0]).status_code == 302
    assert "not right" in gives(half_signed_in(head), held[0]).content.decode()
    assert list(checks.problems()) == []  # using one changes nothing of record


def test_codes_cannot_be_guessed_for_ever(head, secret):
    client = half_signed_in(head)
    answers = [gives(client, f"{n:06}").content.decode() for n in range(6)]
    assert "Too many codes were wrong" in answers[-1]
    assert "Too many codes were wrong" in gives(half_signed_in(head), code_of(secret, 1)).content.decode()


def test_without_a_password_there_is_no_page_for_a_code(db):
    assert Client().get(reverse("mfa_authenticate")).url == reverse("account_login")


# Set up and removed


def test_setting_up_asks_for_the_password_and_is_an_act_with_a_letter(head):
    client = Client()
    assert signs_in(head.email, client=client)
    refused = again(client, client.get(reverse("mfa_activate_totp")), password="wrong")
    assert "This is not your password." in refused.content.decode()
    before = RegisterEntry.objects.count()
    secret = set_up(client)
    assert RegisterEntry.objects.count() == before + 1
    assert secret not in RegisterEntry.objects.order_by("-n").first().body
    letters.send_letters()
    assert mail.outbox[-1].subject == "Your second factor was changed"
    assert len(re.findall(r"<code>\d{8}</code>", client.get(reverse("mfa_view_recovery_codes")).content.decode())) == 10


def test_a_wrong_first_code_sets_up_nothing(head):
    client = Client()
    assert signs_in(head.email, client=client)
    again(client, client.get(reverse("mfa_activate_totp")), password=PASSWORD)
    client.get(reverse("mfa_activate_totp"))
    assert "not right" in client.post(reverse("mfa_activate_totp"), {"code": "000000"}).content.decode()
    assert not has(head)


def test_secrets_are_locked_in_the_database(head, secret):
    kept = Authenticator.objects.get(user=head, type="totp").data["secret"]
    assert secret not in kept
    assert FactorAdapter().decrypt(kept) == secret


def signed_in_with_code(head, secret):
    client = half_signed_in(head)
    gives(client, code_of(secret, 1))
    return client


def test_an_app_is_removed_by_a_code_and_takes_its_recovery_codes_along(head, secret):
    client = signed_in_with_code(head, secret)
    held = Authenticator.objects.get(user=head, type="recovery_codes").wrap().get_unused_codes()
    address = reverse("mfa_deactivate_totp")
    again(client, client.get(address), code=held[0])
    assert client.post(address).url == reverse("account")
    assert not Authenticator.objects.filter(user=head).exists()
    assert signs_in(head.email)
    assert list(checks.problems()) == []


def test_new_recovery_codes_make_the_old_ones_void(head, secret):
    client = signed_in_with_code(head, secret)
    held = Authenticator.objects.get(user=head, type="recovery_codes").wrap().get_unused_codes()
    address = reverse("mfa_generate_recovery_codes")
    again(client, client.get(address), code=held[0])
    assert client.post(address).url == reverse("mfa_view_recovery_codes")
    assert "not right" in gives(half_signed_in(head), held[1]).content.decode()
    assert list(checks.problems()) == []


# Compulsory


def test_whoever_must_have_one_sets_it_up_before_anything_else(head, donor, settings):
    settings.ALLIANCE_SECOND_FACTOR = ROLES
    client, other = Client(), Client()
    assert signs_in(head.email, client=client)
    assert signs_in(donor.email, client=other)
    assert client.get(reverse("reporting:home")).url == reverse("mfa_activate_totp")
    assert client.get(reverse("reporting:public_home")).status_code == 200
    assert client.get(reverse("account")).status_code == 200
    assert other.get(reverse("reporting:home")).status_code == 200
    set_up(client)
    assert client.get(reverse("reporting:home")).status_code == 200


def test_a_compulsory_one_is_not_removed(head, secret, settings):
    settings.ALLIANCE_SECOND_FACTOR = ROLES
    client = signed_in_with_code(head, secret)
    held = Authenticator.objects.get(user=head, type="recovery_codes").wrap().get_unused_codes()
    address = reverse("mfa_deactivate_totp")
    again(client, client.get(address), code=held[0])
    assert "cannot be removed" in client.get(address).content.decode()
    client.post(address)
    assert has(head)


def test_a_real_portal_asks_for_them_and_a_demonstration_does_not(settings):
    assert settings.ALLIANCE_SCENARIOS
    assert settings.ALLIANCE_SECOND_FACTOR == []
    assert settings.ALLIANCE_ASK_AGAIN_MINUTES == 0


def test_the_demonstration_gives_factors_and_takes_them_away(people):
    secrets = set_factors(asked=True)
    assert people["head"].email in secrets
    assert people["donor"].email not in secrets
    assert gives(half_signed_in(people["head"]), code_of(secrets[people["head"].email])).status_code == 302
    assert list(checks.problems()) == []
    assert set_factors(asked=False) == {}
    assert signs_in(people["head"].email)


def test_the_demonstration_goes_on_without_whom_a_visitor_gave_another_address(people, caplog):
    change_address(by=people["head"], user=people["head"], email="moved@demo.example")
    secrets = set_factors(asked=True)
    assert {"head@demo.example", "moved@demo.example"} & set(secrets) == set()
    assert people["auditor"].email in secrets
    assert "head@demo.example" in caplog.text


# Asked again


def long_ago(client):
    session = client.session
    session["account_authentication_methods"] = [
        {**record, "at": record["at"] - 3600} for record in session["account_authentication_methods"]
    ]
    session.save()


def test_a_vote_is_held_up_until_the_member_says_who_they_are_and_then_cast_as_typed(member, settings):
    settings.ALLIANCE_ASK_AGAIN_MINUTES = 15
    decision, client = opened(), Client()
    assert signs_in(member.email, client=client)
    long_ago(client)
    answer = send_ballot(client, decision, "object", reasons="Too dear for what it gives.")
    assert answer.url.startswith(reverse("account_reauthenticate"))
    assert not Ballot.objects.exists()
    assert "This is not your password." in again(client, answer, password="wrong").content.decode()
    assert again(client, answer, password=PASSWORD).status_code == 302
    assert Ballot.objects.get().choice == "object"


def test_nobody_is_asked_again_soon_after_signing_in(member, settings):
    settings.ALLIANCE_ASK_AGAIN_MINUTES = 15
    decision, client = opened(), Client()
    assert signs_in(member.email, client=client)
    send_ballot(client, decision)
    assert Ballot.objects.exists()


def test_a_session_that_never_gave_a_password_is_asked(sign_in, member, settings):
    settings.ALLIANCE_ASK_AGAIN_MINUTES = 15
    decision = opened()
    client = sign_in(member)
    assert client.post(url_of(decision), {"choice": "approve"}).url.startswith(reverse("account_reauthenticate"))


@pytest.mark.parametrize(
    "path",
    [
        "/en/funds/payments/PAY-2008-0001/authorise/", "/en/funds/payments/PAY-2008-0001/pay/",
        "/en/funds/vouchers/VOU-2008-0001/authorise/", "/en/contracts/CON-2008-0001/sign/",
        "/en/proposals/waiting/DEC-2008-001/fund/", "/en/committee/decisions/DEC-2008-001/",
        f"/en/people/{UUID(int=0)}/factors/remove/",
    ],
)  # fmt: skip
def test_acts_that_weigh_are_asked_again(sign_in, head, settings, path):
    settings.ALLIANCE_ASK_AGAIN_MINUTES = 15
    assert resolve(path)
    assert sign_in(head).post(path).url.startswith(reverse("account_reauthenticate"))


# What the register knows


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM mfa_authenticator WHERE user_id = %s",
        "UPDATE mfa_authenticator SET data = '{{\"secret\": \"of another\"}}' WHERE type = 'totp' AND user_id = %s",
        """UPDATE mfa_authenticator SET data = data || '{{"migrated_codes": []}}' WHERE type = 'recovery_codes' AND user_id = %s""",
    ],
)
def test_a_factor_changed_past_the_portal_is_found(head, secret, change):
    assert list(checks.problems()) == []
    with connection.cursor() as cursor:
        cursor.execute(change.replace("{{", "{").replace("}}", "}"), [head.pk])
    assert [problem.where for problem in checks.problems()] == [f"alliance_user:{head.pk}.factors"]


def test_a_factor_slipped_in_for_somebody_who_had_none_is_found(donor):
    Authenticator.objects.create(user=donor, type="totp", data={"secret": FactorAdapter().encrypt("A" * 32)})
    assert [problem.where for problem in checks.problems()] == [f"alliance_user:{donor.pk}.factors"]


@pytest.mark.parametrize("what", ["password", "factors"])
def test_whoever_took_an_account_over_in_the_database_sets_up_no_factor(head, secret, what):
    """An act of theirs would become what the register heard last, and `verify` would end clean."""
    Authenticator.objects.filter(user=head).delete()
    if what == "password":
        User.objects.filter(pk=head.pk).update(password=make_password("planted words"))
    client, password = Client(), "planted words" if what == "password" else PASSWORD
    assert signs_in(head.email, password, client=client)
    address = reverse("mfa_activate_totp")
    again(client, client.get(address), password=password)
    planted = re.search(r"<code>([A-Z2-7]{32})</code>", client.get(address).content.decode())[1]
    answer = client.post(address, {"code": code_of(planted)})
    assert answer.status_code == 403
    assert "write to the secretariat" in answer.content.decode()
    assert not has(head)
    assert f"alliance_user:{head.pk}.{what}" in [problem.where for problem in checks.problems()]
    assert SecurityEvent.objects.filter(kind="not_allowed", user=head).count() == 1


# Passkeys beside the app


def give_passkey(user):
    return Authenticator.objects.create(user=user, type="webauthn", data={"name": "Telephone", "credential": {}})


@pytest.mark.parametrize(
    ("with_passkey", "words"),
    [(True, "a passkey is your second factor. The recovery codes stay valid"), (False, "your password alone opens")],
)
def test_the_page_says_what_is_left_without_the_app(head, secret, settings, with_passkey, words):
    settings.ALLIANCE_SECOND_FACTOR = []
    client, address = signed_in_with_code(head, secret), reverse("mfa_deactivate_totp")
    if with_passkey:
        give_passkey(head)
    held = Authenticator.objects.get(user=head, type="recovery_codes").wrap().get_unused_codes()
    if (page := client.get(address)).status_code == 302:
        again(client, page, code=held[0])
        page = client.get(address)
    assert words in page.content.decode()


@pytest.mark.parametrize("removed", ["app", "passkey"])
def test_two_removals_at_once_leave_one_factor_to_whoever_must_have_one(head, secret, settings, monkeypatch, removed):
    """Both pages were allowed while the other factor was there: the second is asked again under the lock."""
    settings.ALLIANCE_SECOND_FACTOR = ROLES
    passkey = change_factors(by=head, user=head, change=lambda: give_passkey(head))
    app = Authenticator.objects.get(user=head, type="totp")
    other = passkey if removed == "app" else app
    client, address = signed_in_with_code(head, secret), reverse("mfa_deactivate_totp")
    held = Authenticator.objects.get(user=head, type="recovery_codes").wrap().get_unused_codes()
    again(client, client.get(address), code=held[0])

    def after_the_other(**asked):
        change_factors(by=head, user=head, change=other.delete)
        return change_factors(**asked)

    for views in (factors, passkeys):
        monkeypatch.setattr(views, "change_factors", after_the_other)
    if removed == "app":
        answer = client.post(address)
    else:
        answer = client.post(reverse("passkey_remove"), {"passkey": passkey.pk})
    assert answer.status_code == 403
    assert "it cannot be removed" in answer.content.decode()
    assert has(head)


def test_the_letter_about_factors_speaks_of_passkeys_too(head):
    letters.post(head, MailKind.FACTOR_CHANGED)
    letters.send_letters()
    assert "An authenticator app or a passkey was added or removed" in mail.outbox[0].body


# Words


@pytest.mark.parametrize("language", ["fr", "es"])
@pytest.mark.parametrize("name", ["mfa_activate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_reauthenticate"])  # fmt: skip
def test_no_page_of_factors_has_an_english_text_in_another_language(head, secret, language, name):
    client = signed_in_with_code(head, secret)
    held = Authenticator.objects.get(user=head, type="recovery_codes").wrap().get_unused_codes()
    if name == "mfa_activate_totp":
        Authenticator.objects.filter(user=head).delete()
        again(client, client.get(reverse(name)), password=PASSWORD)
    elif name != "mfa_reauthenticate":
        again(client, client.get(reverse("mfa_generate_recovery_codes")), code=held[0])
    shared = spoken(client, language, name) & spoken(client, "en", name)
    assert {text for text in shared if " " in text and not SAME.search(text)} == set()
