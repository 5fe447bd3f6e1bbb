"""What people choose of mail: kinds that they do not want, one mail a day, and a button in the mail itself."""

from datetime import UTC, datetime
from email import policy

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client

from alliance.core.errors import NotAllowed
from alliance.people.models import User
from alliance.records import daily, delivery, operations, relay
from alliance.records.models import MailChoice, Notice, RelayCursor
from alliance.records.notice_mail import message
from alliance.records.unsubscribing import (
    LONGEST,
    address_for,
    address_for_daily,
    daily_token_of,
    notice_of,
    reader_of,
    token_of,
)
from alliance.register import kinds
from alliance.register.acts import operation, record
from alliance.register.kinds import declare
from alliance.register.models import head

NEWS, DUTY, OTHER = "test.news/1", "test.duty/1", "test.other/1"
CHOICES = "/en/notices/mail/"


@pytest.fixture(autouse=True)
def some_kinds(db, settings, monkeypatch, donor):
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    settings.ALLIANCE_ADDRESS = "https://portal.example"
    monkeypatch.setattr(kinds, "_declared", dict(kinds._declared))
    for name, label, is_duty in ((NEWS, "News", False), (OTHER, "Other news", False), (DUTY, "A duty", True)):
        declare(name, label=label, told=lambda body: [donor], is_duty=is_duty)
    RelayCursor.objects.update_or_create(name=relay.CURSOR, defaults={"n": head()[0]})


@operation
def happen(*, by, kind):
    record(kind, by=by, facts={"pledge": "PLG-2008-0014"})


@pytest.fixture
def told(officer):
    """Tell the donor of entries of these kinds, and return the notice of the last."""

    def tell(*names: str) -> Notice:
        for name in names:
            happen(by=officer, kind=name)
        relay.relay()
        return Notice.objects.order_by("-pk")[0]

    return tell


def sent() -> list[str]:
    return [one.subject for one in mail.outbox]


# By the mail itself


def test_one_post_without_signing_in_stops_mail_of_that_kind_alone(told):
    row = told(NEWS)
    assert delivery.send_mail() == 1
    header = mail.outbox[0].message()["List-Unsubscribe"]
    address = header.strip("<>").removeprefix("https://portal.example")
    done = Client(enforce_csrf_checks=True).post(
        address, b"List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
    )
    assert done.status_code == 200
    assert MailChoice.objects.get().unwanted == [NEWS]
    told(NEWS, OTHER)
    assert delivery.send_mail() == 1
    assert sent() == ["News: PLG-2008-0014", "Other news: PLG-2008-0014"]
    assert Notice.objects.filter(user=row.user, kind=NEWS).count() == 2


def test_a_visit_only_shows_a_button(told, client):
    address = f"/u/{token_of(told(NEWS))}"
    page = client.get(address)
    assert '<button class="button primary" type="submit">' in page.text
    assert client.head(address).status_code == 200
    assert not MailChoice.objects.exists()
    assert "switched off" in client.post(address).text


def test_its_page_is_in_the_readers_language_and_names_nobody(told, client, donor):
    donor.language = "fr"
    donor.save()
    page = client.get(f"/u/{token_of(told(NEWS))}")
    assert '<html lang="fr"' in page.text
    assert page.headers["Content-Language"] == "fr"
    assert donor.name not in page.text
    assert donor.email not in page.text


def test_switched_off_twice_is_switched_off(told, client):
    address = f"/u/{token_of(told(NEWS))}"
    assert [client.post(address).status_code for _ in range(2)] == [200, 200]
    assert MailChoice.objects.get().unwanted == [NEWS]


def test_what_waits_is_not_mailed_once_switched_off(told):
    operations.stop_mail(of=told(NEWS))
    assert delivery.send_mail() == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t[:-1] + ("A" if t[-1] == "_" else "_"),
        lambda t: "0" + t,
        lambda t: t + "x",
        lambda t: "0-" + "A" * 16,
    ],
)
def test_another_token_is_nobodys(told, client, change):
    token = token_of(told(NEWS))
    made = change(token)
    assert made != token
    assert client.post(f"/u/{made}").status_code == 404
    assert not MailChoice.objects.exists()


def test_a_token_of_one_notice_does_not_fit_another(told):
    one, other = told(NEWS), told(NEWS)
    assert notice_of(f"{other.pk:x}-{token_of(one).partition('-')[2]}") is None
    assert notice_of(token_of(other)) == other


def test_duties_cannot_be_switched_off(told, client):
    row = told(DUTY)
    assert message(row).message()["List-Unsubscribe"] is None
    page = client.get(f"/u/{token_of(row)}")
    assert "cannot be switched off" in page.text
    assert "<button class" not in page.text.partition("<main")[2]
    assert client.post(f"/u/{token_of(row)}").status_code == 403
    with pytest.raises(NotAllowed):
        operations.stop_mail(of=row)
    assert not MailChoice.objects.exists()


@pytest.mark.parametrize(("host", "is_said"), [("p.example", True), ("p" * 50 + ".example", False)])
def test_its_address_is_short_or_left_out(told, settings, host, is_said):
    settings.ALLIANCE_ADDRESS = f"https://{host}"
    row = told(NEWS)
    row.pk = 16**9  # far beyond any notice
    address = address_for(row)
    assert (bool(address), len(address) <= LONGEST) == (is_said, True)


def test_its_header_is_plain_on_the_wire(told, settings):
    settings.ALLIANCE_ADDRESS = f"https://{'p' * 25}.example"
    row = told(NEWS)
    row.pk = 10**6
    wire = message(row).message(policy=policy.SMTP).as_bytes().replace(b"\r\n ", b" ")
    assert f"List-Unsubscribe: <{address_for(row)}>\r\n".encode() in wire
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in wire


# By the page


def test_the_page_offers_the_kinds_one_was_told_of_and_says_what_is_always_mailed(told, sign_in, donor, agency):
    told(NEWS, DUTY)
    page = sign_in(donor).get(CHOICES).text
    assert f'value="{NEWS}"' in page
    assert f'value="{OTHER}"' not in page
    assert f'value="{DUTY}"' not in page
    assert "<li>A duty</li>" in page
    assert f'value="{NEWS}"' not in sign_in(agency).get(CHOICES).text


def test_a_choice_is_kept_and_counts(told, sign_in, donor):
    told(NEWS, OTHER)
    client = sign_in(donor)
    assert client.post(CHOICES, {"pace": "at_once", "wanted": [OTHER]}).status_code == 302
    assert MailChoice.objects.get(user=donor).unwanted == [NEWS]
    assert delivery.send_mail() == 1
    assert f'value="{OTHER}" id="id_wanted_1" checked' in client.get(CHOICES).text
    client.post(CHOICES, {"pace": "at_once", "wanted": [NEWS, OTHER]})
    told(NEWS)
    assert delivery.send_mail() == 1


@pytest.mark.parametrize(
    "sent", [{}, {"pace": "hourly"}, {"pace": "at_once", "wanted": [DUTY]}, {"pace": "at_once", "wanted": ["x"]}]
)
def test_what_was_not_offered_is_refused(told, sign_in, donor, sent):
    told(NEWS, DUTY)
    assert sign_in(donor).post(CHOICES, sent).status_code == 200
    assert not MailChoice.objects.exists()


def test_a_kind_that_was_not_offered_stays_as_it_was(donor):
    operations.choose_mail(by=donor, is_daily=False, offered=[NEWS, OTHER], wanted=[OTHER])
    operations.choose_mail(by=donor, is_daily=False, offered=[OTHER, DUTY], wanted=[])
    assert MailChoice.objects.get().unwanted == [NEWS, OTHER]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_queries_for_one_and_three(told, sign_in, donor, django_assert_max_num_queries, count):
    told(*(NEWS, OTHER, DUTY)[:count])
    client = sign_in(donor)
    with django_assert_max_num_queries(10):
        assert client.get(CHOICES).status_code == 200


# Once a day


@pytest.fixture
def once_a_day(donor, set_clock):
    operations.choose_mail(by=donor, is_daily=True, offered=[], wanted=[])
    set_clock(datetime(2008, 9, 15, 5, 59, tzinfo=UTC))


def test_a_daily_mail_has_all_but_duties_and_comes_once(told, once_a_day, set_clock):
    told(NEWS, OTHER, DUTY)
    assert delivery.send_mail() == 1
    assert daily.send_daily() == 0
    set_clock(datetime(2008, 9, 15, 6, 0, tzinfo=UTC))
    assert [daily.send_daily(), daily.send_daily()] == [1, 0]
    assert sent() == ["[Demonstration] A duty: PLG-2008-0014", "[Demonstration] 2 notices, 15 September"]
    assert "\n\nNews: PLG-2008-0014\n\nOther news: PLG-2008-0014\n" in mail.outbox[1].body
    told(NEWS)
    assert [delivery.send_mail(), daily.send_daily()] == [0, 0]
    set_clock(datetime(2008, 9, 16, 6, 0, tzinfo=UTC))
    assert daily.send_daily() == 1
    assert sent()[2] == "[Demonstration] 1 notice, 16 September"
    assert not Notice.objects.filter(mailed_at=None).exists()


def test_one_post_without_signing_in_stops_the_daily_mail_but_no_duty(told, once_a_day, set_clock, donor):
    set_clock(datetime(2008, 9, 15, 7, 0, tzinfo=UTC))
    told(NEWS)
    assert daily.send_daily() == 1
    header = mail.outbox[0].message()["List-Unsubscribe"]
    assert mail.outbox[0].message()["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"Stop the daily mail\n{header.strip('<>')}" in mail.outbox[0].body
    path = header.strip("<>").removeprefix("https://portal.example")
    told(OTHER)
    assert "Stop the daily mail?" in Client().get(path).text
    assert MailChoice.objects.get().unwanted == []
    done = Client(enforce_csrf_checks=True).post(
        path, b"List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
    )
    assert "The daily mail is switched off" in done.text
    told(NEWS, DUTY)
    set_clock(datetime(2008, 9, 16, 7, 0, tzinfo=UTC))
    assert (daily.send_daily(), delivery.send_mail()) == (0, 1)
    assert "A duty" in sent()[-1]


def test_a_daily_mails_address_is_short_or_left_out(donor, settings):
    donor.pk = 16**9
    assert len(address_for_daily(donor)) <= LONGEST
    settings.ALLIANCE_ADDRESS = f"https://{'p' * 50}.example"
    assert address_for_daily(donor) == ""


def test_a_token_of_a_daily_mail_is_its_readers_alone(donor, agency, told):
    token = daily_token_of(donor)
    assert (reader_of(token), notice_of(token), reader_of(token_of(told(NEWS)))) == (donor, None, None)
    assert reader_of(f"~{agency.pk:x}-{token.partition('-')[2]}") is None
    assert reader_of(token.removeprefix("~")) is None
    assert Client().post(f"/u/~{10**9:x}-{token.partition('-')[2]}").status_code == 404


def test_a_day_without_a_notice_has_no_mail(once_a_day, set_clock, told):
    set_clock(datetime(2008, 9, 15, 7, 0, tzinfo=UTC))
    assert daily.send_daily() == 0
    told(NEWS)
    assert daily.send_daily() == 0


def test_a_closed_account_has_no_daily_mail(told, once_a_day, set_clock, donor):
    set_clock(datetime(2008, 9, 15, 7, 0, tzinfo=UTC))
    told(NEWS)
    User.objects.filter(pk=donor.pk).update(is_active=False)
    assert daily.send_daily() == 0


def test_a_second_try_of_a_daily_mail_has_the_same_id(told, once_a_day, set_clock):
    set_clock(datetime(2008, 9, 15, 7, 0, tzinfo=UTC))
    told(NEWS)
    daily.send_daily()
    Notice.objects.update(mailed_at=None)  # killed between the server's answer and our stamp
    MailChoice.objects.update(daily_on=None)
    daily.send_daily()
    assert len(mail.outbox) == 2
    assert len({one.message()["Message-ID"] for one in mail.outbox}) == 1


def test_a_daily_mail_waits_for_a_server_that_is_away(told, once_a_day, set_clock, monkeypatch):
    set_clock(datetime(2008, 9, 15, 7, 0, tzinfo=UTC))
    told(NEWS)
    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", raising(ConnectionRefusedError()))
        assert daily.send_daily() == 0
    assert daily.send_daily() == 1


def test_a_daily_mail_that_is_refused_is_in_tomorrows(told, once_a_day, set_clock, monkeypatch):
    set_clock(datetime(2008, 9, 15, 7, 0, tzinfo=UTC))
    told(NEWS)
    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", raising(ValueError()))
        assert daily.send_daily() == 0
    assert daily.send_daily() == 0
    assert Notice.objects.get().mail_tries == 1
    set_clock(datetime(2008, 9, 16, 7, 0, tzinfo=UTC))
    assert daily.send_daily() == 1


def raising(error):
    def send(self, messages):
        raise error

    return send
