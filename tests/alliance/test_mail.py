"""Every mail: one content in two parts, links with a host, an id of its own, and nothing that a header cannot hold."""

from email.message import EmailMessage
from typing import Any

import pytest
from celery.signals import beat_init, worker_init
from django.core.checks import run_checks
from django.utils import translation

from alliance.core.errors import Refused
from alliance.core.origin import absolute, origin
from alliance.records.mail import Letter, deliverable, message_id, one_line, shortened, written
from alliance.records.notice_mail import subject_of
from alliance.records.plain import plain
from alliance.register import About
from alliance.register.kinds import EntryKind
from alliance.runtime import web

ORIGIN = "https://portal.example"


@pytest.fixture(autouse=True)
def known_address(settings: Any) -> None:
    settings.ALLIANCE_ADDRESS = ORIGIN


def letter(**other: Any) -> Letter:
    said: dict[str, Any] = {
        "to": "ana@donor.example", "language": "en", "event": "0a1b", "subject": "Pledge acknowledged", "name": "Ana",
        "heading": "Pledge acknowledged", "facts": (("Reference", "PLG-2008-0014"), ("Amount", "USD 480,000")),
        "text": "first line\nsecond line", "path": "/en/pledges/PLG-2008-0014/", "action": "Open it",
    }  # fmt: skip
    return Letter(**said | other)


def sent(**other: Any) -> EmailMessage:
    return written(letter(**other)).message()


def parts(mail: EmailMessage) -> tuple[str, str]:
    text, html = mail.iter_parts()
    return text.get_content(), html.get_content()


# Both parts


@pytest.mark.django_db
def test_both_parts_say_the_same() -> None:
    text, html = parts(sent())
    assert text.startswith(
        "Pledge acknowledged\n\nDear Ana,\n\nReference: PLG-2008-0014\nAmount: USD 480,000\n\n"
        f"first line\nsecond line\n\nOpen it\n{ORIGIN}/en/pledges/PLG-2008-0014/\n\n"
    )
    for said in (
        "Dear Ana,",
        "PLG-2008-0014",
        "USD 480,000",
        "second line",
        f'href="{ORIGIN}/en/pledges/PLG-2008-0014/"',
    ):
        assert said in html


@pytest.mark.django_db
def test_both_parts_are_in_the_readers_language() -> None:
    with translation.override("en"):
        text, html = parts(sent(language="fr"))
    assert "Alliance internationale" in text
    assert '<html lang="fr">' in html


@pytest.mark.django_db
def test_what_people_typed_is_text_in_both_parts() -> None:
    text, html = parts(sent(facts=(("Subject", '<img src="https://spy.example"> & more'),)))
    assert 'Subject: <img src="https://spy.example"> & more\n' in text
    assert "<img" not in html


@pytest.mark.django_db
def test_a_mail_loads_nothing() -> None:
    html = parts(sent())[1]
    assert [word for word in ("src=", "url(", "@import", "<link", "<script", "<style") if word in html] == []


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<head><title>T</title></head><body><h1>A\n  b</h1>", "A b\n"),
        ("<p>one<br>two &amp; three\u00a0four</p>", "one\ntwo & three\u00a0four\n"),
        ("<table><tr><th>A</th><td> 1 </td></tr><tr><th>B</th><td>2</td></tr></table><p>c</p>", "A: 1\nB: 2\n\nc\n"),
        ('<p><a href="https://x.example/?a=1&amp;b=2">Open</a></p><p> </p>', "Open\nhttps://x.example/?a=1&b=2\n"),
    ],
)
def test_text_is_read_from_html(html: str, text: str) -> None:
    assert plain(html) == text


# Ids and headers


@pytest.mark.django_db
def test_an_event_has_one_id_for_each_reader() -> None:
    mail = written(letter())
    again, elsewhere, later = sent(), sent(to="ben@donor.example"), sent(event="0a1c")
    first = mail.message()["Message-ID"]
    assert [mail.message()["Message-ID"], again["Message-ID"]] == [first, first]
    assert len({first, elsewhere["Message-ID"], later["Message-ID"]}) == 3


@pytest.mark.parametrize(
    ("address", "host"),
    [
        (ORIGIN, "portal.example"),
        ("https://a.very.long.name.of.a.portal.of.an.organisation.example.org", "of.an.organisation.example.org"),
        ("https://" + "a" * 60 + ".b" * 8, "b.b.b.b.b.b.b.b"),
        ("https://" + "a" * 63, "portal"),
        ("http://localhost:8000", "localhost"),
        ("http://[::1]:8000", "--1"),
    ],
)
def test_an_id_is_short_whatever_the_host(settings: Any, address: str, host: str) -> None:
    settings.ALLIANCE_ADDRESS = address
    made = message_id("event", "ana@donor.example")
    assert len(made) < 70
    assert made.endswith(f"@{host}>")
    assert "ana" not in made


@pytest.mark.django_db
def test_a_line_break_in_a_title_makes_no_header() -> None:
    mail = sent(subject="Vote on this\r\nBcc: all@spy.example")
    assert mail["Subject"] == "Vote on this Bcc: all@spy.example"
    assert mail["Bcc"] is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\tb\nc\r\nd\u2028e\u00a0f", "a b c d e f"),
        ("safe\u202etxt.exe\u2066x\u2069", "safetxt.exex"),
        ("a\u200bb\x00c\ufeff", "abc"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_a_line_holds_nothing_unseen(text: str, line: str) -> None:
    assert one_line(text) == line


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("Compendium of good practice", "Compendium of good practice"),
        ("Compendium of good practices", "Compendium of good…"),
        ("Compendium of good practice, and more", "Compendium of good…"),
        ("A" * 300, "A" * 26 + "…"),
        ("one, two – three, four five, six", "one, two – three, four…"),
    ],
)
def test_a_long_title_is_cut_after_a_word(text: str, short: str) -> None:
    assert shortened(text, 27) == short
    assert len(short) <= 27


@pytest.mark.django_db
def test_a_subject_never_grows_beyond_measure() -> None:
    assert len(sent(subject="word " * 200)["Subject"]) <= 200


def about(**said: str) -> About:
    return About(
        **{"reference": "DEC-2008-003", "title": "Compendium", "amount": "USD 480,000", "more": "closes 3 May"} | said
    )


VOTE = EntryKind("vote/1", "A vote is open", None, None, subject="Vote on %(what)s")
PLEDGE = EntryKind("pledge/1", "Pledge acknowledged", None, None)


@pytest.mark.parametrize(
    ("kind", "of", "subject"),
    [
        (VOTE, about(), "Vote on DEC-2008-003, Compendium, USD 480,000: closes 3 May"),
        (VOTE, about(more=""), "Vote on DEC-2008-003, Compendium, USD 480,000"),
        (VOTE, About("DEC-2008-003"), "A vote is open: DEC-2008-003"),
        (VOTE, about(title="100%s %(what)s"), "Vote on DEC-2008-003, 100%s %(what)s, USD 480,000: closes 3 May"),
        (PLEDGE, about(), "Pledge acknowledged: DEC-2008-003, Compendium, USD 480,000, closes 3 May"),
        (PLEDGE, About(), "Pledge acknowledged"),
        (PLEDGE, About(more="due 3 May"), "Pledge acknowledged: due 3 May"),
        (PLEDGE, About(title="word " * 60), f"Pledge acknowledged: {'word ' * 13}word…"),
        (PLEDGE, About(title="two\nlines"), "Pledge acknowledged: two lines"),
    ],
)
def test_a_subject_has_title_amount_and_deadline(kind: EntryKind, of: About, subject: str) -> None:
    assert subject_of(kind, of) == subject


# Addresses


@pytest.mark.parametrize("address", ["ana@donor.example", "ana.o'neill+x@donor.example"])
def test_an_ordinary_address_is_taken_as_it_is(address: str) -> None:
    assert deliverable(address) == address


def test_a_domain_is_written_in_plain_letters() -> None:
    assert deliverable("ana@münchen.example") == "ana@xn--mnchen-3ya.example"


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("josé@donor.example", "unaccented letters"),
        ("jose\u0301@donor.example", "unaccented letters"),
        ("ana", "not an address"),
        ("ana@", "not an address"),
        ("ana@donor..example", "not an address"),
        ("ana@donor.example\nBcc: all@spy.example", "not an address"),
        ("ana@donor.example, ben@donor.example", "not an address"),
        ("ana@" + "a" * 64 + ".example", "not an address"),
    ],
)
def test_an_address_that_takes_no_mail_is_refused_in_words(address: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        deliverable(address)


# The portal's own address


@pytest.mark.parametrize(
    ("address", "origins", "whole"),
    [
        ("https://a.example/", ["https://b.example"], "https://a.example"),
        ("", ["https://b.example", "https://c.example"], "https://b.example"),
        ("", [], "http://localhost:8000"),
    ],
)
def test_links_begin_with_the_portals_address(settings: Any, address: str, origins: list[str], whole: str) -> None:
    settings.ALLIANCE_ADDRESS, settings.CSRF_TRUSTED_ORIGINS = address, origins
    assert (origin(), absolute("/en/"), absolute("")) == (whole, f"{whole}/en/", "")


PRODUCTION = {"LOCAL": False, "ALLOWED_HOSTS": ["b.example"], "ALLIANCE_ADDRESS": "", "CSRF_TRUSTED_ORIGINS": []}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "does not know its own address"),
        ({"CSRF_TRUSTED_ORIGINS": ["https://*.example"]}, "No link can begin with “https://\\*.example”"),
        ({"ALLIANCE_ADDRESS": "portal.example"}, "No link can begin with “portal.example”"),
        ({"ALLIANCE_ADDRESS": "https://portal.example/en/"}, "No link can begin with"),
    ],
)
def test_a_portal_that_does_not_know_its_address_does_not_start(
    settings: Any, given: dict[str, Any], words: str
) -> None:
    for name, value in {**PRODUCTION, **given}.items():
        setattr(settings, name, value)
    assert [check.id for check in run_checks(tags=["urls"])] == ["alliance.E006"]
    for start in (lambda: web.on_starting(None), lambda: worker_init.send(None), lambda: beat_init.send(None)):
        with pytest.raises(SystemExit, match=words):
            start()


@pytest.mark.parametrize(
    "given",
    [
        {"CSRF_TRUSTED_ORIGINS": ["https://b.example"]},
        {"ALLIANCE_ADDRESS": "https://b.example"},
        {"LOCAL": True},
        {"ALLOWED_HOSTS": []},
    ],
)
def test_a_portal_that_knows_it_starts(settings: Any, given: dict[str, Any]) -> None:
    for name, value in {**PRODUCTION, **given}.items():
        setattr(settings, name, value)
    assert run_checks(tags=["urls"]) == []
    web.on_starting(None)
