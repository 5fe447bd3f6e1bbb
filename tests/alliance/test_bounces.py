"""Mail that came back: believed when it names a mail of ours, shown to the secretariat, and the third one stops an address."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client

from alliance.core import clock
from alliance.core.errors import NotAllowed, Refused
from alliance.people.models import User
from alliance.records import delivery, operations, relay
from alliance.records.bounces import Report, read
from alliance.records.models import Bounce, MailChoice, Notice, RelayCursor
from alliance.register import kinds
from alliance.register.acts import operation, record
from alliance.register.kinds import declare
from alliance.register.models import head

SECRET = "a long random text"
NOTIFICATION = """\
From: mailer-daemon@relay.example
To: portal@portal.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I could not deliver your mail.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 no such
 person here
--b
Content-Type: {kind}

{headers}
--b--
"""


@pytest.fixture(autouse=True)
def one_kind(db, settings, monkeypatch, donor):
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    settings.ALLIANCE_BOUNCE_SECRET = SECRET
    monkeypatch.setattr(kinds, "_declared", dict(kinds._declared))
    declare("test.news/1", label="News", told=lambda body: [donor])
    RelayCursor.objects.update_or_create(name=relay.CURSOR, defaults={"n": head()[0]})


@operation
def happen(*, by):
    record("test.news/1", by=by, facts={"pledge": "PLG-2008-0014"})


@pytest.fixture
def mailed(officer):
    """Mail the donor of so many entries, and return the ids of the mails."""

    def send(count: int = 1) -> list[str]:
        for _ in range(count):
            happen(by=officer)
        relay.relay()
        before = len(mail.outbox)
        delivery.send_mail()
        return [one.message()["Message-ID"] for one in mail.outbox[before:]]

    return send


def report(message_id: str, address: str, **other) -> Report:
    return Report(
        **{"message_id": message_id, "address": address, "is_hard": True, "status": "5.1.1", "why": ""} | other
    )


def notification(
    message_id: str, address: str, *, kind="text/rfc822-headers", action="failed", status="5.1.1"
) -> bytes:
    headers = f"From: portal@portal.example\nMessage-ID: {message_id}\nSubject: News\n"
    return NOTIFICATION.format(address=address, action=action, status=status, kind=kind, headers=headers).encode()


def post(content: bytes, media_type: str = "message/rfc822", secret: str = SECRET):
    client = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {secret}"})
    return client.post("/bounces", content, content_type=media_type)


# Reading


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822"])
def test_a_mail_servers_notification_is_read(kind):
    assert read(notification("<a@b>", "Ana@Donor.example", kind=kind), "message/rfc822") == [
        Report("<a@b>", "ana@donor.example", True, "5.1.1", "smtp; 550 5.1.1 no such person here")
    ]


def test_a_notification_of_delay_reports_nothing():
    assert read(notification("<a@b>", "ana@donor.example", action="delayed", status="4.4.1"), "message/rfc822") == []


def test_our_own_json_is_read():
    said = {"message_id": "<a@b>", "address": "ana@donor.example", "status": "4.2.2", "why": "full\r\n\u202ebox"}
    assert read(json.dumps([said, said]).encode(), "application/json") == [
        Report("<a@b>", "ana@donor.example", False, "4.2.2", "full box")
    ] * 2  # fmt: skip


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"", "message/rfc822"),
        (b"Subject: Out of office\n\nI am away.", "message/rfc822"),
        (b"\xff\x00", "application/json"),
        (b"{}", "application/json"),
        (b"7", "application/json"),
        (b'{"message_id": "<a@b>", "address": "x@y", "status": "no"}', "application/json"),
        (b"[" * 100_000, "application/json"),
    ],
)
def test_anything_else_is_refused_in_words(content, media_type):
    with pytest.raises(Refused, match="not a report"):
        read(content, media_type)


# Taking


def test_a_report_is_taken_once_from_whoever_has_the_secret(mailed, donor):
    (known,) = mailed()
    assert post(notification(known, donor.email)).json() == {"taken": 1}
    assert post(notification(known, donor.email.upper())).json() == {"taken": 1}
    row = Bounce.objects.get()
    assert (row.user, row.address, row.is_hard, row.status) == (donor, donor.email, True, "5.1.1")


@pytest.mark.parametrize("secret", ["", "another"])
def test_without_the_secret_nothing_is_taken(mailed, donor, secret):
    (known,) = mailed()
    assert post(notification(known, donor.email), secret=secret).status_code == 401
    assert not Bounce.objects.exists()


def test_where_no_secret_is_set_there_is_no_such_address(mailed, donor, settings):
    (known,) = mailed()
    settings.ALLIANCE_BOUNCE_SECRET = ""
    assert post(notification(known, donor.email)).status_code == 404
    assert post(notification(known, donor.email), secret="").status_code == 404


def test_what_is_no_report_is_answered_in_words():
    answer = post(b"hello")
    assert (answer.status_code, answer.json()) == (400, {"error": "This is not a report of mail that came back."})


def test_a_report_of_a_mail_that_we_did_not_send_is_not_believed(mailed, donor, agency):
    """Anybody can send a notification to the sender's address, and could stop a rival's mail with it."""
    (known,) = mailed()
    made_up = [
        report("<0123456789abcdef0123456789abcdef@localhost>", donor.email),
        report(known, agency.email),
        report(known, "nobody@donor.example"),
    ]
    assert [operations.note_bounce(report=one) for one in made_up] == [False] * 3
    Notice.objects.update(mailed_at=clock.now() - timedelta(days=32))
    assert operations.note_bounce(report=report(known, donor.email)) is False
    assert not Bounce.objects.exists()


# What follows


@pytest.fixture
def stopped(mailed, donor):
    for known in mailed(3):
        operations.note_bounce(report=report(known, donor.email))


def test_three_hard_ones_stop_mail_to_the_address_and_nothing_is_lost(stopped, mailed, donor):
    assert mailed(2) == []
    assert MailChoice.objects.get(user=donor).stopped_for == donor.email
    assert Notice.objects.filter(user=donor).count() == 5


def test_two_hard_ones_and_any_number_of_others_stop_nothing(mailed, donor):
    for n, known in enumerate(mailed(6)):
        operations.note_bounce(report=report(known, donor.email, is_hard=n < 2))
    assert len(mailed()) == 1


def test_the_same_mail_counts_once(mailed, donor):
    (known,) = mailed()
    for _ in range(4):
        operations.note_bounce(report=report(known, donor.email))
    assert len(mailed()) == 1


def test_another_address_gets_mail(stopped, mailed, donor):
    User.objects.filter(pk=donor.pk).update(email="new@donor.example")
    donor.refresh_from_db()
    assert len(mailed()) == 1


def test_the_secretariat_sees_it_and_has_the_address_mailed_again(stopped, mailed, donor, officer, sign_in):
    client = sign_in(officer)
    page = client.get("/en/notices/bounces/")
    assert donor.email in page.text
    assert "No more mail" in page.text
    assert client.post(f"/en/notices/bounces/{donor.uid}/again/").status_code == 302
    assert donor.email not in client.get("/en/notices/bounces/").text.partition("<main")[2].partition("<table")[2]
    assert len(mailed()) == 1
    for known in mailed(2):
        operations.note_bounce(report=report(known, donor.email))
    assert len(mailed()) == 1


def test_nobody_else_has_an_address_mailed_again(stopped, donor, auditor, sign_in):
    with pytest.raises(NotAllowed):
        operations.mail_again(by=donor, person=donor)
    assert sign_in(auditor).post(f"/en/notices/bounces/{donor.uid}/again/").status_code == 403
    assert "again/" not in sign_in(auditor).get("/en/notices/bounces/").text
    assert sign_in(donor).get("/en/notices/bounces/").status_code == 404
    assert sign_in(donor).post(f"/en/notices/bounces/{donor.uid}/again/").status_code == 404
    assert sign_in(auditor).post(f"/en/notices/bounces/{uuid4()}/again/").status_code == 404
    assert MailChoice.objects.get(user=donor).stopped_for == donor.email


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_one_and_three(
    mailed, donor, agency, rival_donor, officer, sign_in, django_assert_max_num_queries, count
):
    (known,) = mailed()
    for person in (donor, agency, rival_donor)[:count]:
        Bounce.objects.create(
            user=person, address=person.email, message_id=known, is_hard=True, status="5.1.1", at=clock.now()
        )
    client = sign_in(officer)
    with django_assert_max_num_queries(10):
        assert client.get("/en/notices/bounces/").status_code == 200
