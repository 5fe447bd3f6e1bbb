"""Public pages, role homes and the read interface, on the demonstration."""

import csv
import io
import re
from base64 import b64encode
from decimal import Decimal

import pytest
from django.test import Client

from alliance.register.models import RegisterEntry
from funds.models import Donor, Posting
from funds.statements.funding_status import funding_status
from governance.models import Decision
from governance.operations import close_decision
from proposals.models import Project
from reporting.api.pages import Keyset
from reporting.donor_area.gather import donor_area
from reporting.homes import tasks_for
from reporting.postings import FLOWS, behind, total
from reporting.projects import project_record, public_projects
from tests.governance.factories import MEMBERS, opened_text, vote
from tests.ground.layers import stand_at_the_end
from tests.proposals.factories import approved_project

PAGES = ("", "money/", "money/postings/", "projects/", "decisions/", "organisations/", "register/", "search/?q=acuerdo")


@pytest.fixture
def demonstration(demonstration_played, db):
    stand_at_the_end()


def page(client, address):
    answer = client.get(f"/en/{address}")
    assert answer.status_code == 200, address
    return answer.content.decode().replace("\u00a0", " ")


@pytest.mark.requirement("R22", "R54", "R55", "R59", "R96")
def test_public_pages_follow_every_figure_to_its_rows(demonstration, client):
    for address in PAGES:
        assert "separate from the Global Forum" in page(client, address)
    status = funding_status()
    for row in (*status.rows, status.seed):
        if row.code in FLOWS:
            assert total(behind(row.code)) == row.amount, row.code
            assert f"{row.amount:,.2f}" in page(client, f"money/postings/?row={row.code}")
    record = project_record(public_projects().select_related("version", "proposal").get())
    assert [len(record.attributions), record.delivery.quantize(Decimal("0.001"))] == [3, Decimal("0.632")]
    for name, whole in (("allocated", "480000.00"), ("transferred", "200000.00"), ("spent", "126347.04")):
        assert sum(getattr(part, name) for part in record.attributions) == Decimal(whole)
    shown = page(client, f"projects/{record.project.reference}/")
    assert all(text in shown for text in ("480,000.00", "126,347.04", "63.2%", "DEC-2008-001", "B04"))
    decision = page(client, "decisions/DEC-2008-001/")
    assert all(text in decision for text in ("192,000.00", "288,000.00", "International Organization for Migration"))


@pytest.mark.requirement("R27")
def test_organisation_shows_its_roles_side_by_side(demonstration, client):
    shown = page(client, "organisations/iom/")
    assert all(text in shown for text in ("Applicant", "Partner", "Seat in the committee"))
    assert "pledge" not in page(client, "organisations/undp/").lower()
    pending = page(client, "organisations/switzerland-sdc/")
    assert ("1,200,000.00" in pending, "250,000.00" in pending) == (True, False)


@pytest.mark.requirement("R54", "R56")
def test_donors_area_adds_up_to_the_cent(demonstration):
    areas = [donor_area(donor) for donor in Donor.objects.select_related("organisation")]
    project = Project.objects.with_money().get()
    assert sum(area.attributed for area in areas) == project.allocated
    assert sum(area.transferred for area in areas) == project.net_funded
    assert sum(area.spent for area in areas) == project.spent
    for area in areas:
        assert area.received == area.fee + area.attributed + area.unallocated + area.costs + area.refunded
        assert area.costs >= 0


def waiting(user, moment):
    return {(re.sub(r"\s.*", "", task.reference), str(task.label)) for task in tasks_for(user, moment)}


@pytest.mark.requirement("R64", "R68")
def test_homes_are_task_lists(demonstration, people, client):
    from alliance.core import clock

    now = clock.now()
    decision = Decision.objects.open().get().reference
    expected = {
        "donor": {"Send an instalment"}, "rival_donor": {"Send an instalment"},
        "agency": {"Write a report", "Apply under an open call"}, "member": {"Vote"}, "chair": {"Vote"},
        "member_ilo": set(), "reviewer": set(),
        "officer": {
            "Acknowledge a pledge", "Check a proposal", "Put a proposal to the committee", "Take the next step with a donor",
        },
        "finance_officer": {"Acknowledge a pledge", "Expect an instalment", "Prepare a tranche"},
    }  # fmt: skip
    for person, labels in expected.items():
        assert {label for _reference, label in waiting(people[person], now)} == labels, person
    assert (decision, "Vote") in waiting(people["member"], now)
    for person in people.values():
        client.force_login(person)
        assert client.get("/en/home/").status_code == 200


@pytest.mark.requirement("D1")
def test_sealed_ballot_is_closed_to_everyone_until_the_close(demonstration, people, client):
    cast = RegisterEntry.objects.filter(kind="ballot.cast/1").order_by("n")
    open_now, still_sealed = cast.first(), cast.last()
    assert '"choice":' in page(client, f"register/{open_now.n}/").replace("&quot;", '"')
    for person in ("auditor", "head", "member_sweden"):
        client.force_login(people[person])
        shown = page(client, f"register/{still_sealed.n}/").replace("&quot;", '"')
        assert still_sealed.digest in shown
        assert '"choice":' not in shown
    client.logout()
    assert client.get(f"/en/decisions/{Decision.objects.open().get().reference}/").status_code == 404


@pytest.mark.requirement("R55")
def test_open_data_gives_projects_and_decisions(demonstration, client, django_assert_num_queries):
    with django_assert_num_queries(1):
        project = client.get("/api/v1/projects/").json()["results"][0]
    assert (project["allocated"], project["spent"], project["recommendations"]) == ("480000.00", "126347.04", ["B04"])
    decisions = client.get("/api/v1/decisions/").json()["results"]
    assert [(row["reference"], row["result"]) for row in decisions] == [("DEC-2008-001", "carried")]
    assert client.get(f"/api/v1/projects/{project['reference']}/").json()["title"] == project["title"]
    assert client.get("/api/v1/decisions/DEC-2008-002/").status_code == 404
    assert client.get("/api/v1/projects/?cursor=made-up").status_code == 404
    for place in ("p=x", "p=2008-99-99", "p=999999&o=1", "p=-", "p=%00", "p=2008-05-30 12:00:00"):
        cursor = b64encode(place.encode()).decode()
        statuses = [
            client.get(f"/api/v1/{name}/", {"cursor": cursor}).status_code for name in ("projects", "decisions")
        ]
        assert statuses[-1] == 404, place
        assert statuses[0] == (200 if place == "p=999999&o=1" else 404), place
    assert client.post("/api/v1/projects/", {}).status_code == 405


@pytest.mark.requirement("R55")
def test_postings_are_the_same_on_the_page_as_file_and_as_open_data(demonstration, client, django_assert_num_queries):
    for row in ("contributions", "allocated", "transfers_partners", "partners_expenditure"):
        shown = client.get("/en/money/postings/", {"row": row, "as_of": "2008-09-15"}).context["total"]
        file = client.get("/en/money/postings/", {"row": row, "as_of": "2008-09-15", "format": "csv"})
        lines = list(csv.DictReader(io.StringIO(b"".join(file.streaming_content).decode("utf-8-sig"))))
        assert sum(Decimal(line["adds"]) for line in lines) == shown > 0
    everything = client.get("/en/money/postings/", {"format": "csv"})
    lines = list(csv.DictReader(io.StringIO(b"".join(everything.streaming_content).decode("utf-8-sig"))))
    assert {line["adds"] for line in lines} == {""}
    with django_assert_num_queries(1):
        given = client.get("/api/v1/postings/?size=500").json()["results"]
    names = ("id", "effective_on", "credit", "debit", "amount")
    assert sorted([str(row[name]) for name in names] for row in given) == sorted(
        [line[name] for name in names] for line in lines
    )
    assert len(given) == Posting.objects.count()


@pytest.mark.requirement("R55")
def test_cursor_leads_to_every_row_once_however_many_are_of_one_day(demonstration, client, monkeypatch):
    monkeypatch.setattr(Keyset, "offset_cutoff", 1)  # a thousand of one day otherwise
    for name, key, rows in (("postings", "id", Posting.objects), ("projects", "reference", Project.objects)):
        found, address = [], f"/api/v1/{name}/?size=1"
        while address and len(found) <= rows.count():
            page = client.get(address).json()
            found += [row[key] for row in page["results"]]
            address = page["next"]
        assert found == list(rows.order_by("-pk").values_list({"id": "pk"}.get(key, key), flat=True))


@pytest.mark.requirement("R55")
def test_open_data_gives_the_reasons_that_the_page_gives(people, officer, client):
    decision = opened_text()
    vote(decision, "approve", *MEMBERS[1:])
    vote(decision, "return", MEMBERS[0], reasons="Too dear.")
    close_decision(by=officer, decision=decision)
    row = client.get(f"/api/v1/decisions/{decision.reference}/").json()
    shown = client.get(f"/en/decisions/{decision.reference}/").context["reasons"]
    assert [(one["seat"], one["reasons"]) for one in row["reasons"]] == [(str(s.label), s.reasons) for s in shown]
    assert "Too dear." in {one["reasons"] for one in row["reasons"]}
    assert "reasons" not in client.get("/api/v1/decisions/").json()["results"][0]


def test_list_asks_as_much_for_three_rows_as_for_one(db, agency, officer, finance_officer, client):
    counts = []
    for wanted in (1, 3):
        while Project.objects.count() < wanted:
            approved_project(agency, officer, finance_officer)
        counts.append(
            [queries(client, address) for address in ("/en/projects/", "/api/v1/projects/", "/en/money/postings/")]
        )
    assert counts[0] == counts[1]


def queries(client: Client, address: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_cursor_leads_through_the_whole_list_and_back(db, client, agency, officer, finance_officer):
    for _number in range(2):
        approved_project(agency, officer, finance_officer)
        decision = opened_text()
        vote(decision, "approve", *MEMBERS)
        close_decision(by=officer, decision=decision)
    for name in ("projects", "decisions"):
        first = client.get(f"/api/v1/{name}/?size=1").json()
        second = client.get(first["next"]).json()
        assert (len(first["results"]), len(second["results"]), second["next"]) == (1, 1, None)
        assert first["results"] != second["results"]
        assert client.get(second["previous"]).json()["results"] == first["results"]


@pytest.mark.parametrize("address", ["money/?as_of=2099-01-01", "money/?as_of=never", "projects/?page=x"])
def test_odd_addresses_are_answered(db, client, address):
    assert client.get(f"/en/{address}").status_code == 200


@pytest.mark.parametrize(
    "address", ["money/postings/?row=none", "projects/PRJ-1/", "register/999999/", "organisations/x/"]
)
def test_what_is_not_there_is_not_found(db, client, address):
    assert client.get(f"/en/{address}").status_code == 404


def test_stranger_has_an_empty_home(stranger, client):
    client.force_login(stranger)
    assert "Nothing waits for you" in page(client, "home/")
    assert client.get("/en/my-contributions/").status_code == 403
