"""Delivery: each notice is mailed in its reader's language, once, and none is lost while a mail server is away."""

import smtplib
from datetime import timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import translation

from alliance.core import clock
from alliance.people.models import User
from alliance.records import delivery, tasks
from alliance.records.models import Notice
from alliance.register import kinds
from alliance.register.acts import operation, record
from alliance.register.kinds import declare
from alliance.register.models import RegisterEntry

DELIVER = EmailBackend.send_messages
AWAY = [
    ConnectionRefusedError(),
    TimeoutError(),
    smtplib.SMTPConnectError(421, b"too busy"),
    smtplib.SMTPAuthenticationError(535, b"no"),
    smtplib.SMTPSenderRefused(550, b"not you", "alliance@localhost"),
]
REFUSED = [
    smtplib.SMTPRecipientsRefused({"x": (450, b"greylisted")}),
    smtplib.SMTPRecipientsRefused({"x": (550, b"no such box")}),
    smtplib.SMTPDataError(552, b"too much"),
    ValueError("a header that cannot be"),
]


def named(error: Exception) -> str:
    return f"{type(error).__name__} {error}"


@operation
def happen(*, by):
    return record("test.happened/1", by=by, facts={"pledge": "PLG-2008-0014"})


@pytest.fixture(autouse=True)
def outbox(db, settings, monkeypatch):
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    monkeypatch.setattr(kinds, "_declared", dict(kinds._declared))
    declare("test.happened/1", label="Something happened", told=lambda body: (), url=lambda body: "/en/notices/")


def notice(reader, by) -> Notice:
    """A notice of a new entry, as the relay writes it."""
    happen(by=by)
    entry = RegisterEntry.objects.order_by("-n")[0]
    return Notice.objects.create(
        user=reader, entry=entry, kind=entry.kind, reference="PLG-2008-0014", url="/en/notices/"
    )


def refusing(error: Exception, *addresses: str):
    def send(self, messages):
        if not addresses or messages[0].to[0] in addresses:
            raise error
        return DELIVER(self, messages)

    return send


def pass_time(by: timedelta) -> None:
    Notice.objects.exclude(mail_after=None).update(mail_after=clock.now() - by)


def test_mail_is_in_the_readers_language_and_sent_once(officer, rival_donor):
    notice(rival_donor, officer)
    with translation.override("en"):
        assert delivery.send_mail() == 1
        assert delivery.send_mail() == 0
    (sent,) = mail.outbox
    assert sent.to == [rival_donor.email]
    assert sent.subject == "Something happened : PLG-2008-0014"
    assert "/fr/notices/" in sent.body


@pytest.mark.parametrize("error", AWAY, ids=named)
def test_a_server_that_is_away_for_a_day_loses_nothing(officer, donor, agency, monkeypatch, error):
    rows = [notice(donor, officer), notice(agency, officer)]
    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", refusing(error))
        assert [delivery.send_mail() for _ in range(20)] == [0] * 20
    assert list(Notice.objects.values_list("mail_tries", "mail_after")) == [(0, None)] * 2
    assert delivery.send_mail() == len(rows)


def test_somebody_whose_account_was_closed_since_is_mailed_nothing(officer, donor):
    notice(donor, officer)
    User.objects.filter(pk=donor.pk).update(is_active=False)
    assert delivery.send_mail() == 0


def test_a_server_that_does_not_open_is_asked_once(officer, donor, agency, monkeypatch):
    asked = []
    notice(donor, officer)
    notice(agency, officer)
    monkeypatch.setattr(EmailBackend, "open", lambda self: asked.append(1) or refuse())
    assert delivery.send_mail() == 0
    assert (len(asked), mail.outbox) == (1, [])


def refuse():
    raise ConnectionRefusedError


def test_a_server_that_hangs_up_as_it_is_greeted_is_away(officer, donor, monkeypatch):
    row = notice(donor, officer)
    monkeypatch.setattr(EmailBackend, "open", raising(smtplib.SMTPServerDisconnected()))
    assert delivery.send_mail() == 0
    row.refresh_from_db()
    assert (row.mail_tries, row.mail_after) == (0, None)


def raising(error: Exception):
    def call(*args):
        raise error

    return call


def test_a_mail_that_the_server_hangs_up_on_lets_the_others_go_first(officer, donor, agency, monkeypatch):
    cut, other = notice(donor, officer), notice(agency, officer)
    monkeypatch.setattr(EmailBackend, "send_messages", refusing(smtplib.SMTPServerDisconnected(), donor.email))
    assert [delivery.send_mail() for _ in range(3)] == [0, 1, 0]  # the connection has ended, the next is good
    cut.refresh_from_db()
    other.refresh_from_db()
    assert (cut.mail_tries, cut.mail_after > clock.now(), other.mailed_at is None) == (1, True, False)


def test_a_server_that_hangs_up_is_handed_no_other_mail_at_once(officer, donor, agency, monkeypatch):
    notice(donor, officer)
    notice(agency, officer)
    monkeypatch.setattr(EmailBackend, "send_messages", refusing(smtplib.SMTPServerDisconnected()))
    delivery.send_mail()
    assert sorted(Notice.objects.values_list("mail_tries", flat=True)) == [0, 1]


def test_a_worker_that_is_told_to_stop_stops(officer, donor, monkeypatch):
    row = notice(donor, officer)
    monkeypatch.setattr(EmailBackend, "send_messages", refusing(SoftTimeLimitExceeded()))
    with pytest.raises(SoftTimeLimitExceeded):
        delivery.send_mail()
    row.refresh_from_db()
    assert row.mail_tries == 0


@pytest.mark.parametrize("error", REFUSED, ids=named)
def test_a_mail_that_is_refused_holds_up_no_other_and_is_tried_again_later(officer, donor, agency, monkeypatch, error):
    refused, other = notice(donor, officer), notice(agency, officer)
    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", refusing(error, donor.email))
        assert delivery.send_mail() == 1
        assert delivery.send_mail() == 0
    refused.refresh_from_db()
    other.refresh_from_db()
    assert (refused.mail_tries, refused.mailed_at, other.mailed_at is None) == (1, None, False)
    assert delivery.send_mail() == 0
    pass_time(timedelta(0))
    assert delivery.send_mail() == 1


def test_a_second_try_has_the_same_id(officer, donor, monkeypatch):
    row = notice(donor, officer)
    delivery.send_mail()
    Notice.objects.update(mailed_at=None)  # killed between the server's answer and our stamp
    delivery.send_mail()
    assert row.entry.hash not in mail.outbox[0].message()["Message-ID"]
    assert len({sent.message()["Message-ID"] for sent in mail.outbox}) == 1
    assert len(mail.outbox) == 2


def test_a_mail_is_given_up_after_its_tries(officer, donor, monkeypatch):
    row = notice(donor, officer)
    monkeypatch.setattr(EmailBackend, "send_messages", refusing(REFUSED[0]))
    waits = []
    for _ in range(delivery.TRIES + 2):
        delivery.send_mail()
        row.refresh_from_db()
        waits.append(row.mail_after and row.mail_after > clock.now())
        pass_time(timedelta(0))
    assert row.mail_tries == delivery.TRIES
    assert waits == [True] * len(delivery.WAITS) + [None] * 3


def test_an_address_that_no_server_takes_is_not_tried_again(officer, donor, agency, caplog):
    User.objects.filter(pk=donor.pk).update(email="josé@donor.example")
    notice(donor, officer)
    notice(agency, officer)
    assert delivery.send_mail() == 1
    assert Notice.objects.get(user=donor).mail_tries == delivery.TRIES
    assert [sent.to for sent in mail.outbox] == [[agency.email]]
    assert "josé" not in caplog.text


def test_a_full_batch_is_followed_by_another(officer, donor, monkeypatch):
    rung = []
    monkeypatch.setattr(delivery, "BATCH", 2)
    monkeypatch.setattr(tasks, "ring", rung.append)
    monkeypatch.setattr(tasks, "publish_due", lambda: None)
    for _ in range(3):
        notice(donor, officer)
    tasks.relay_entries()
    assert (len(mail.outbox), rung) == (2, ["alliance.relay"])
    tasks.relay_entries()
    assert (len(mail.outbox), rung) == (3, ["alliance.relay"])


def test_a_declaration_that_fails_keeps_nobody_from_their_mail(officer, donor, monkeypatch):
    def broken(body, reader):
        User.objects.get(pk=0)

    monkeypatch.setitem(kinds._declared, "test.happened/1", kinds.kind("test.happened/1")._replace(about=broken))
    notice(donor, officer)
    assert delivery.send_mail() == 1
    assert "PLG-2008-0014" in mail.outbox[0].subject
