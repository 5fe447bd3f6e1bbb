"""A donor's area: to the cent at any day, the same on the page, on paper and in the files, and for its own people only."""

import csv
import hashlib
import io
import random
import re
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.db import connection
from django.db.models import Sum
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from alliance.core import clock
from alliance.core.errors import NotAllowed
from alliance.jobs import tasks
from alliance.people.models import Membership, Organisation, Role, User
from alliance.register.models import RegisterEntry
from funds.ledger.shares import attributed_to
from funds.ledger.snapshot_taking import carry_forward
from funds.models import Agreement, Deposit, Donor, Pledge, Posting, Stake, Window
from funds.operations import donors as donor_operations
from funds.operations import money
from funds.operations.pledges import cancel_pledge
from proposals.models import PartnerReport, Project
from reporting.donor_area import document, jobs, tables
from reporting.donor_area.gather import donor_area
from reporting.donor_area.knowledge import known
from reporting.donor_area.money import Own
from reporting.donor_area.shape import IndicatorRow
from tests.funds.factories import make_pledge, pay_out
from tests.pdf.verapdf import assert_conforms
from tests.proposals.factories import approved_project
from tests.world import played, undone

DAY = date(2008, 9, 15)
MOST_QUERIES = 16
D = Decimal
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def demonstration(demonstration_played, django_db_blocker, tmp_path_factory):
    from django.test import override_settings

    with (
        django_db_blocker.unblock(),
        override_settings(ALLIANCE_DATA=tmp_path_factory.mktemp("data")),
        played() as things,
    ):
        yield things


@pytest.fixture
def sweden(demonstration) -> Donor:
    return Donor.objects.select_related("organisation").get(organisation__slug="sweden-mfa")


def person(key: str) -> User:
    return User.objects.get(email=f"{key}@demo.example")


def signed_in(key: str) -> Client:
    client = Client()
    client.force_login(person(key))
    return client


def everything_moves(project: str) -> None:
    """Refunds in transit and received, a release, interest, costs, a window transfer and a refund to a donor."""
    first, second = person("finance.officer"), person("second.finance.officer")
    iom = Organisation.objects.get(slug="iom")
    act = {"by": first, "project": project, "on": DAY}
    general = Window.objects.get(code="GEN")
    money.return_money(organisation=iom, amount=D("200.07"), **act)
    money.receive_refund(organisation=iom, amount=D("150.03"), **act)
    money.release(prepared_by=second, amount=D("100.01"), **act)
    money.post_cost(by=first, kind="direct_cost", window=general, amount=D("33.35"), on=DAY)
    money.post_cost(by=first, kind="bank_charges", window=general, amount=D("0.07"), on=DAY)
    money.post_interest(by=first, window=general, amount=D("77.77"), on=DAY)
    donor = Donor.objects.get(organisation__slug="sweden-mfa")
    money.refund_donor(by=first, prepared_by=second, donor=donor, window=general, amount=D("10.10"), on=DAY)


def balanced(area) -> bool:
    return area.received == area.fee + area.unallocated + area.attributed + area.costs + area.refunded


def all_donors() -> list[Donor]:
    return list(Donor.objects.select_related("organisation").order_by("pk"))


# To the cent


@pytest.mark.requirement("R54", "R56")
def test_what_was_paid_is_accounted_for_to_the_cent_on_every_day(demonstration):
    with undone():
        everything_moves(Project.objects.get().reference)
        days = sorted({DAY, *Posting.objects.values_list("effective_on", flat=True)})
        days += [day - timedelta(days=1) for day in days]
        for donor in all_donors():
            for day in days:
                area = donor_area(donor, day)
                assert balanced(area), (donor.name, day)
                assert area.moved_in == 0
                assert sum(row.attributed for row in area.windows) == area.attributed
                assert area.refunded == (D("10.10") if donor.organisation.slug == "sweden-mfa" and day >= DAY else 0)


@pytest.mark.requirement("R54")
def test_parts_are_those_of_the_one_reading_of_the_ledger_on_every_day(demonstration):
    with undone():
        everything_moves(Project.objects.get().reference)
        days = {DAY, *Posting.objects.values_list("effective_on", flat=True)}
        for donor in all_donors():
            for day in {*days, *(day - timedelta(days=1) for day in days)}:
                expected = [(s.project, s.allocated, s.transferred, s.spent) for s in attributed_to(donor, day)]
                assert list(map(tuple, Own(donor, day).parts)) == expected, (donor.name, day)


@pytest.mark.parametrize("seed", range(3))
def test_parts_of_many_projects_are_those_of_the_one_reading(demonstration, seed):
    with undone():
        many_projects(4, seed)
        for donor in all_donors():
            expected = [(s.project, s.allocated, s.transferred, s.spent) for s in attributed_to(donor)]
            area = donor_area(donor)
            assert list(map(tuple, Own(donor, DAY).parts)) == expected
            assert balanced(area)


def many_projects(count: int, seed: int = 0) -> list[str]:
    """Fund more projects in the ledger, with odd amounts; some pay out and report, some do not."""
    dice = random.Random(seed)
    by, iom, general = person("finance.officer"), Organisation.objects.get(slug="iom"), Window.objects.get(code="GEN")
    references = [f"PRJ-2008-9{number:03}" for number in range(count)]
    for reference in references:
        amount = D(dice.randrange(10_000, 99_999)) / 100
        money.allocate(by=None, project=reference, amounts={general: amount}, on=DAY)
        sent = (amount / dice.choice((2, 3))).quantize(D("0.01"))
        pay_out(by=by, project=reference, payee=iom, amount=sent, on=DAY)
        spent = (sent / dice.choice((2, 7))).quantize(D("0.01"))
        money.post_spending(by=by, project=reference, organisation=iom, lines={"1": spent}, on=DAY)
    return references


def test_figures_are_the_rows_of_the_fund(sweden):
    area = donor_area(sweden, DAY)
    totals = sweden.deposits.aggregate(usd=Sum("amount_usd"), fee=Sum("fee_usd"))
    assert (area.received, area.fee) == (totals["usd"], totals["fee"])
    assert (sum(row.usd for row in area.deposits), sum(row.fee for row in area.deposits)) == (area.received, area.fee)
    assert area.unallocated == Stake.objects.filter(source__donor=sweden).aggregate(s=Sum("amount"))["s"]
    assert area.pledged == Pledge.objects.filter(donor=sweden).standing().aggregate(s=Sum("amount_usd"))["s"]
    assert area.agreed == Agreement.objects.filter(donor=sweden).aggregate(s=Sum("amount_usd"))["s"]
    assert area.spent > 0


@pytest.mark.requirement("R54")
def test_past_day_is_what_it_was_whatever_happens_later(sweden):
    paid_on = sweden.deposits.order_by("received_on").first().received_on
    before = donor_area(sweden, paid_on)
    with undone():
        everything_moves(Project.objects.get().reference)
        assert donor_area(sweden, paid_on) == before
    assert donor_area(sweden, paid_on - timedelta(days=1)).received == 0
    first_pledge = sweden.pledges.order_by("pledged_on").first().pledged_on
    assert donor_area(sweden, first_pledge - timedelta(days=1)).is_empty


def test_late_pledge_of_an_earlier_date_is_known_from_its_own_entry_on(sweden):
    day = date(2008, 8, 31)
    with undone():
        before = known(sweden, day)
        pledge = make_pledge(person("donor"), donor=sweden, pledged_on=day)
        after = known(sweden, day)
        assert after.n > before.n
        assert pledge.reference in RegisterEntry.objects.get(n=after.n).body
        make_pledge(person("donor"), donor=sweden, pledged_on=DAY)
        assert known(sweden, day) == after


def test_withdrawn_pledge_counts_until_the_day_it_was_withdrawn(sweden):
    yesterday = DAY - timedelta(days=1)
    with undone():
        area = donor_area(sweden, DAY)
        pledge = make_pledge(person("donor"), donor=sweden, pledged_on=yesterday)
        assert donor_area(sweden, DAY).pledged == area.pledged + D("10000.00")
        cancel_pledge(by=person("officer"), pledge=pledge, why="Withdrawn.")
        withdrawn, stood = donor_area(sweden, DAY), donor_area(sweden, yesterday)
        states = [{row.reference: row.badge.label for row in one.contributions} for one in (withdrawn, stood)]
        assert (withdrawn.pledged, stood.pledged) == (area.pledged, area.pledged + D("10000.00"))
        assert [one[pledge.reference] for one in states] == ["Cancelled", "Pledged"]


def test_results_are_those_of_reports_accepted_by_the_day(sweden):
    accepted_on = PartnerReport.objects.accepted().order_by("accepted_at").first().accepted_at.date()

    def actual(day):
        return [one.actual for row in donor_area(sweden, day).projects for one in row.indicators]

    assert (actual(accepted_on), actual(accepted_on - timedelta(days=1))) == ([D("23"), D("27")], [None, None])


def test_flow_of_each_place_goes_on_whole(sweden):
    with undone():
        everything_moves(Project.objects.get().reference)
        area = donor_area(sweden, DAY)
    into, out = {}, {}
    for link in area.flow.links:
        out[link.source] = out.get(link.source, 0) + link.amount
        into[link.target] = into.get(link.target, 0) + link.amount
    assert out["source"] == area.received
    assert {key for key in out if key in into and out[key] != into[key]} == set()
    ends = ("fee", "costs", "refunded", "unallocated")
    assert [into.get(end, 0) for end in ends] == [area.fee, area.costs, area.refunded, area.unallocated]
    assert into["spent"] == area.spent


def test_instalments_are_covered_in_their_order(sweden):
    agreement = Agreement.objects.filter(donor=sweden, state="signed").first()
    rows = [row for row in donor_area(sweden, DAY).instalments if row.agreement == agreement.reference]
    came = agreement.deposits.aggregate(s=Sum("amount"))["s"] or 0
    whole = agreement.instalments.aggregate(s=Sum("amount"))["s"]
    assert sum(row.open for row in rows) == whole - came
    later = donor_area(sweden, rows[0].due_on + timedelta(days=3)).instalments[0]
    assert (rows[0].is_overdue, later.is_overdue, later.days_late) == (rows[0].due_on < DAY, True, 3)


@pytest.mark.parametrize(
    ("baseline", "target", "actual", "reached"),
    [
        ("0", "10", "10", True), ("0", "10", "9", False), ("40", "20", "20", True), ("40", "20", "25", False),
        (None, "1", "1", True), ("5", "5", "5", True), ("5", "5", "4", False), ("0", "10", None, False),
    ],
)  # fmt: skip
def test_indicator_is_reached_at_its_target_from_either_side(baseline, target, actual, reached):
    row = IndicatorRow("x", "Number", baseline and D(baseline), D(target), actual and D(actual))
    assert row.is_reached is reached


# The same everywhere


def plain(text: str) -> str:
    return re.sub(r"[\u00a0\u202f]", " ", re.sub(r"\s+", " ", text)).replace("&#x27;", "'").replace("&amp;", "&")


@pytest.mark.requirement("R54", "R55")
@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_page_document_workbook_and_list_say_the_same(sweden, language):
    from alliance.core import formats

    client = signed_in("donor")
    with translation.override(language):
        found = document.statement(sweden, DAY)
        paper = plain(document.html(found))
        amounts = [
            plain(formats.figure(amount))
            for row in found.area.projects
            for amount in (row.part.allocated, row.part.transferred, row.part.spent)
        ]
        sums = [plain(formats.figure(amount)) for amount in (found.area.attributed, found.area.spent, found.area.fee)]
    page = plain(client.get(f"/{language}/my-contributions/").content.decode())
    assert [text for text in (*amounts, *sums) if f">{text}</td>" not in page] == []
    assert [text for text in (*amounts, *sums) if f">{text}</td>" not in paper] == []
    parts = [[row.part.allocated, row.part.transferred, row.part.spent] for row in found.area.projects]
    listed = rows_of(client.get(f"/{language}/my-contributions/?format=csv"))
    assert [[D(value) for value in row[5:8]] for row in listed[1:]] == parts
    book = workbook(client.get(f"/{language}/my-contributions/?format=xlsx"))
    sheet = [[cell.value for cell in row] for row in book.active.iter_rows(min_row=2)]
    assert [[D(str(value)) for value in row[5:8]] for row in sheet] == parts
    whole = workbook(client.get(f"/{language}/donors/sweden-mfa/statement/xlsx/"))
    with translation.override(language):
        names = [str(one.title) for one in document.sheets(found)]
        title = str(tables.projects(found.area).caption)
    assert whole.sheetnames == names
    rows = [[cell.value for cell in row] for row in whole[title].iter_rows(min_row=2)]
    assert [[D(str(value)) for value in row[5:8]] for row in rows] == parts


def rows_of(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


def workbook(answer):
    return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)), data_only=True)


def test_figures_of_the_workbook_are_numbers(sweden):
    book = workbook(signed_in("donor").get("/en/donors/sweden-mfa/statement/xlsx/?as_of=2008-09-15"))
    area = donor_area(sweden, DAY)
    figures = {row[0].value: row[1].value for row in book["Figures"].iter_rows(min_row=2)}
    assert [D(str(figures[name])).quantize(D("0.01")) for name in ("Pledged", "Agreed", "Paid", "Of that spent")] == [
        area.pledged, area.agreed, area.received, area.spent,
    ]  # fmt: skip
    assert all(isinstance(value, int | float) for name, value in figures.items() if value is not None)
    stages = [[cell.value for cell in row[3:]] for row in book["Contributions"].iter_rows(min_row=2)]
    assert [[D(str(value)) for value in row] for row in stages] == [list(row.usd) for row in area.contributions]


def test_workbook_and_paper_made_again_are_the_same_bytes(sweden):
    client = signed_in("donor")
    address = "/en/donors/sweden-mfa/statement/xlsx/?as_of=2008-08-31"
    first = b"".join(client.get(address).streaming_content)
    paper = document.html(document.statement(sweden, date(2008, 8, 31)))
    with undone():
        everything_moves(Project.objects.get().reference)
        assert b"".join(client.get(address).streaming_content) == first
        assert document.html(document.statement(sweden, date(2008, 8, 31))) == paper


@pytest.mark.requirement("R54")
def test_statement_is_made_in_the_background_and_conforms(sweden, tmp_path):
    donor = person("donor")
    job = jobs.request_statement(by=donor, donor=sweden, as_of=DAY, language="fr")
    assert jobs.request_statement(by=donor, donor=sweden, as_of=DAY, language="fr") == job
    assert tasks.run_job(str(job.uid)) == "done"
    job.refresh_from_db()
    content = b"".join(signed_in("donor").get(f"/fr/documents/{job.uid}/file/").streaming_content)
    assert hashlib.sha256(content).hexdigest() == job.file.sha256
    with translation.override("fr"):
        found = document.statement(sweden, DAY)
        assert document.make_pdf(found) == content
    assert (job.register_n, job.register_hash) == (found.known.n, found.known.hash)
    path = tmp_path / "statement.pdf"
    path.write_bytes(content)
    assert_conforms(path, "ua1", "3a")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Statement to a donor", "DEMONSTRATION", "Where the money went", "Definitions")),
        ("fr", ("Relevé destiné à un donateur", "DÉMONSTRATION", "Où sont allés les fonds", "Définitions")),
        ("es", ("Estado de cuenta para un donante", "DEMOSTRACIÓN", "Adónde fueron los fondos", "Definiciones")),
    ],
)
def test_statement_speaks_the_language_asked_for(sweden, language, words):
    with translation.override(language):
        found = document.statement(sweden, DAY)
        paper = plain(document.html(found))
    assert [word for word in words if word not in paper] == []
    assert found.known.hash in paper


# Who may read it


def test_area_is_for_the_donors_own_people_and_those_who_read_all(sweden):
    for path in ("area/", "statement/xlsx/"):
        answers = {
            who: signed_in(who).get(f"/en/donors/sweden-mfa/{path}").status_code
            for who in ("donor", "rival.donor", "agency", "member", "officer", "auditor")
        }
        assert answers == {
            "donor": 200,
            "rival.donor": 404,
            "agency": 404,
            "member": 404,
            "officer": 200,
            "auditor": 200,
        }
        assert "/sign-in/" in Client().get(f"/en/donors/sweden-mfa/{path}").url
    with pytest.raises(NotAllowed):
        jobs.request_statement(by=person("rival.donor"), donor=sweden, as_of=DAY, language="en")
    mine = jobs.request_statement(by=person("donor"), donor=sweden, as_of=DAY, language="en")
    assert signed_in("rival.donor").get(f"/en/documents/{mine.uid}/").status_code == 404
    assert jobs.request_statement(by=person("officer"), donor=sweden, as_of=DAY, language="en") != mine


def test_organisations_page_leads_to_the_area_of_whoever_may_read_it(demonstration):
    address, link = "/en/organisations/sweden-mfa/", "/en/donors/sweden-mfa/area/"
    clients = (Client(), signed_in("rival.donor"), signed_in("auditor"))
    assert [link in client.get(address).content.decode() for client in clients] == [False, False, True]


def test_person_of_two_donors_sees_the_one_acted_for_and_a_way_to_the_other(sweden):
    with undone():
        donor, other = person("donor"), Organisation.objects.get(slug="switzerland-sdc")
        Membership.objects.create(user=donor, organisation=other, role=Role.DONOR_VIEWER, starts_on=date(2008, 1, 1))
        client = signed_in("donor")
        page = client.get("/en/my-contributions/")
        assert page.context["area"].slug == "sweden-mfa"
        assert "/en/donors/switzerland-sdc/area/?as_of=2008-09-15" in page.content.decode()
        page = client.get("/en/donors/switzerland-sdc/area/")
        assert (page.context["area"].slug, [one.organisation.slug for one in page.context["others"]]) == (
            "switzerland-sdc", ["sweden-mfa"],
        )  # fmt: skip


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_donor_that_has_nothing_yet_reads_what_will_stand_here(demonstration, language):
    with undone():
        organisation = Organisation.objects.create(slug="new-donor", name_en="New donor", kind="other")
        newcomer = User.objects.create_user("newcomer@demo.example", "alliance-demo", name="Nora Newcomer")
        Membership.objects.create(
            user=newcomer, organisation=organisation, role=Role.DONOR_VIEWER, starts_on=date(2008, 1, 1)
        )
        client = signed_in("newcomer")
        without = client.get(f"/{language}/my-contributions/")
        assert (without.status_code, without.context["area"]) == (200, None)
        donor = donor_operations.register_donor(
            by=None, organisation=organisation, donor_type="other", stage="interested"
        )
        page = client.get(f"/{language}/my-contributions/")
        assert (page.status_code, page.context["area"].is_empty) == (200, True)
        with translation.override(language):
            found = document.statement(donor, DAY)
            assert "<h1>" in document.html(found)
            assert {row[1] for row in document.sheets(found)[1].rows} == {D(0)}


# Few queries


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_queries_are_few_and_the_same_for_one_project_and_for_more(demonstration):
    donor, officer = signed_in("donor"), signed_in("officer")
    addresses = ("/en/my-contributions/", "/en/my-contributions/?as_of=2008-09-14")

    def asked() -> list[int]:
        return [queries(donor, address) for address in addresses] + [queries(officer, "/en/donors/sweden-mfa/area/")]

    with undone():
        everything_moves(Project.objects.get().reference)
        one = asked()
        for title in ("Second", "Third"):
            approved_project(person("agency"), person("officer"), person("finance.officer"), title=title)
        area = donor_area(Donor.objects.select_related("organisation").get(organisation__slug="sweden-mfa"), DAY)
        assert (len(area.projects), min(len(row.indicators) for row in area.projects) > 0) == (3, True)
        assert asked() == one
        assert max(one) <= MOST_QUERIES + 1  # what changed since sums were carried forward is read anew
        carry_forward(DAY)
        assert max(asked()) <= MOST_QUERIES


@pytest.mark.parametrize(
    "asked", ["?page=2", "?page=x", "?as_of=2031-01-01", "?as_of=never", "?as_of=1899-01-01", "?format=pdf"]
)
def test_odd_addresses_are_answered(demonstration, asked):
    assert signed_in("donor").get(f"/en/my-contributions/{asked}").status_code == 200


def test_projects_come_by_pages_and_every_figure_is_of_all(sweden):
    area = donor_area(sweden, DAY, first=0, size=0)
    assert (area.projects, area.has_more, area.attributed) == ((), True, donor_area(sweden, DAY).attributed)
    assert donor_area(sweden, DAY, first=1, size=50).projects == ()
    assert clock.today() == DAY
    assert Deposit.objects.filter(donor=sweden).count() == len(area.deposits)
