"""Pages of people and invitations, used as people use them."""

import itertools
import re
from datetime import timedelta
from smtplib import SMTPDataError

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from alliance.accounts.invitation_mail import address_of, is_due, mail_due, path_of
from alliance.core import clock
from alliance.people.models import Invitation, Membership, Organisation, Role, User
from alliance.people.operations import end_membership, give_role, send_again, withdraw_invitation
from tests.accounts.factories import PASSWORD, begun, invited, organisation, past_its_end

LOCMEM = "django.core.mail.backends.locmem.EmailBackend"
pytestmark = pytest.mark.django_db
BEGIN = {"name": "Ana Costa", "language": "fr", "password": PASSWORD, "again": PASSWORD}


def text_of(answer):
    return " ".join(answer.content.decode().split())


def path_in(message):
    """Return the path in a mail that leads to the acceptance."""
    return re.search(r"^\S*(/\w\w/invitation/\S+)$", message.body, flags=re.M)[1]


def test_head_invites_and_the_mail_leads_to_an_account(sign_in, head, client):
    values = {"key": "a", "email": "Ana@Example.org", "organisation": organisation().pk, "role": "partner_drafter", "language": "fr"}  # fmt: skip
    page = text_of(sign_in(head).post(reverse("people:invite"), values, follow=True))
    assert "ana@example.org" in page
    assert "about to go" in page
    assert mail_due() == 1
    (message,) = mail.outbox
    assert message.to == ["ana@example.org"]
    assert "Sofia Marchetti vous invite" in message.body
    guest = Client()
    assert "Ouvrez votre compte" in text_of(guest.get(path_in(message)))
    answer = guest.post(path_in(message), BEGIN)
    assert (answer.status_code, answer.url) == (302, reverse("reporting:home"))
    person = User.objects.get(email="ana@example.org")
    home = guest.get(answer.url).wsgi_request
    assert (home.user, home.acting.role) == (person, "partner_drafter")
    assert (mail_due(), person.language) == (0, "fr")


def test_who_signs_for_a_partner_invites_and_ends_on_the_page_of_its_organisation(sign_in, agency, stranger):
    client = sign_in(agency)
    assert client.get(reverse("people:ours")).url == (page := reverse("people:people_of", args=["iom"]))
    values = {"key": "a", "email": stranger.email, "role": "partner_drafter", "language": "en"}
    assert stranger.email in text_of(client.post(reverse("people:people_of_invite", args=["iom"]), values, follow=True))
    guest = sign_in(stranger)
    address = address_of(Invitation.objects.get())
    assert "Accept the role" in text_of(guest.get(address))
    assert guest.post(address).status_code == 302
    membership = stranger.memberships.get()
    client = sign_in(agency)
    assert stranger.name in text_of(client.get(page))
    end = reverse("people:role_end", args=[stranger.uid, membership.pk])
    assert client.post(end, {"key": "b", "when": "at_once", "last_day": ""}).url == page
    assert User.objects.get(pk=stranger.pk).roles == frozenset()


def test_head_gives_and_ends_a_role_on_the_page_of_a_person(sign_in, head, stranger):
    client, page = sign_in(head), reverse("people:person", args=[stranger.uid])
    values = {"key": "a", "organisation": organisation().pk, "role": "reviewer", "starts_on": clock.today()}
    assert client.post(reverse("people:role_new", args=[stranger.uid]), values).url == page
    membership = stranger.memberships.get()
    end = reverse("people:role_end", args=[stranger.uid, membership.pk])
    assert "Say which day" in text_of(client.post(end, {"key": "b", "when": "on_a_day", "last_day": ""}))
    assert client.post(end, {"key": "b", "when": "on_a_day", "last_day": clock.today()}).url == page
    membership.refresh_from_db()
    assert (membership.ends_on, membership.ended_at) == (clock.today(), None)
    assert "End the role" in text_of(client.get(page))
    client.post(end, {"key": "c", "when": "at_once", "last_day": ""})
    assert "(at once)" in text_of(client.get(page))


def test_last_head_is_told_why_on_the_page(sign_in, head):
    end = reverse("people:role_end", args=[head.uid, head.memberships.get().pk])
    assert "the last head" in text_of(sign_in(head).post(end, {"key": "a", "when": "at_once", "last_day": ""}))


def test_list_is_narrowed_by_name_address_and_role(sign_in, head, stranger):
    client, page = sign_in(head), reverse("people:people")

    def listed(**narrowed):
        return {person.email for person in client.get(page, narrowed).context["page"]}

    assert listed(q="marchetti") == listed(role="head") == {head.email}
    assert listed(q="SOFIA demo.example") == {head.email}
    assert listed(role="none") == {stranger.email}
    assert listed(role="nonsense") == set(User.objects.values_list("email", flat=True))
    assert listed(q="nobody") == set()


def test_officer_enters_an_organisation_and_confirms_it(sign_in, officer):
    client = sign_in(officer)
    values = {
        "key": "a",
        "name_en": "New League",
        "slug": "New-League",
        "kind": "other",
        "country": "GH",
        "iati_id": "",
    }
    page = text_of(client.post(reverse("people:organisation_new"), values, follow=True))
    made = Organisation.objects.get(slug="new-league")
    assert made.confirmed_at is None
    assert page.index("New League") < page.index("International Labour")  # what is to be confirmed comes first
    client.post(reverse("people:organisation_confirm", args=["new-league"]), {"key": "b"})
    made.refresh_from_db()
    assert made.confirmed_at


BAD_ORGANISATIONS = [
    ({"slug": "iom"}, "slug"), ({"slug": "no blanks"}, "slug"), ({"name_en": ""}, "name_en"), ({"name_en": "A" * 300}, "name_en"),
    ({"kind": "nation"}, "kind"), ({"country": "XX"}, "country"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "field"), BAD_ORGANISATIONS)
def test_bad_organisation_is_told_at_its_field(sign_in, officer, changes, field):
    values = {"key": "a", "name_en": "New League", "slug": "new-league", "kind": "other", "country": ""} | changes
    answer = sign_in(officer).post(reverse("people:organisation_new"), values)
    assert list(answer.context["form"].errors) == [field]


BAD_INVITATIONS = [
    ({"email": "no address"}, "email"), ({"email": ""}, "email"), ({"role": "king"}, "role"), ({"role": ""}, "role"),
    ({"language": "tlh"}, "language"), ({"organisation": ""}, "organisation"), ({"organisation": "999999"}, "organisation"),
    ({"email": "head@demo.example", "role": "head", "organisation": "secretariat"}, "email"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "field"), BAD_INVITATIONS)
def test_bad_invitation_is_told_at_its_field(sign_in, head, changes, field):
    values = {
        "key": "a",
        "email": "ana@example.org",
        "organisation": "iom",
        "role": "reviewer",
        "language": "en",
    } | changes
    named = Organisation.objects.filter(slug=values["organisation"]).values_list("pk", flat=True)
    answer = sign_in(head).post(
        reverse("people:invite"), values | {"organisation": named.first() or values["organisation"]}
    )
    assert (list(answer.context["form"].errors), Invitation.objects.count()) == ([field], 0)


def test_organisation_that_is_not_confirmed_is_offered_to_nobody(sign_in, head):
    Organisation.objects.filter(slug="iom").update(confirmed_at=None)
    client = sign_in(head)
    assert "International Organization for Migration" not in text_of(client.get(reverse("people:invite")))
    page = text_of(client.get(reverse("people:people_of", args=["iom"])))
    assert "Not confirmed yet" in page
    assert "Invite somebody" not in page
    values = {"key": "a", "email": "ana@example.org", "role": "partner_drafter", "language": "en"}
    assert "is not confirmed" in text_of(client.post(reverse("people:people_of_invite", args=["iom"]), values))


# The address that was mailed

BAD_BEGINNINGS = [
    ({"name": "A" * 300}, "name"), ({"name": "Ana \u202eatsoC"}, "name"), ({"name": "\u0007"}, "name"), ({"name": ""}, "name"),
    ({"password": "short", "again": "short"}, "password"), ({"password": "ana@example.org", "again": "ana@example.org"}, "password"),
    ({"password": "x" * 1025, "again": "x" * 1025}, "password"), ({"again": "another sentence"}, "again"),
    ({"language": "tlh"}, "language"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "field"), BAD_BEGINNINGS)
def test_bad_beginning_is_told_at_its_field(head, client, changes, field):
    answer = client.post(address_of(invited(head)), BEGIN | changes)
    assert list(answer.context["form"].errors) == [field]
    assert not User.objects.filter(email="ana@example.org").exists()


def test_password_over_a_kilobyte_is_asked_nothing_more(head, client, monkeypatch):
    monkeypatch.setattr("alliance.accounts.people_forms.validate_password", lambda *_, **__: pytest.fail("looked at"))
    answer = client.post(address_of(invited(head)), BEGIN | {"password": "x" * 100_000, "again": "x" * 100_000})
    assert "too long" in text_of(answer)


def test_who_has_an_account_is_sent_to_sign_in_and_comes_back(head, stranger, client):
    address = path_of(invited(head, email=stranger.email))
    assert f"?next={address}" in text_of(client.get(address))
    assert client.post(address, BEGIN).status_code == 200
    assert not Membership.objects.filter(user=stranger).exists()


def test_another_person_is_told_nothing_of_the_invitation(head, stranger, sign_in):
    address = address_of(invited(head))
    for answer in (sign_in(stranger).get(address), sign_in(stranger).post(address, BEGIN)):
        page = text_of(answer)
        assert (answer.status_code, "for another address" in page) == (403, True)
        assert "ana@example.org" not in page
        assert "International Organization for Migration" not in page
    assert not User.objects.filter(email="ana@example.org").exists()


def test_address_of_no_open_invitation_says_why(head, client):
    used, withdrawn, old, again = (invited(head, email=f"{n}@example.org") for n in range(4))
    first = address_of(again)
    (
        begun(used),
        withdraw_invitation(by=head, invitation=withdrawn),
        past_its_end(old),
        send_again(by=head, invitation=again),
    )
    found = {(client.get(a).status_code, client.post(a, BEGIN).status_code) for a in map(address_of, (used, withdrawn))}
    assert found == {(410, 410)}
    for address, status, why in (
        (address_of(used), 410, "accepted already"), (address_of(withdrawn), 410, "was withdrawn"),
        (first, 404, "belongs to no invitation"), (reverse("people:accept", args=["none"]), 404, "belongs to no invitation"),
    ):  # fmt: skip
        answer = client.get(address)
        assert (answer.status_code, why in text_of(answer)) == (status, True)


def test_expired_address_says_so_and_takes_nothing(head, client, monkeypatch):
    address = address_of(invited(head))
    later = timezone.now() + timedelta(days=15)
    monkeypatch.setattr("alliance.people.operations.accepting.timezone.now", lambda: later)
    answer = client.post(address, BEGIN)
    assert (answer.status_code, "has ended" in text_of(answer)) == (410, True)
    assert not User.objects.filter(email="ana@example.org").exists()


def test_page_of_the_address_is_kept_nowhere(head, client):
    assert "no-store" in client.get(address_of(invited(head)))["Cache-Control"]


def test_role_that_cannot_be_taken_up_says_why_on_the_page(head, stranger, sign_in):
    address = address_of(invited(head, email=stranger.email, role="reviewer"))
    give_role(by=head, user=stranger, organisation=organisation(), role="reviewer", starts_on=clock.today())
    assert "holds this role already" in text_of(sign_in(stranger).post(address))


# The mail


def refused(self, messages):
    raise SMTPDataError(451, b"not now")


def away(self, messages):
    raise TimeoutError


def test_a_server_that_is_away_is_asked_once_and_nothing_is_counted(head, monkeypatch):
    asked = []
    invited(head)
    invited(head, email="bo@example.org")
    monkeypatch.setattr(f"{LOCMEM}.send_messages", lambda *given: asked.append(1) or away(*given))
    assert (mail_due(), len(asked)) == (0, 1)
    assert list(Invitation.objects.values_list("mail_tries", flat=True)) == [0, 0]


def test_a_run_mails_no_more_than_a_batch(head, monkeypatch):
    monkeypatch.setattr("alliance.accounts.invitation_mail.BATCH", 2)
    for name in ("ana", "bo", "cy"):
        invited(head, email=f"{name}@example.org")
    assert [mail_due(), mail_due()] == [2, 1]


def test_a_worker_that_is_told_to_stop_keeps_its_invitations(head, monkeypatch):
    def told_to_stop(self, messages):
        raise SoftTimeLimitExceeded

    invitation = invited(head)
    monkeypatch.setattr(f"{LOCMEM}.send_messages", told_to_stop)
    with pytest.raises(SoftTimeLimitExceeded):
        mail_due()
    invitation.refresh_from_db()
    assert invitation.mail_tries == 0


def test_mail_that_does_not_go_is_tried_until_it_does(head, monkeypatch, sign_in):
    invitation = invited(head)
    with monkeypatch.context() as patch:
        patch.setattr(f"{LOCMEM}.send_messages", refused)
        assert [mail_due(), mail_due()] == [0, 0]  # the second does not try again so soon
    invitation.refresh_from_db()
    assert (invitation.mail_tries, invitation.mailed_at) == (1, None)
    assert "it is tried again" in text_of(sign_in(head).get(reverse("people:invitations")))
    assert not is_due(invitation, invitation.sent_at)
    Invitation.objects.update(mail_tries=0)
    assert (mail_due(), mail_due(), len(mail.outbox)) == (1, 0, 1)


def test_mail_is_tried_often_at_first_and_every_few_hours_after_a_day(head):
    invitation, minutes = invited(head), []
    for minute in range(60 * 36):
        if is_due(invitation, invitation.sent_at + timedelta(minutes=minute)):
            invitation.mail_tries += 1
            minutes.append(minute)
    assert minutes[:4] == [0, 1, 2, 7]
    assert max(b - a for a, b in itertools.pairwise(minutes)) < 5 * 60


def test_nobody_is_mailed_what_is_no_longer_open(head):
    withdraw_invitation(by=head, invitation=invited(head))
    past_its_end(invited(head, email="old@example.org"))
    changed = invited(head, email="bo@example.org")
    Invitation.objects.filter(pk=changed.pk).update(email="mallory@example.org")
    assert (mail_due(), mail.outbox) == (0, [])


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_mail_is_in_the_invitations_language_with_an_absolute_address(head, settings, language):
    settings.ALLIANCE_ADDRESS = "https://alliance.example/"
    invited(head, language=language)
    mail_due()
    (message,) = mail.outbox
    assert f"https://alliance.example/{language}/invitation/" in message.body
    assert (
        message.subject
        == {
            "en": "Invitation to act for International Organization for Migration",
            "fr": "Invitation à agir pour une organisation : Organisation internationale pour les migrations",
            "es": "Invitación a actuar por una organización: Organización Internacional para las Migraciones",
        }[language]
    )


def test_ended_person_sees_what_a_stranger_sees(head, stranger, sign_in):
    membership = give_role(by=head, user=stranger, organisation=organisation("secretariat"), role=Role.HEAD, starts_on=clock.today())  # fmt: skip
    end_membership(by=head, membership=membership)
    assert sign_in(stranger).get(reverse("people:people")).status_code == 404


@pytest.mark.parametrize("page", ["people:people", "people:invitations", "people:organisations", "people:people_of"])
def test_list_asks_as_much_for_many_as_for_few(sign_in, head, page):
    client = sign_in(head)
    address = reverse(page, args=["iom"] if page == "people:people_of" else [])
    counts = []
    for number in (1, 2, 3):
        invited(head, email=f"open{number}@example.org")
        begun(invited(head, email=f"begun{number}@example.org"))
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] == counts[2]
