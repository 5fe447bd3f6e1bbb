"""Every kind of entry has a case, and every kind that people are told of a mail that they can use."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client, override_settings
from django.utils import translation

from alliance.people.models import User
from alliance.records import notice_mail
from alliance.records.mail import SUBJECT
from alliance.records.models import Notice
from alliance.records.relay import relay
from alliance.register import kinds
from governance.models import Decision, Recusal
from reporting.verification.everything import verify
from tests import every_act
from tests.history import rich

LANGUAGES = ["en", "fr", "es"]
ORIGIN = "https://portal.example"
CO_AUTHOR = "proposal.co_author_invited/1"  # who was invited last was removed later
NOT_HERE = {"fund.status_set/1"}  # the suite's fund operates from the start


@pytest.fixture(scope="module", autouse=True)
def everything(demonstration_played: None, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The demonstration, and a case of all that it leaves out, delivered."""
    with django_db_blocker.unblock(), rich():
        every_act.enact()
        relay()
        yield


def told() -> set[str]:
    return {name for name, kind in kinds.declared().items() if kind.told and not name.startswith("test.")}


def test_what_this_release_will_leave_behind_has_every_kind_of_entry_account_voucher_and_request() -> None:
    """A new kind needs a case in `tests/every_act`, so that the next fixture holds it."""
    assert list(every_act.missing()) == [f"entry kind {kind}" for kind in sorted(NOT_HERE)]
    assert verify().problems == []


def test_every_kind_that_is_told_says_what_it_is_about() -> None:
    assert {kind for kind in told() if kinds.kind(kind).about is None} == set()


def newest(kind: str) -> Iterator[Notice]:
    """Yield the newest notice of a kind of each sort of reader."""
    rows = Notice.objects.filter(kind=kind).order_by("-entry__n", "pk").select_related("user", "entry")
    last = rows.filter(entry=rows[0].entry) if rows else []
    yield from {frozenset(role for role, _pk in row.user.roles): row for row in last}.values()


class Sent(NamedTuple):
    """A mail, and who gets it."""

    kind: str
    reader: User
    mail: EmailMultiAlternatives


@pytest.fixture(scope="module", params=LANGUAGES)
def sent(request: pytest.FixtureRequest, everything: None, django_db_blocker: Any) -> Iterator[list[Sent]]:
    """A mail of every kind to every sort of reader, in one language."""
    with django_db_blocker.unblock(), override_settings(ALLIANCE_ADDRESS=ORIGIN):
        rows = [row for kind in sorted(told()) for row in newest(kind)]
        for row in rows:
            row.user.language = request.param
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(notice_mail.log, "exception", no_exception)
            yield [Sent(row.kind, row.user, notice_mail.message(row)) for row in rows]


def no_exception(event: str, **about: Any) -> None:
    raise AssertionError(f"{event} {about}")


def test_every_kind_is_mailed(sent: list[Sent]) -> None:
    assert told() - {one.kind for one in sent} == NOT_HERE


def test_a_subject_is_whole_and_not_too_long(sent: list[Sent]) -> None:
    subjects = [one.mail.subject for one in sent]
    assert [subject for subject in subjects if re.search(r"%\(|{{|None|\n|[.,]00\b", subject)] == []
    assert max(map(len, subjects)) <= SUBJECT


def test_a_subject_says_more_than_what_happened(sent: list[Sent]) -> None:
    """A name, a title, an amount or a day of the thing itself, to everybody."""
    with translation.override(sent[0].reader.language):
        bare = {str(kinds.kind(kind).label) for kind in told()}
    assert [one.kind for one in sent if one.mail.subject.partition("] ")[2] in bare] == []


def test_a_mail_has_both_parts_in_the_readers_language_and_its_headers(sent: list[Sent]) -> None:
    for one in sent:
        message = one.mail.message()
        assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
        assert message["Message-ID"] == one.mail.message()["Message-ID"]
        assert len(message["Message-ID"]) < 70
        assert message["Auto-Submitted"] == "auto-generated"
        assert f'<html lang="{one.reader.language}">' in one.mail.alternatives[0].content


def test_mail_of_all_but_duties_says_how_to_stop_it(sent: list[Sent]) -> None:
    for one in sent:
        message, is_duty = one.mail.message(), kinds.kind(one.kind).is_duty
        assert (message["List-Unsubscribe"] is None, message["List-Unsubscribe-Post"] is None) == (is_duty, is_duty)
        assert is_duty or len(message["List-Unsubscribe"]) < 70 + len("<>")
        assert is_duty or b"\nList-Unsubscribe: <http" in message.as_bytes().replace(b"\n ", b" ")


def test_no_two_mails_have_one_id(sent: list[Sent]) -> None:
    ids = [one.mail.message()["Message-ID"] for one in sent]
    assert len(ids) == len(set(ids))


def test_every_link_is_absolute_and_answers_whom_it_is_sent_to(sent: list[Sent], client: Client) -> None:
    answers = {}
    for one in sent:
        links = re.findall(r'href="([^"]*)"', one.mail.alternatives[0].content)
        assert links == re.findall(r"^http\S+$", one.mail.body, flags=re.M)
        assert all(link.startswith((f"{ORIGIN}/{one.reader.language}/", f"{ORIGIN}/u/")) for link in links)
        client.force_login(one.reader)
        answers |= {
            (one.kind, one.reader.email, link): client.get(link.removeprefix(ORIGIN)).status_code for link in links
        }
    closed = {kind for (kind, _who, _link), status in answers.items() if status != 200}
    assert closed == {CO_AUTHOR}
    assert len(answers) > len(told())


def test_no_mail_says_what_a_recused_member_may_not_read(sent: list[Sent]) -> None:
    title = {row.reference: row.title for row in Decision.objects.exclude(recusals=None).exclude(state="closed")}
    for recusal in Recusal.objects.exclude(decision__state="closed").select_related("decision", "holder"):
        found = [one.mail for one in sent if one.reader.pk == recusal.holder.user_id]
        assert not [mail for mail in found if title[recusal.decision.reference] in mail.subject + mail.body]


def test_the_demonstration_says_so(sent: list[Sent]) -> None:
    assert {one.mail.subject.startswith("[D") for one in sent} == {True}
