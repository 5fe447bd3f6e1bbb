"""Approvals that wait for money: on the day of the act, in rank, until they lapse."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from alliance.core import clock
from alliance.core.errors import OutOfState
from funds.models import Posting
from proposals.models import Project, Proposal, WaitingApproval
from proposals.operations import approve_version, approve_waiting, fund_waiting, mark_tabled, prepare_waiting
from tests.ground.scenes import scene
from tests.proposals.factories import money_in, tabled_version, window

pytestmark = pytest.mark.django_db
D = Decimal


def wait(version, decision="DEC-2008-002"):
    return approve_waiting(
        by=None, version=version, amounts={window(): version.amount}, decision_ref=decision, on=clock.today()
    )


@scene
def approval(tabled):
    return wait(tabled)


def day_after(approval):
    return approval.stands_until + timedelta(days=1)


def move_to(set_clock, day):
    set_clock(clock.now() + (day - clock.today()))


def test_database_counts_months_as_python_does(tabled, settings):
    settings.ALLIANCE_RULES = {**settings.ALLIANCE_RULES, "waiting_months": 6}
    approval = wait(tabled)
    for day in (date(2008, 8, 29), date(2008, 8, 31), date(2007, 8, 30), date(2008, 2, 29)):
        WaitingApproval.objects.update(approved_on=day)
        approval.refresh_from_db()
        last = approval.stands_until
        assert WaitingApproval.objects.standing(last).exists()
        assert not approval.has_lapsed(last)
        assert not WaitingApproval.objects.standing(day_after(approval)).exists()
        assert approval.has_lapsed(day_after(approval))


def test_allocation_takes_effect_on_the_day_of_the_act(approval, finance_officer, second_finance_officer, set_clock):
    money_in(finance_officer, "500000.00")
    prepare_waiting(by=finance_officer, waiting=approval)
    move_to(set_clock, clock.today() + timedelta(days=30))
    with pytest.raises(TypeError):
        fund_waiting(by=second_finance_officer, waiting=approval, on=approval.approved_on)
    project = fund_waiting(by=second_finance_officer, waiting=approval)
    assert project.approved_on == clock.today()
    assert {posting.effective_on for posting in Posting.objects.filter(debit__code=project.account_code)} == {
        clock.today()
    }


def test_prepared_allocation_is_not_prepared_again(approval, finance_officer, second_finance_officer):
    prepare_waiting(by=finance_officer, waiting=approval)
    with pytest.raises(OutOfState, match="prepared already"):
        prepare_waiting(by=second_finance_officer, waiting=approval)
    assert WaitingApproval.objects.get().prepared_by == finance_officer


def test_lapsed_approval_is_neither_prepared_nor_allocated(
    approval, finance_officer, second_finance_officer, set_clock
):
    money_in(finance_officer, "500000.00")
    prepare_waiting(by=finance_officer, waiting=approval)
    move_to(set_clock, day_after(approval))
    with pytest.raises(OutOfState, match="lapsed"):
        fund_waiting(by=second_finance_officer, waiting=approval)
    with pytest.raises(OutOfState, match="lapsed"):
        prepare_waiting(by=second_finance_officer, waiting=approval)
    assert Project.objects.count() == 0


def test_approval_is_allocated_on_its_last_day(approval, finance_officer, second_finance_officer, set_clock):
    money_in(finance_officer, "500000.00")
    move_to(set_clock, approval.stands_until)
    prepare_waiting(by=finance_officer, waiting=approval)
    assert fund_waiting(by=second_finance_officer, waiting=approval).amount == D("250000.00")


def test_lapsed_approval_does_not_hold_back_the_next(
    approval, agency, officer, finance_officer, second_finance_officer, set_clock
):
    move_to(set_clock, approval.stands_until)
    later = wait(tabled_version(agency, officer), "DEC-2008-003")
    move_to(set_clock, day_after(approval))
    money_in(finance_officer, "500000.00")
    prepare_waiting(by=finance_officer, waiting=later)
    assert fund_waiting(by=second_finance_officer, waiting=later).decision_reference == "DEC-2008-003"


def test_standing_approval_is_not_put_again_and_a_lapsed_one_is(approval, officer, finance_officer, set_clock):
    assert not Proposal.objects.ready_for_committee().exists()
    with pytest.raises(OutOfState, match="waits for money"):
        mark_tabled(by=officer, version=approval.version)
    move_to(set_clock, day_after(approval))
    assert Proposal.objects.ready_for_committee().get() == approval.version.proposal
    mark_tabled(by=officer, version=approval.version)
    again = approve_waiting(
        by=None, version=approval.version, amounts={window(): D(1000)}, decision_ref="DEC-2009-001", on=clock.today()
    )
    assert list(WaitingApproval.objects.standing(clock.today())) == [again]


def test_lapsed_approval_put_again_can_be_approved_with_money(approval, officer, finance_officer, set_clock):
    move_to(set_clock, day_after(approval))
    mark_tabled(by=officer, version=approval.version)
    with pytest.raises(OutOfState):
        prepare_waiting(by=finance_officer, waiting=approval)
    money_in(finance_officer, "500000.00")
    project = approve_version(
        by=None, version=approval.version, amounts={window(): D(1000)}, decision_ref="DEC-2009-001", on=clock.today()
    )
    assert project.amount == D(1000)


def test_pages_say_that_it_lapsed(sign_in, approval, finance_officer, set_clock):
    client = sign_in(finance_officer)
    assert "Lapses after" in client.get(reverse("proposals:waiting")).content.decode()
    move_to(set_clock, day_after(approval))
    page = client.get(reverse("proposals:waiting")).content.decode()
    assert ("Lapsed after" in page, "Prepare the allocation" in page) == (True, False)
    assert "Approval lapsed" in client.get(approval.version.proposal.get_absolute_url()).content.decode()
