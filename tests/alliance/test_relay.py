"""The relay: each entry's people are told once."""

import json

import pytest

from alliance.people.models import User
from alliance.records import relay
from alliance.records.models import Notice, RelayCursor
from alliance.register import declare, kinds, operation, record
from alliance.register.models import RegisterEntry

TOLD: dict[str, list] = {"people": []}


def told(body):
    return User.objects.filter(email__in=TOLD["people"])


def broken(body):
    raise RuntimeError("no")


@pytest.fixture(autouse=True)
def test_kinds(monkeypatch):
    monkeypatch.setattr(kinds, "_declared", dict(kinds._declared))
    declare("test.happened/1", label="Something happened", told=told, url=lambda body: "/en/notices/")
    declare("test.broken/1", label="Broken", told=broken)
    declare("test.silent/1", label="Silent")


@pytest.fixture(autouse=True)
def caught_up(db):
    """Start after what the reference data left in the register."""
    last = RegisterEntry.objects.order_by("-n").first()
    RelayCursor.objects.update_or_create(name=relay.CURSOR, defaults={"n": last.n if last else 0})


@operation
def happen(*, by, kind="test.happened/1", facts=None):
    record(kind, by=by, facts=facts or {"pledge": "PLG-2008-0014"})


def tell(*people):
    TOLD["people"] = [one.email for one in people]


def test_people_are_told_once(officer, donor, agency):
    tell(donor, agency)
    happen(by=officer)
    assert relay.relay() == 1
    assert relay.relay() == 0
    assert set(Notice.objects.values_list("user__email", "reference", "url")) == {
        (donor.email, "PLG-2008-0014", "/en/notices/"),
        (agency.email, "PLG-2008-0014", "/en/notices/"),
    }


def test_entry_read_twice_tells_once(officer, donor):
    tell(donor)
    happen(by=officer)
    relay.relay()
    RelayCursor.objects.update(n=RelayCursor.objects.get().n - 1)
    assert relay.relay() == 1
    assert Notice.objects.count() == 1


def test_nobody_is_told_of_their_own_act(officer, donor):
    tell(officer, donor)
    happen(by=officer)
    relay.relay()
    assert [notice.user for notice in Notice.objects.all()] == [donor]


def test_inactive_people_and_silent_kinds_get_nothing(officer, donor):
    tell(donor)
    User.objects.filter(pk=donor.pk).update(is_active=False)
    happen(by=officer)
    happen(by=officer, kind="test.silent/1")
    assert relay.relay() == 2
    assert not Notice.objects.exists()


def test_declaration_that_fails_does_not_hold_up_the_others(officer, donor, caplog):
    tell(donor)
    happen(by=officer, kind="test.broken/1")
    happen(by=officer)
    assert relay.relay() == 2
    assert Notice.objects.count() == 1


def test_more_entries_than_a_batch_are_all_read(officer, donor, monkeypatch):
    monkeypatch.setattr(relay, "BATCH", 2)
    tell(donor)
    for _ in range(5):
        happen(by=officer)
    assert relay.relay() == 5
    assert Notice.objects.count() == 5


@pytest.mark.parametrize(
    ("facts", "rows", "reference"),
    [
        ({"pledge": "PLG-2008-0014", "n": 3}, [], "PLG-2008-0014"),
        ({"amount": "12.00"}, [{"columns": {"reference": "AGR-2008-0002"}}], "AGR-2008-0002"),
        ({"text": "no reference"}, [{"columns": {"reference": {"sha256": "x"}}}], ""),
    ],
)
def test_reference_comes_from_facts_or_rows(facts, rows, reference):
    assert relay.reference_of({"facts": facts, "rows": rows}) == reference


# Pages


def test_notices_are_ones_own_and_marked_read_when_opened(sign_in, officer, donor, agency):
    tell(donor, agency)
    happen(by=officer)
    relay.relay()
    mine, other = Notice.objects.get(user=donor), Notice.objects.get(user=agency)
    client = sign_in(donor)
    page = client.get("/en/notices/").text
    assert "PLG-2008-0014" in page
    assert f"/en/notices/{other.pk}/" not in page
    assert client.get(f"/en/notices/{other.pk}/").status_code == 404
    assert client.get(f"/fr/notices/{mine.pk}/").url == "/fr/notices/"
    mine.refresh_from_db()
    assert mine.read_at


def test_all_that_was_shown_is_marked_read_and_no_more(sign_in, officer, donor):
    tell(donor)
    happen(by=officer)
    relay.relay()
    shown = Notice.objects.get().entry.n
    happen(by=officer)
    relay.relay()
    client = sign_in(donor)
    assert client.post("/en/notices/read/", {"up_to": "x"}).status_code == 302
    assert client.post("/en/notices/read/", {"up_to": str(shown)}).status_code == 302
    assert list(Notice.objects.unread().values_list("entry__n", flat=True)) == [shown + 1]


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_for_one_and_three(sign_in, officer, donor, django_assert_max_num_queries, count):
    tell(donor)
    for _ in range(count):
        happen(by=officer)
    relay.relay()
    client = sign_in(donor)
    with django_assert_max_num_queries(11):
        assert client.get("/en/notices/").status_code == 200


def test_notice_of_a_body_holds_no_names(officer, donor):
    tell(donor)
    happen(by=officer)
    body = json.loads(RegisterEntry.objects.order_by("-n").first().body)
    assert donor.name not in json.dumps(body)
