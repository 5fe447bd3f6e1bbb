"""Second factors removed for who lost them: by whom, what ends with it, and how the owner begins anew."""

import json
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from alliance.accounts import letters
from alliance.accounts.operations import remove_factors
from alliance.core.errors import NotAllowed, Refused
from alliance.people import checks
from alliance.people.models import User
from alliance.people.operations import end_membership
from alliance.register.models import RegisterEntry
from scenarios.people.personas import PASSWORD
from tests.accounts.factories import begun, invited
from tests.alliance.test_accounts import signs_in, try_to_sign_in
from tests.alliance.test_factors import set_up

pytestmark = pytest.mark.django_db
WHY = "She showed her passport."
COMMAND = "remove_second_factors"


@pytest.fixture(autouse=True)
def mailbox(settings):
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}


def with_app(user):
    """Have the person sign in and set up an app; return the browser that is signed in."""
    client = Client()
    assert signs_in(user.email, client=client)
    set_up(client)
    return client


def has_any(user):
    return Authenticator.objects.filter(user=user).exists()


def page_of(user):
    return reverse("people:person", args=[user.uid])


def form_of(user):
    return reverse("people:factors_remove", args=[user.uid])


def test_head_removes_them_and_the_owner_begins_anew(head, officer, settings):
    client = with_app(officer)
    assert client.get(reverse("account")).status_code == 200
    letters.send_letters()
    mail.outbox.clear()
    remove_factors(by=head, user=officer, why=WHY)
    assert not has_any(officer)
    assert client.get(reverse("account")).status_code == 302  # signed out
    entry = RegisterEntry.objects.get(kind="factors.removed/1")
    assert json.loads(entry.body)["facts"] == {"person": str(officer.uid), "why": WHY}
    assert list(checks.problems()) == []
    letters.send_letters()
    assert [(sent.to, sent.subject) for sent in mail.outbox] == [
        ([officer.email], "Se han quitado sus segundos factores")
    ]
    settings.ALLIANCE_SECOND_FACTOR = ["officer"]
    fresh = Client()
    assert try_to_sign_in(officer.email, PASSWORD, client=fresh).url != reverse("mfa_authenticate")
    assert fresh.get(reverse("reporting:home")).url == reverse("mfa_activate_totp")
    set_up(fresh)  # which asks for the password
    assert fresh.get(reverse("reporting:home")).status_code == 200
    assert list(checks.problems()) == []


@pytest.mark.parametrize("who", ["officer", "finance_officer", "auditor", "agency", "chair"])
def test_others_remove_nobodys(people, donor, who):
    with_app(donor)
    with pytest.raises(NotAllowed):
        remove_factors(by=people[who], user=donor, why=WHY)
    assert has_any(donor)


def test_head_who_was_ended_a_moment_ago_removes_nothing(head, donor):
    with_app(donor)
    second = begun(invited(head, email="second@example.org", slug="secretariat", role="head"))
    by = User.objects.get(pk=second.user_id)
    assert by.has_role("head")
    end_membership(by=head, membership=second)
    with pytest.raises(NotAllowed):
        remove_factors(by=by, user=donor, why=WHY)


def test_nothing_is_removed_of_oneself_without_a_reason_or_where_there_is_none(head, donor):
    with_app(head)
    with pytest.raises(Refused, match="your own"):
        remove_factors(by=head, user=head, why=WHY)
    with pytest.raises(Refused, match="no second factor"):
        remove_factors(by=head, user=donor, why=WHY)
    with_app(donor)
    with pytest.raises(Refused, match="Say why") as refusal:
        remove_factors(by=head, user=donor, why="  ")
    assert (refusal.value.field, has_any(head), has_any(donor)) == ("why", True, True)


def test_account_that_was_changed_past_the_portal_stays_as_it_is(head, officer):
    with_app(officer)
    Authenticator.objects.filter(user=officer, type="totp").update(data={"secret": "of another"})
    with pytest.raises(Refused, match="outside this portal"):
        remove_factors(by=head, user=officer, why=WHY)
    assert [problem.where for problem in checks.problems()] == [f"alliance_user:{officer.pk}.factors"]


def test_button_is_there_for_the_head_where_there_is_something_to_remove(people, head, sign_in):
    officer = people["officer"]
    assert form_of(officer) not in sign_in(head).get(page_of(officer)).content.decode()
    with_app(officer)
    with_app(head)
    assert form_of(officer) in sign_in(head).get(page_of(officer)).content.decode()
    assert form_of(head) not in sign_in(head).get(page_of(head)).content.decode()
    assert form_of(officer) not in sign_in(people["auditor"]).get(page_of(officer)).content.decode()


def test_page_removes_them_with_a_reason(head, officer, sign_in):
    with_app(officer)
    client = sign_in(head)
    key = client.get(form_of(officer)).context["form"]["key"].value()
    assert client.post(form_of(officer), {"key": key, "why": ""}).status_code == 200
    assert has_any(officer)
    assert client.post(form_of(officer), {"key": key, "why": WHY}).url == page_of(officer)
    assert not has_any(officer)


def test_only_head_gets_in_again_by_the_command(head):
    client, said = with_app(head), StringIO()
    call_command(COMMAND, head.email.upper(), stdout=said)
    assert said.getvalue() == f"removed: the second factors of {head.email}, who is signed out everywhere\n"
    assert client.get(reverse("account")).status_code == 302
    assert json.loads(RegisterEntry.objects.get(kind="factors.removed/1").body)["by"] == "system"
    assert signs_in(head.email, client=Client())
    assert list(checks.problems()) == []


@pytest.mark.parametrize(("email", "why"), [("nobody@example.org", "nobody has"), ("head@demo.example", "no second factor")])  # fmt: skip
def test_command_refuses_in_one_line(head, email, why):
    with pytest.raises(CommandError, match=why) as refusal:
        call_command(COMMAND, email)
    assert refusal.value.returncode == 2
    assert "\n" not in str(refusal.value)
