"""Accounts: signing in, attempts that go wrong, passwords, addresses, sessions, and what the register knows of them."""

import re
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from celery.exceptions import SoftTimeLimitExceeded
from django.contrib.auth import hashers
from django.core import mail, signing
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from alliance import celery
from alliance.accounts import letters, links
from alliance.accounts.attempts import KNOWN
from alliance.accounts.devices import device
from alliance.accounts.models import AccountMail, MailKind
from alliance.core.errors import NotAllowed, Refused
from alliance.people import checks
from alliance.people.models import SecurityEvent, User
from alliance.people.operations import change_address, change_password, note_credentials
from alliance.people.tasks import note_new_credentials
from alliance.register.models import RegisterEntry
from scenarios.people.personas import PASSWORD
from tests.browser.texts import texts_of

NEW = "seven herons over Manila"
ELSEWHERE = "198.51.100.7"


@pytest.fixture(autouse=True)
def mailbox(settings):
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}


def try_to_sign_in(email, password, *, client=None, address="192.0.2.1"):
    sent = {"username": email, "password": password}
    return (client or Client()).post(reverse("account_login"), sent, REMOTE_ADDR=address)


def signs_in(email, password=PASSWORD, **where):
    return try_to_sign_in(email, password, **where).status_code == 302


def said(answer):
    """Return a page's words, without what differs each time: the ticket, and what was typed."""
    return re.sub(r'value="[^"]*"|csrf\w*": "\w+"|X-CSRFToken[^}]*', "", answer.content.decode())


def mailed():
    """Send the letters, and return the mails with the path of the link in each."""
    del mail.outbox[:]
    letters.send_letters()
    return [(message, *re.findall(r"http://localhost:8000(\S+)", message.body)) for message in mail.outbox]


# Signing in


@pytest.mark.parametrize("typed", ["HEAD@Demo.Example", " head@demo.example ", "ｈｅａｄ＠demo.example"])
def test_an_address_is_known_however_it_is_typed(head, typed):
    assert signs_in(typed)


def test_sign_ins_and_failures_are_noted_with_account_address_and_reason(head):
    try_to_sign_in(head.email, "wrong", address=ELSEWHERE)
    try_to_sign_in("nobody@demo.example", "wrong", address=ELSEWHERE)
    signs_in(head.email, address=ELSEWHERE)
    events = list(SecurityEvent.objects.order_by("pk").values_list("kind", "user", "address", "why"))
    why = "the address or the password is not right"
    assert events == [
        ("sign_in_failed", head.pk, ELSEWHERE, why),
        ("sign_in_failed", None, ELSEWHERE, why),
        ("signed_in", head.pk, ELSEWHERE, ""),
    ]


def test_a_wrong_password_an_unknown_address_and_a_closed_account_read_the_same(head, donor):
    User.objects.filter(pk=donor.pk).update(is_active=False)
    answers = [
        said(try_to_sign_in(email, password))
        for email, password in ((head.email, "no"), ("nobody@demo.example", "no"), (donor.email, PASSWORD))
    ]
    assert answers[0] == answers[1] == answers[2]
    assert "The e-mail address or the password is not right." in answers[0]
    assert SecurityEvent.objects.filter(user=donor, why="the account is closed").exists()


@pytest.mark.parametrize("email", ["head@demo.example", "nobody@demo.example"])
def test_a_password_over_a_kilobyte_is_refused_before_it_is_hashed(head, email, monkeypatch):
    def never(*_, **__):
        raise AssertionError("it was hashed")

    monkeypatch.setattr(hashers, "check_password", never)
    monkeypatch.setattr(User, "set_password", never)
    assert "a kilobyte is the most" in try_to_sign_in(email, "é" * 513).content.decode()


def test_a_password_of_a_kilobyte_is_taken(head):
    assert b"not right" in try_to_sign_in(head.email, "x" * 1024).content


def test_a_password_hashed_in_an_older_way_is_hashed_anew_as_an_act(head, settings):
    before = RegisterEntry.objects.count()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher", *settings.PASSWORD_HASHERS]
    assert signs_in(head.email)
    head.refresh_from_db()
    assert head.password.startswith("pbkdf2_sha256$")
    assert RegisterEntry.objects.count() == before + 1
    assert list(checks.problems()) == []


def test_signing_out_ends_the_session_in_the_list_too(head):
    client = Client()
    signs_in(head.email, client=client)
    assert UserSession.objects.filter(user=head).count() == 1
    client.post(reverse("account_logout"))
    assert UserSession.objects.filter(user=head).count() == 0


def test_there_is_no_superuser_and_the_words_lead_on(db, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", NEW)
    with pytest.raises(CommandError, match="no superusers.*setup --head"):
        call_command("createsuperuser", email="me@ministry.example", interactive=False)
    assert not User.objects.filter(email="me@ministry.example").exists()


# Attempts that go wrong


def test_after_five_wrong_passwords_from_one_address_the_right_one_is_not_looked_at_there(head):
    answers = [try_to_sign_in(head.email, "wrong").status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]
    refused = try_to_sign_in(head.email, PASSWORD)
    assert "Too many attempts went wrong" in refused.content.decode()
    assert SecurityEvent.objects.filter(kind="sign_in_throttled", user=head).count() == 2
    assert signs_in(head.email, address=ELSEWHERE)


def test_an_unknown_address_is_throttled_like_a_known_one(head):
    for email in (head.email, "nobody@demo.example"):
        answers = [try_to_sign_in(email, "wrong", address=f"2001:db8:{len(email)}::1") for _ in range(6)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429]


def test_one_address_may_not_try_many_accounts(db):
    answers = [try_to_sign_in(f"guess{n}@demo.example", "wrong").status_code for n in range(21)]
    assert answers == [200] * 20 + [429]


def test_addresses_of_one_ipv6_network_count_as_one(db):
    answers = [try_to_sign_in(f"g{n}@demo.example", "x", address=f"2001:db8::{n:x}").status_code for n in range(21)]
    assert answers[-1] == 429


def test_what_was_right_is_not_counted(head):
    assert all(signs_in(head.email) for _ in range(12))


def test_guessing_from_many_addresses_lets_nobody_in_and_keeps_no_owner_out(people, settings):
    """The campaign's run in small: 10 addresses try 5 accounts, past the limit of each."""
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"sign_in_account": "10/h/key"}
    owners = [people[key] for key in ("head", "donor", "agency", "member", "auditor")]
    at_home = {owner: Client() for owner in owners}
    assert all(signs_in(owner.email, client=at_home[owner], address="203.0.113.9") for owner in owners)
    tried = [
        try_to_sign_in(owner.email, f"guess {n}", address=f"192.0.2.{n % 10}") for n in range(20) for owner in owners
    ]
    assert {answer.status_code for answer in tried} == {200, 429}
    for owner in owners:
        # Every address of the attack is known by now, and the account is at its limit.
        assert not signs_in(owner.email, address="192.0.2.3")
        assert signs_in(owner.email, address=ELSEWHERE)  # an address that has not tried yet
        at_home[owner].post(reverse("account_logout"))
        assert signs_in(
            owner.email, client=at_home[owner], address="192.0.2.3"
        )  # their own browser, in the midst of it


def test_a_forged_cookie_makes_no_browser_known(head):
    client = Client()
    client.cookies[KNOWN] = f"{head.uid.hex}:1x:forged"
    assert [try_to_sign_in(head.email, "wrong", client=client).status_code for _ in range(6)][-1] == 429


def test_a_new_password_by_mail_opens_an_account_under_attack(head):
    for _ in range(6):
        try_to_sign_in(head.email, "wrong")
    client = Client(REMOTE_ADDR="192.0.2.1")
    client.post(reverse("account_reset_password"), {"email": head.email})
    choose_password(client, mailed()[0][1])
    client.post(reverse("account_logout"))
    assert signs_in(head.email, NEW)


def test_attempts_are_counted_in_the_database_for_all_processes(head):
    try_to_sign_in(head.email, "wrong")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cached WHERE cache_key LIKE '%sign_in_%' AND cache_key LIKE '%192.0.2.1%'")
        assert cursor.fetchone()[0] == 3


# A forgotten password


def choose_password(client, path, password=NEW):
    form = client.get(path)
    assert form.status_code == 302, "the secret goes into the session, and out of the address"
    assert client.get(form.url).status_code == 200
    return client.post(form.url, {"password1": password}, follow=True)


def test_a_forgotten_password_is_replaced_by_the_link_of_a_mail(client, head):
    client.post(reverse("account_reset_password"), {"email": head.email.upper()})
    [(message, path)] = mailed()
    assert (message.to, message.subject) == ([head.email], "Choose a new password")
    answer = choose_password(client, path)
    assert "Your password was changed." in answer.content.decode()
    assert answer.wsgi_request.user == head
    assert [one.subject for one, *_ in mailed()] == ["Your password was changed"]
    assert not signs_in(head.email)
    assert signs_in(head.email, NEW)
    assert "no longer good" in Client().get(path).content.decode()


def test_nobody_is_told_whether_an_address_has_an_account_and_an_unknown_one_gets_no_mail(head):
    answers = [
        Client().post(reverse("account_reset_password"), {"email": email}, follow=True)
        for email in (head.email, "nobody@demo.example")
    ]
    assert said(answers[0]) == said(answers[1])
    assert AccountMail.objects.count() == 1


def test_a_broker_that_hangs_does_not_tell_who_has_an_account(head, monkeypatch, django_capture_on_commit_callbacks):
    rung = []
    monkeypatch.setattr(celery, "ring", lambda *given: rung.append(given))
    with django_capture_on_commit_callbacks(execute=True):
        Client().post(reverse("account_reset_password"), {"email": head.email})
    assert (AccountMail.objects.count(), rung) == (1, [])
    assert celery.app.conf.beat_schedule["send mail about accounts"]["task"] == "alliance.send_account_mail"


def test_asked_again_and_again_it_sends_three_mails(head):
    """The campaign asks a thousand times."""
    asked = [
        Client(REMOTE_ADDR=f"192.0.2.{n}").post(reverse("account_reset_password"), {"email": head.email})
        for n in range(20)
    ]
    assert [answer.status_code for answer in asked] == [302] * 3 + [429] * 17
    assert "asked for too often" in asked[-1].content.decode()
    assert len(mailed()) == 3


def test_a_closed_account_gets_no_link(client, head):
    User.objects.filter(pk=head.pk).update(is_active=False)
    client.post(reverse("account_reset_password"), {"email": head.email})
    assert AccountMail.objects.count() == 0


def test_an_account_closed_while_its_link_was_out_stays_closed(client, head):
    client.post(reverse("account_reset_password"), {"email": head.email})
    path = mailed()[0][1]
    User.objects.filter(pk=head.pk).update(is_active=False)
    assert "This account is closed" in choose_password(client, path).content.decode()
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("password", "why"),
    [("short", "at least 12"), ("password1234", "too common"), ("head@demo.example", "too similar"), ("x" * 1025, "a kilobyte is the most")],
)  # fmt: skip
def test_a_weak_or_endless_password_is_refused_in_words(client, head, password, why):
    client.post(reverse("account_reset_password"), {"email": head.email})
    assert why in choose_password(client, mailed()[0][1], password).content.decode()
    assert signs_in(head.email)


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_every_letter_is_in_its_readers_language_with_a_link_that_answers(head, language):
    User.objects.filter(pk=head.pk).update(language=language)
    head.refresh_from_db()
    for kind in MailKind.values:
        letters.post(head, kind, new_address="new@demo.example")
    letters_sent = mailed()
    assert len(letters_sent) == len(MailKind.values)
    for _message, *paths in letters_sent:
        for path in paths:
            assert path.startswith(f"/{language}/")
            assert Client().get(path, follow=True).status_code == 200
    if language != "en":
        User.objects.filter(pk=head.pk).update(language="en")
        for kind in MailKind.values:
            letters.post(head, kind, new_address="new@demo.example")
        assert {line for line in lines_of(letters_sent) & lines_of(mailed()) if " " in line} == set()


def lines_of(mails):
    return {line for message, *_ in mails for line in (message.subject, *message.body.splitlines())}


def test_links_have_the_portals_own_address_where_it_is_known(client, head, settings):
    settings.ALLIANCE_ADDRESS = "https://alliance.example/"
    client.post(reverse("account_reset_password"), {"email": head.email})
    mailed()
    assert "https://alliance.example/en/password/" in mail.outbox[0].body


def test_a_server_that_is_away_is_asked_once_however_many_letters_wait(head, monkeypatch):
    asked = []
    waiting_letters(head, head.email, head.email)
    monkeypatch.setattr(EmailBackend, "send_messages", lambda self, messages: asked.append(1) or unreachable())
    assert letters.send_letters() == 0
    assert (len(asked), list(AccountMail.objects.values_list("tries", flat=True))) == (1, [0, 0])


def waiting_letters(user, *addresses):
    for address in addresses:
        AccountMail.objects.create(user=user, kind=MailKind.PASSWORD_CHANGED, to=address)


def unreachable():
    raise TimeoutError


@pytest.mark.parametrize("error", [SMTPRecipientsRefused({}), SMTPServerDisconnected(), ValueError()])
def test_a_letter_that_does_not_go_lets_the_others_go(head, monkeypatch, error):
    def send(self, messages, deliver=EmailBackend.send_messages):
        if messages[0].to == ["bad@demo.example"]:
            raise error
        return deliver(self, messages)

    waiting_letters(head, "bad@demo.example", head.email)
    monkeypatch.setattr(EmailBackend, "send_messages", send)
    assert sum(letters.send_letters() for _ in range(2)) == 1
    assert [message.to for message in mail.outbox] == [[head.email]]


def test_a_worker_that_is_told_to_stop_keeps_its_letters(head, monkeypatch):
    def told_to_stop(self, messages):
        raise SoftTimeLimitExceeded

    waiting_letters(head, head.email)
    monkeypatch.setattr(EmailBackend, "send_messages", told_to_stop)
    with pytest.raises(SoftTimeLimitExceeded):
        letters.send_letters()
    assert AccountMail.objects.get().tries == 0


def test_a_letter_waits_for_a_mail_server_that_is_away_and_goes_once(client, head, settings):
    client.post(reverse("account_reset_password"), {"email": head.email})
    working = settings.MAILERS
    settings.MAILERS = {"default": {"BACKEND": "tests.alliance.test_accounts.Away"}}
    assert [letters.send_letters(), letters.send_letters()] == [0, 0]
    assert AccountMail.objects.get().tries == 0
    settings.MAILERS = working
    assert len(mailed()) == 1
    assert len(mailed()) == 0


SECRET = [MailKind.NEW_PASSWORD, MailKind.ADDRESS_LEAVE, MailKind.ADDRESS_TAKE]
TOLD = [MailKind.PASSWORD_CHANGED, MailKind.ADDRESS_CHANGED, MailKind.FACTOR_CHANGED]


def changed(user, what):
    match what:
        case "address":
            change_address(by=user, user=user, email="moved@demo.example")
        case "password":
            change_password(by=user, user=user, password=NEW)
        case "closed":
            User.objects.filter(pk=user.pk).update(is_active=False)


@pytest.mark.parametrize("what", ["address", "password", "closed"])
@pytest.mark.parametrize("kind", SECRET)
def test_a_waiting_letter_gives_no_link_once_the_account_is_another(head, kind, what):
    """Made at sending, its link would be good for the account as it is then, at an address that may be lost."""
    letters.post(head, kind, new_address="new@demo.example")
    changed(head, what)
    assert mailed() == []
    assert AccountMail.objects.count() == 0


@pytest.mark.parametrize("what", ["address", "password"])
@pytest.mark.parametrize("kind", TOLD)
def test_a_waiting_warning_goes_to_whoever_it_was_meant_for(head, kind, what):
    """Whoever took an account over cannot silence the mail about it by one more change."""
    letters.post(head, kind, new_address="new@demo.example")
    changed(head, what)
    [(message, *_)] = mailed()
    assert message.to == ["head@demo.example"]


@pytest.mark.parametrize("kind", TOLD)
def test_a_closed_account_is_told_nothing_more(head, kind):
    letters.post(head, kind)
    changed(head, "closed")
    assert mailed() == []


@pytest.mark.parametrize("kind", [MailKind.NEW_PASSWORD, MailKind.ADDRESS_LEAVE])
def test_a_link_for_the_owner_goes_to_the_owners_address_alone(head, kind):
    letters.post(head, kind, to="thief@demo.example", new_address="new@demo.example")
    assert mailed() == []


class Away(EmailBackend):
    """A mail server that is away."""

    def send_messages(self, _messages):
        raise ConnectionRefusedError


# Changing the password


def test_a_new_password_ends_every_other_session_and_is_an_act(head):
    here, there = Client(), Client()
    assert signs_in(head.email, client=here)
    assert signs_in(head.email, client=there)
    form = reverse("account_change_password")
    answer = here.post(form, {"oldpassword": PASSWORD, "password1": NEW}, follow=True)
    assert "Your password was changed." in answer.content.decode()
    assert answer.wsgi_request.user == head
    assert there.get(reverse("account")).status_code == 302
    entry = RegisterEntry.objects.order_by("-n").first()
    assert entry.kind == "credential.changed/1"
    head.refresh_from_db()
    assert head.password not in entry.body
    assert [message.subject for message, *_ in mailed()] == ["Your password was changed"]


def test_without_the_old_password_there_is_no_new_one(sign_in, head):
    answer = sign_in(head).post(reverse("account_change_password"), {"oldpassword": "wrong", "password1": NEW})
    assert "This is not your password." in answer.content.decode()
    assert signs_in(head.email)


def test_nobody_changes_the_account_of_another(head, donor):
    with pytest.raises(NotAllowed):
        change_password(by=head, user=donor, password=NEW)
    with pytest.raises(NotAllowed):
        change_address(by=head, user=donor, email="other@demo.example")


# Changing the address


def ask_for_address(client, email, password=PASSWORD):
    return client.post(reverse("account_email"), {"email": email, "password": password}, follow=True)


def test_an_address_is_changed_once_it_is_confirmed_at_both(sign_in, head):
    ask_for_address(sign_in(head), "New.Head@demo.example")
    [(first, leave)] = mailed()
    assert first.to == ["head@demo.example"]
    assert b"new.head@demo.example" in Client().get(leave).content
    Client().post(leave)
    head.refresh_from_db()
    assert head.email == "head@demo.example"
    [(second, take)] = mailed()
    assert second.to == ["new.head@demo.example"]
    assert head.name not in second.body  # whoever reads there has not been seen yet
    Client().post(take)
    [(third, *_)] = mailed()
    assert (third.to, third.subject) == (["head@demo.example"], "Your e-mail address was changed")
    assert not signs_in("head@demo.example")
    assert signs_in("new.head@demo.example")
    assert list(EmailAddress.objects.filter(user=head).values_list("email", "verified", "primary")) == [
        ("new.head@demo.example", True, True)
    ]
    assert list(checks.problems()) == []
    for used in (leave, take):
        assert Client().get(used).status_code == Client().post(used).status_code == 410


def test_looking_at_a_link_confirms_nothing(sign_in, head):
    ask_for_address(sign_in(head), "new@demo.example")
    Client().get(mailed()[0][1])
    assert AccountMail.objects.count() == 0


def test_an_address_that_has_an_account_gets_no_mail_and_nobody_is_told(sign_in, head, donor):
    client = sign_in(head)
    answers = []
    for email in (donor.email, "free@demo.example"):
        asked = ask_for_address(client, email)
        answers.append((said(asked), said(Client().post(mailed()[0][1], follow=True))))
    assert answers[0] == answers[1]
    assert [letter.to for letter in AccountMail.objects.all()] == ["free@demo.example"]


def test_an_address_taken_meanwhile_is_refused_at_the_last_step(sign_in, head):
    ask_for_address(sign_in(head), "new@demo.example")
    Client().post(mailed()[0][1])
    User.objects.create_user("NEW@demo.example", NEW, name="Quick")
    answer = Client().post(mailed()[0][1], follow=True)
    assert "This address cannot be used." in answer.content.decode()
    head.refresh_from_db()
    assert head.email == "head@demo.example"
    with pytest.raises(Refused):
        change_address(by=head, user=head, email="new@demo.example")


def test_a_link_dies_with_the_password_with_time_and_with_every_letter_changed(head):
    link = links.made(head, MailKind.ADDRESS_TAKE, "new@demo.example")
    assert links.read(link).address == "new@demo.example"
    assert links.read(link[:-2]) is None
    assert links.read(signing.dumps(["x"] * 4, salt="another")) is None
    change_password(by=head, user=head, password=NEW)
    assert links.read(link) is None


def test_the_first_link_is_not_the_last(sign_in, head):
    """Whoever reads the present mailbox alone cannot change the address."""
    ask_for_address(sign_in(head), "new@demo.example")
    leave = mailed()[0][1]
    Client().post(leave)
    Client().post(leave)
    head.refresh_from_db()
    assert head.email == "head@demo.example"


@pytest.mark.parametrize(
    ("email", "password", "why"),
    [
        ("new@demo.example", "wrong", "This is not your password."),
        ("HEAD@demo.example", PASSWORD, "This is your address already."),
        ("no address", PASSWORD, "valid email address"),
        (f"{'x' * 250}@demo.example", PASSWORD, "at most 254"),
        ("new@demo.example", "x" * 1025, "a kilobyte is the most"),
    ],
)
def test_a_change_of_address_that_cannot_be_is_refused_in_words(sign_in, head, email, password, why):
    assert why in ask_for_address(sign_in(head), email, password).content.decode()
    assert AccountMail.objects.count() == 0


def test_a_stranger_at_an_open_desk_cannot_try_passwords_for_ever(sign_in, head):
    client = sign_in(head)
    answers = [ask_for_address(client, "new@demo.example", "wrong") for _ in range(6)]
    assert "Too many attempts went wrong" in answers[-1].content.decode()


# Sessions


def test_sessions_are_listed_and_ended(head):
    here, there = Client(), Client(HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0")
    assert signs_in(head.email, client=here)
    assert signs_in(head.email, client=there, address=ELSEWHERE)
    page = here.get(reverse("usersessions_list")).content.decode()
    assert "Firefox, Windows" in page
    assert ELSEWHERE in page
    other = UserSession.objects.get(ip=ELSEWHERE)
    here.post(reverse("usersessions_end"), {"session": other.pk})
    assert there.get(reverse("account")).status_code == 302
    assert here.get(reverse("account")).status_code == 200


def test_all_other_sessions_end_at_once(head):
    clients = [Client() for _ in range(3)]
    assert all(signs_in(head.email, client=client) for client in clients)
    clients[0].post(reverse("usersessions_end"), {"session": "others"})
    assert [client.get(reverse("account")).status_code for client in clients] == [200, 302, 302]


@pytest.mark.parametrize("which", ["", "x", "-1", "9" * 30, "²"])
def test_a_session_that_is_none_ends_nothing(sign_in, head, which):
    client = sign_in(head)
    assert client.post(reverse("usersessions_end"), {"session": which}).status_code == 302
    assert client.get(reverse("account")).status_code == 200


def test_nobody_ends_the_session_of_another(sign_in, head, donor):
    theirs = Client()
    assert signs_in(donor.email, client=theirs)
    sign_in(head).post(reverse("usersessions_end"), {"session": UserSession.objects.get(user=donor).pk})
    assert theirs.get(reverse("account")).status_code == 200


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36", "Chrome, Android"),
        ("curl/8", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_a_browser_is_named_in_a_few_words(agent, words):
    assert device(agent) == words


# What the register knows


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ("UPDATE alliance_user SET password = 'md5$x$y' WHERE id = %s", "password"),
        ("UPDATE alliance_user SET email = 'thief@demo.example' WHERE id = %s", "email"),
        ("UPDATE account_emailaddress SET email = 'thief@demo.example' WHERE user_id = %s", "email"),
        (
            """INSERT INTO account_emailaddress (user_id, email, verified, "primary")
               VALUES (%s, 'thief@demo.example', true, false)""",
            "email",
        ),
    ],
)
def test_a_change_past_the_portal_is_found(head, change, where):
    assert list(checks.problems()) == []
    with connection.cursor() as cursor:
        cursor.execute(change, [head.pk])
    assert f"alliance_user:{head.pk}.{where}" in {problem.where for problem in checks.problems()}


def test_both_tables_changed_together_are_found_by_the_register_alone(head):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE alliance_user SET email = 'thief@demo.example' WHERE id = %s", [head.pk])
        cursor.execute("UPDATE account_emailaddress SET email = 'thief@demo.example' WHERE user_id = %s", [head.pk])
    assert [problem.where for problem in checks.problems()] == [f"alliance_user:{head.pk}.address"]


def plant(user, **fields):
    """Write into the person's row past the portal, as whoever administers the database can."""
    User.objects.filter(pk=user.pk).update(**fields)


REFUSED = "was changed outside this portal"


def test_a_planted_password_is_not_hashed_anew_and_stays_found(head, settings):
    """Hashing it anew would make the takeover an act of the portal, and `verify` would end clean."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher", *settings.PASSWORD_HASHERS]
    plant(head, password=hashers.make_password(NEW, hasher="md5"))
    client, before = Client(), RegisterEntry.objects.count()
    answer = try_to_sign_in(head.email, NEW, client=client)
    assert answer.status_code == 403
    assert REFUSED in answer.content.decode()
    assert client.get(reverse("account")).status_code == 302  # nobody is signed in
    assert RegisterEntry.objects.count() == before
    assert REFUSED in SecurityEvent.objects.get(kind="sign_in_failed", user=head).why
    assert [problem.where for problem in checks.problems()] == [f"alliance_user:{head.pk}.password"]


def test_a_planted_password_of_today_makes_no_new_one_and_no_new_address(head):
    plant(head, password=hashers.make_password(NEW))
    client = Client()
    assert signs_in(head.email, NEW, client=client)
    answer = client.post(reverse("account_change_password"), {"oldpassword": NEW, "password1": f"{NEW} again"})
    assert (answer.status_code, REFUSED in answer.content.decode()) == (403, True)
    with pytest.raises(NotAllowed, match=REFUSED):
        change_address(by=head, user=head, email="thief@demo.example")
    assert [problem.where for problem in checks.problems()] == [f"alliance_user:{head.pk}.password"]


def test_a_planted_address_gets_no_new_password_by_mail(client, head):
    plant(head, email="thief@demo.example")
    EmailAddress.objects.filter(user=head).update(email="thief@demo.example")
    with pytest.raises(NotAllowed, match=REFUSED):
        change_password(by=head, user=head, password=NEW)
    assert [problem.where for problem in checks.problems()] == [f"alliance_user:{head.pk}.address"]


def test_one_entry_for_many_people_is_read_for_each_alone(head):
    first, second = (User.objects.create_user(f"{name}@demo.example", NEW, name=name) for name in ("one", "two"))
    note_credentials(by=None)
    plant(first, password="md5$x$y")
    change_password(by=second, user=second, password=PASSWORD)
    with pytest.raises(NotAllowed, match=REFUSED):
        change_password(by=first, user=first, password=PASSWORD)


def test_a_password_changed_between_check_and_lock_is_kept(head):
    stale = User.objects.get(pk=head.pk).password
    change_password(by=head, user=head, password=NEW)
    with pytest.raises(NotAllowed, match="in the meantime"):
        change_password(by=head, user=head, password=PASSWORD, held=stale)
    assert signs_in(head.email, NEW)


def test_a_sign_in_hashes_nothing_anew_over_a_password_changed_meanwhile(head, settings, monkeypatch):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher", *settings.PASSWORD_HASHERS]

    def changed_then_outdated(encoded):
        change_password(by=head, user=head, password=NEW)
        return True

    monkeypatch.setattr("alliance.accounts.adapter.is_outdated", changed_then_outdated)
    assert try_to_sign_in(head.email, PASSWORD).status_code == 403
    monkeypatch.undo()
    assert signs_in(head.email, NEW)


def test_what_the_register_has_not_heard_of_is_noted_once(head):
    User.objects.create_user("new@demo.example", NEW, name="New")
    assert note_credentials(by=None) == 3
    before = RegisterEntry.objects.count()
    note_new_credentials()
    assert RegisterEntry.objects.count() == before
    with pytest.raises(Refused):
        note_credentials(by=None)


def test_the_same_password_twice_leaves_two_digests(head):
    for _ in range(2):
        change_password(by=head, user=head, password=NEW)
    one, other = (
        RegisterEntry.objects.filter(kind="credential.changed/1").order_by("-n").values_list("body", flat=True)[:2]
    )
    assert re.search(r'"digest":"(\w+)"', one)[1] != re.search(r'"digest":"(\w+)"', other)[1]


# Words


PAGES = (
    "account", "account_change_password", "account_email", "account_reset_password", "account_reset_password_done",
    "usersessions_list",
)  # fmt: skip


@pytest.mark.parametrize("language", ["fr", "es"])
@pytest.mark.parametrize("name", PAGES)
def test_no_page_of_accounts_has_an_english_text_in_another_language(sign_in, head, language, name):
    client = sign_in(head)
    shared = spoken(client, language, name) & spoken(client, "en", name)
    assert {text for text in shared if " " in text and not SAME.search(text)} == set()


SAME = re.compile(r"@|Alliance|Marchetti|Español")


def spoken(client, language, name):
    """Return the texts of a page in a language: as it is opened, and as it comes back with every field wrong."""
    sent = {"email": "x", "oldpassword": "x" * 1025, "password1": "short", "password": ""}
    with override(language):
        address = reverse(name)
    answers = [client.get(address), client.post(address, sent)]
    return {text for answer in answers for text in texts_of(answer.content.decode())}
