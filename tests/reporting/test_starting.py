"""The start list on the head's home: what a new fund needs, each step with a page that answers, until the fund operates."""

from decimal import Decimal

import pytest
from django.urls import reverse

from alliance.core import clock
from alliance.people.models import Membership, Organisation, Role
from alliance.people.operations import give_role
from funds.models import Fund, FundStatus, Rate
from funds.operations.trustee import appoint_trustee
from governance.operations import appoint_chair, appoint_holder, found_committee
from reporting.homes.starting import steps_to_start
from tests.governance.factories import SEATS, new_seats, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def beginning(head):
    """Return the head of a fund that is proposed, alone."""
    Fund.objects.update(status=FundStatus.PROPOSED)
    Membership.objects.exclude(user=head).delete()
    Rate.objects.all().delete()
    return person("head")


def states(head):
    return {str(step.label): step.state for step in steps_to_start(head)}


@pytest.mark.requirement("R103")
def test_everything_is_missing_at_first_but_what_setup_brings(beginning):
    done = {label for label, state in states(beginning).items() if state == "done"}
    assert done == {"Windows that are open", "An accounting period for today"}
    assert [label for label, state in states(beginning).items() if state == "locked"] == [
        "A member for each seat",
        "A chair",
    ]


def test_each_step_leads_to_a_page_that_answers(beginning, sign_in):
    client = sign_in(beginning)
    home = client.get(reverse("reporting:home")).content.decode()
    for step in steps_to_start(beginning):
        assert not step.url or (client.get(step.url).status_code, step.url in home) == (200, True), step.label


def test_people_are_there_once_they_have_their_roles(beginning, people):
    today = clock.today()
    for key, role in (("officer", "officer"), ("finance_officer", "finance_officer"), ("auditor", "auditor")):
        give(beginning, people[key], role)
    assert states(beginning)["Two finance officers"] == "todo"
    give(beginning, people["second_finance_officer"], "finance_officer")
    for key in ("member", "chair", "member_iom"):
        give(beginning, people[key], "committee")
    found = states(beginning)
    assert {found[label] for label in ("An officer of the secretariat", "Two finance officers", "An auditor", "People with the committee’s role")} == {"done"}  # fmt: skip
    Membership.objects.filter(role=Role.AUDITOR).update(starts_on=today, ends_on=today, ended_at=clock.now())
    assert states(beginning)["An auditor"] == "todo"


def give(head, user, role):
    give_role(by=head, user=user, organisation=Organisation.objects.get(slug="iom"), role=role, starts_on=clock.today())


def test_committee_comes_in_three_steps(head):
    Fund.objects.update(status=FundStatus.PROPOSED)
    seats = [(*seat[:3], None, None) for seat in (*SEATS[:2], *SEATS[5:8])]
    body = found_committee(by=head, seats=new_seats(seats), on=clock.today())
    found = states(head)
    assert [found[label] for label in ("The committee, its seats and its first rules", "A member for each seat", "A chair")] == ["done", "todo", "todo"]  # fmt: skip
    for seat, key in zip(body.seats.order_by("number"), ("member_sweden", "member_switzerland", "member", "chair", "member_ghana"), strict=True):  # fmt: skip
        appoint_holder(by=head, seat=seat, user=person(key), capacity="member", starts_on=clock.today())
    appoint_chair(by=head, body=body, user=person("chair"), starts_on=clock.today())
    assert {states(head)["A member for each seat"], states(head)["A chair"]} == {"done"}


def test_money_is_ready_with_a_trustee_and_rates(beginning):
    bank = Organisation.objects.get(slug="world-bank")
    appoint_trustee(
        by=beginning,
        organisation=bank,
        agreement="Agreement of today",
        starts_on=clock.today(),
        fee_percent=Decimal("1.00"),
    )
    Rate.objects.create(currency="EUR", on=clock.today(), units_per_usd="0.9", source="Made-up table")
    found = states(beginning)
    assert {found["The trustee, its agreement and its fee"], found["Rates of exchange of this month"]} == {"done"}


@pytest.mark.requirement("R103")
@pytest.mark.parametrize(
    ("status", "done"), [("proposed", 0), ("approved_in_principle", 1), ("established", 2), ("operating", None)]
)
def test_status_moves_step_by_step_and_the_list_goes_once_the_fund_operates(beginning, status, done):
    Fund.objects.update(status=status)
    steps = steps_to_start(beginning)[-3:]
    assert (None if not steps else sum(step.state == "done" for step in steps)) == done


@pytest.mark.parametrize("who", ["officer", "finance_officer", "auditor", "member", "donor"])
def test_list_is_the_heads_alone(people, who):
    Fund.objects.update(status=FundStatus.PROPOSED)
    assert steps_to_start(people[who]) == []
