"""The pipeline: who follows which donor up, how it came to its stage, and what due diligence lets through."""

import csv
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alliance.core import clock
from alliance.core.errors import NotAllowed, Refused
from alliance.people.operations import register_organisation
from alliance.register import operation
from alliance.register.models import RegisterEntry
from funds.models import Donor, DueDiligence, Pledge
from funds.operations.diligence import record_due_diligence
from funds.operations.donors import advance_donor_stage, plan_next_step, register_donor, write_prospect
from funds.operations.pledges import acknowledge_pledge
from funds.operations.valuation import worth_only
from reporting.homes.fund import waiting_for
from tests.funds.factories import PLEDGED_ON, make_agreement, make_deposit, make_donor, make_pledge
from tests.ground.scenes import scene
from tests.world import smallest_pdf

D = Decimal
LONG_GONE = date(2007, 1, 15)


def plan(by, donor, days=3, **values):
    values = {
        "owner": by,
        "next_step": "Send the concept note",
        "next_step_on": clock.today() + timedelta(days),
    } | values
    return plan_next_step(by=by, donor=donor, **values)


def found(by, donor, finding="clear", *, done_on=PLEDGED_ON, valid_until=None, **values):
    until = valid_until or clock.today() + timedelta(300)
    return record_due_diligence(
        by=by, donor=donor, done_on=done_on, valid_until=until, finding=finding, note="accounts and statutes", **values
    )


@pytest.fixture
def private(db):
    return make_donor("meridian-foundation", "private")


# Next steps


def test_next_step_names_owner_step_and_day(officer):
    donor = plan(officer, make_donor())
    assert (donor.owner, donor.next_step, donor.next_step_on) == (
        officer, "Send the concept note", clock.today() + timedelta(3),
    )  # fmt: skip
    assert RegisterEntry.objects.filter(kind="donor.step_planned/1").count() == 1


def test_plan_is_ended_and_owner_stays(officer):
    donor = plan(officer, plan(officer, make_donor()), next_step="", next_step_on=None)
    assert (donor.owner, donor.next_step, donor.next_step_on) == (officer, "", None)


HALF_A_PLAN = [
    ({"owner": None}, "owner"),
    ({"next_step_on": None}, "next_step_on"),
    ({"next_step": "  "}, "next_step"),
]


@pytest.mark.parametrize(("values", "field"), HALF_A_PLAN)
def test_half_a_plan_is_refused(officer, values, field):
    with pytest.raises(Refused) as refusal:
        plan(officer, make_donor(), **values)
    assert refusal.value.field == field


def test_owner_is_of_the_secretariat(officer, donor):
    with pytest.raises(Refused) as refusal:
        plan(officer, make_donor(), owner=donor)
    assert refusal.value.field == "owner"


@pytest.mark.parametrize("person", ["donor", "auditor", "agency", "chair"])
def test_others_plan_nothing(people, person):
    with pytest.raises(NotAllowed):
        plan(people[person], make_donor())


@pytest.mark.parametrize(("days", "tasks"), [(8, []), (7, [False]), (0, [False]), (-1, [True])])
def test_step_is_a_task_of_its_owner_from_a_week_before(officer, head, days, tasks):
    plan(head, make_donor(), days, owner=officer)
    assert [task.late for task in waiting_for(officer) if "next step" in str(task.label)] == tasks
    assert [task for task in waiting_for(head) if "next step" in str(task.label)] == []


# Stages


@pytest.mark.requirement("R102")
def test_each_stage_leaves_its_row(officer, donor, finance_officer):
    row = make_donor()
    advance_donor_stage(by=officer, donor=row, stage="contacted")
    advance_donor_stage(by=officer, donor=row, stage="interested")
    pledge = make_pledge(donor, donor=row, acknowledged_by=officer)
    make_deposit(finance_officer, agreement=make_agreement(finance_officer, pledge=pledge))
    changes = row.stage_changes.order_by("pk")
    assert [(change.stage, change.by) for change in changes] == [
        ("potential", None), ("contacted", officer), ("interested", officer), ("pledged", donor),
        ("agreed", finance_officer), ("received", finance_officer),
    ]  # fmt: skip


# Due diligence


def test_private_pledge_is_not_acknowledged_without_due_diligence(officer, private):
    pledge = make_pledge(officer, donor=private)
    with pytest.raises(Refused, match="only after due diligence"):
        acknowledge_pledge(by=officer, pledge=pledge)
    assert Pledge.objects.public().count() == 0


@pytest.mark.parametrize("finding", ["clear", "measures"])
def test_private_pledge_is_acknowledged_with_an_acceptable_finding(officer, private, finding):
    found(officer, private, finding)
    assert make_pledge(officer, donor=private, acknowledged_by=officer).is_public


def test_expired_finding_is_none(officer, private):
    found(officer, private, done_on=LONG_GONE, valid_until=clock.today() - timedelta(1))
    pledge = make_pledge(officer, donor=private)
    with pytest.raises(Refused, match="no longer valid"):
        acknowledge_pledge(by=officer, pledge=pledge)


def test_finding_holds_on_its_last_day(officer, private):
    found(officer, private, done_on=LONG_GONE, valid_until=clock.today())
    assert make_pledge(officer, donor=private, acknowledged_by=officer).is_public


def test_newest_finding_counts(officer, private):
    found(officer, private, "not_acceptable", done_on=LONG_GONE)
    found(officer, private, "clear")
    assert make_pledge(officer, donor=private, acknowledged_by=officer).is_public
    assert private.due_diligence.count() == 2


@pytest.mark.parametrize("donor_type", ["state", "institution", "other"])
def test_others_need_no_due_diligence(officer, donor_type):
    assert make_pledge(officer, donor=make_donor("norad", donor_type), acknowledged_by=officer).is_public


@pytest.mark.parametrize("donor_type", ["private", "state"])
def test_donor_found_not_acceptable_neither_pledges_nor_signs(officer, finance_officer, donor_type):
    donor = make_donor("norad", donor_type)
    earlier = make_pledge(officer, donor=donor)
    found(officer, donor, "not_acceptable")
    for act in (
        lambda: make_pledge(officer, donor=donor),
        lambda: acknowledge_pledge(by=officer, pledge=earlier),
        lambda: make_agreement(finance_officer, donor=donor),
    ):
        with pytest.raises(Refused, match="not acceptable"):
            act()


def test_money_that_arrived_is_recorded_whatever_was_found(officer, finance_officer, private):
    found(officer, private, "not_acceptable")
    assert make_deposit(finance_officer, donor=private).amount_usd == D(10000)


BAD_FINDINGS = [
    ({"done_on": date(2999, 1, 1)}, "done_on"),
    ({"valid_until": PLEDGED_ON}, "valid_until"),
    ({"upload": SimpleUploadedFile("a.exe", b"MZ")}, "upload"),
    ({"upload": SimpleUploadedFile("a.pdf", b"not a pdf")}, "upload"),
]


@pytest.mark.parametrize(("values", "field"), BAD_FINDINGS)
def test_bad_finding_is_refused(officer, private, values, field):
    with pytest.raises(Refused) as refusal:
        found(officer, private, **values)
    assert (refusal.value.field, DueDiligence.objects.count()) == (field, 0)


@pytest.mark.parametrize("person", ["finance_officer", "donor", "auditor"])
def test_others_judge_nobody(people, private, person):
    with pytest.raises(NotAllowed):
        found(people[person], private)


# Pages


def rows_of(response):
    return list(csv.reader(StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))


@scene
def three(officer, donor, finance_officer):
    """A state that gave, a private entity that is spoken with, and an institution not yet contacted."""
    state, private = make_donor(), make_donor("meridian-foundation", "private")
    make_donor("norad", "institution")
    make_pledge(donor, donor=state, acknowledged_by=officer, amount=D(20000))
    make_deposit(finance_officer, donor=state, amount=D(700))
    advance_donor_stage(by=officer, donor=private, stage="contacted")
    value = worth_only(D(5000), "USD", PLEDGED_ON)
    operation(write_prospect)(
        by=officer, donor=private, window=None, value=value, noted_on=PLEDGED_ON, reference="PIP-1"
    )
    plan(officer, private, -2)
    found(officer, private, "measures")
    return state, private


@pytest.mark.requirement("R102", "R56")
def test_report_by_stage_and_type_keeps_stages_apart(three, officer, sign_in):
    lines = sign_in(officer).get(reverse("funds:pipeline")).context["lines"]
    # state, institution, private entity, other, trustee
    assert {line.label: tuple(line)[1:] for line in lines if line.donors} == {
        "Potential": ([0, 1, 0, 0, 0], 1, D(0), D(0), D(0)),
        "Contacted": ([0, 0, 1, 0, 0], 1, D(5000), D(0), D(0)),
        "Received": ([1, 0, 0, 0, 0], 1, D(0), D(20000), D(700)),
        "Total": ([1, 1, 1, 0, 0], 3, D(5000), D(20000), D(700)),
    }


FILTERS = [
    ("", 3), ("stage=contacted", 1), ("donor_type=state", 1), ("overdue=on", 1), ("donor_type=private&stage=received", 0),
    ("stage=nonsense", 3), ("owner=99999999", 3),
]  # fmt: skip


@pytest.mark.parametrize(("query", "count"), FILTERS)
def test_pipeline_is_filtered(three, officer, sign_in, query, count):
    page = sign_in(officer).get(f"{reverse('funds:pipeline')}?{query}").context["page"]
    assert page.paginator.count == count


def test_pipeline_is_filtered_by_owner(three, officer, head, sign_in):
    client = sign_in(officer)
    counts = [
        client.get(f"{reverse('funds:pipeline')}?owner={p.pk}").context["page"].paginator.count for p in (officer, head)
    ]
    assert counts == [1, 0]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_pipeline_is_downloaded(three, officer, sign_in, kind):
    response = sign_in(officer).get(f"{reverse('funds:pipeline')}?format={kind}")
    assert response.status_code == 200
    if kind == "csv":
        heading, *lines = rows_of(response)
        assert (heading[0], len(lines)) == ("Donor", 3)
        line = next(line for line in lines if "Meridian" in line[0])
        assert (line[1], line[3], line[6], line[8]) == (
            "Private entity",
            officer.name,
            "Clear with measures",
            "5000.00",
        )


def test_formula_in_a_name_or_a_step_is_neutralised(officer, sign_in):
    place = register_organisation(by=None, slug="evil", kind="private", name_en='=HYPERLINK("x")')
    plan(officer, register_donor(by=None, organisation=place, donor_type="private"), next_step="@SUM(A1)")
    _heading, line = rows_of(sign_in(officer).get(f"{reverse('funds:pipeline')}?format=csv"))
    assert (line[0], line[4]) == ('\'=HYPERLINK("x")', "'@SUM(A1)")


def test_pipeline_asks_as_much_for_three_donors_as_for_one(officer, sign_in):
    client, counts = sign_in(officer), []
    for slugs in (["norad"], ["sweden-mfa", "switzerland-sdc"]):
        for slug in slugs:
            found(officer, plan(officer, make_donor(slug)))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("funds:pipeline"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_donors_own_people_see_neither_plan_nor_finding(officer, donor, sign_in):
    row = plan(officer, make_donor())
    found(officer, row)
    page = sign_in(donor).get(row.get_absolute_url()).content.decode()
    assert ("Send the concept note" in page, "Due diligence" in page, "pipeline</h2>" in page) == (False, False, False)
    seen = sign_in(officer).get(row.get_absolute_url()).content.decode()
    assert ("Send the concept note" in seen, "accounts and statutes" in seen) == (True, True)


def diligence(**values):
    return {
        "key": "k1", "finding": "clear", "done_on": "2008-03-10", "valid_until": "2999-03-10", "note": "all well",
    } | values  # fmt: skip


def test_officer_records_a_finding_with_its_document(officer, donor, sign_in):
    row = make_donor()
    paper = smallest_pdf()
    upload = SimpleUploadedFile("report.pdf", paper, content_type="application/pdf")
    response = sign_in(officer).post(reverse("funds:due_diligence_new", args=["sweden-mfa"]), diligence(upload=upload))
    assert response["Location"] == row.get_absolute_url()
    made = DueDiligence.objects.get()
    address = reverse("funds:due_diligence_file", args=["sweden-mfa", made.file.uid])
    answer = sign_in(officer).get(address)
    assert b"".join(answer.streaming_content) == paper
    assert sign_in(donor).get(address).status_code == 404


BAD_FORMS = [
    ("due_diligence_new", diligence(finding="nice"), "finding"),
    ("due_diligence_new", diligence(done_on="2999-01-01"), "done_on"),
    ("due_diligence_new", diligence(valid_until="2008-03-10"), "valid_until"),
    ("due_diligence_new", diligence(note=""), "note"),
    ("due_diligence_new", diligence(upload=SimpleUploadedFile("a.pdf", b"%PDF")), "upload"),
    ("donor_next_step", {"key": "k", "next_step": "Call"}, "owner"),
    ("donor_next_step", {"key": "k", "next_step_on": "2008-10-01"}, "next_step"),
    ("donor_next_step", {"key": "k", "next_step_on": "1.10.2008", "next_step": "Call"}, "next_step_on"),
    ("donor_next_step", {"key": "k", "next_step": "x" * 201, "next_step_on": "2008-10-01"}, "next_step"),
    ("donor_next_step", {"key": "k", "owner": "99999999"}, "owner"),
]


@pytest.mark.parametrize(("name", "values", "field"), BAD_FORMS, ids=[f"{n}-{f}" for n, _v, f in BAD_FORMS])
def test_bad_form_is_told_at_its_field(officer, sign_in, name, values, field):
    row = make_donor()
    response = sign_in(officer).post(reverse(f"funds:{name}", args=["sweden-mfa"]), values)
    assert list(response.context["form"].errors) == [field]
    assert (Donor.objects.get(pk=row.pk).next_step, DueDiligence.objects.count()) == ("", 0)
