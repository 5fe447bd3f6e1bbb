"""Checks, and what the committee's outcomes do: a project with its money, a status without any, or a wait for money."""

from decimal import Decimal

import pytest

from alliance.core import clock
from alliance.core.errors import InsufficientFunds, NotAllowed, OutOfState, Refused
from alliance.forum.models import Recommendation
from funds.models import Account, Posting
from proposals.models import Partner, Project, Proposal, ProposalVersion, WaitingApproval
from proposals.operations import (
    approve_in_principle,
    approve_version,
    approve_waiting,
    check_version,
    draft_contract,
    fund_waiting,
    mark_tabled,
    prepare_waiting,
    reject_version,
    return_proposal,
    return_version,
    untable,
)
from tests.ground.scenes import scene
from tests.proposals.factories import (
    approved_project,
    checked_version,
    money_in,
    submitted_version,
    tabled_version,
    terms_of,
    window,
)

D = Decimal


def approve(version, amount=None, **changes):
    values = {"by": None, "decision_ref": "DEC-2008-001", "on": clock.today(), **changes}
    return approve_version(version=version, amounts={window(): D(amount) if amount else version.amount}, **values)


def state_of(version):
    return Proposal.objects.get(pk=version.proposal_id).state


@pytest.mark.requirement("R69")
def test_officer_confirms_the_recommendation(checked, officer):
    link = checked.proposal.recommendations.get()
    assert (link.recommendation.code, link.confirmed_by) == ("B04", officer)


@pytest.mark.requirement("R69")
def test_recommendation_that_the_proposal_does_not_name_cannot_be_confirmed(submitted, officer):
    with pytest.raises(Refused) as refusal:
        check_version(
            by=officer, version=submitted, is_eligible=True, route="recommendation",
            confirmed=Recommendation.objects.filter(code="B09"),
        )  # fmt: skip
    assert refusal.value.field == "confirmed"


@pytest.mark.requirement("R70")
def test_second_route_needs_a_justification(submitted, agency, officer):
    with pytest.raises(Refused) as refusal:
        check_version(by=officer, version=submitted, is_eligible=True, route="justified")
    assert refusal.value.field == "route"
    other = submitted_version(agency, recommendations=(), justification="Capacity.", objectives={"O3": 100})
    assert check_version(by=officer, version=other, is_eligible=True, route="justified").route == "justified"


@pytest.mark.requirement("R46")
def test_proposal_is_not_tabled_nor_approved_before_the_rights_check(agency, officer, finance_officer):
    version = checked_version(agency, officer, rights=False)
    with pytest.raises(Refused, match="rights check"):
        mark_tabled(by=officer, version=version)
    Proposal.objects.filter(pk=version.proposal_id).update(state="tabled", tabled_at=clock.now())
    money_in(finance_officer, "300000.00")
    with pytest.raises(Refused, match="rights check"):
        approve(version)
    assert Project.objects.count() == 0


@pytest.mark.parametrize("who", ["agency", "finance_officer", "auditor", "member", "donor"])
def test_others_do_not_check_nor_return(who, submitted, request):
    person = request.getfixturevalue(who)
    with pytest.raises(NotAllowed):
        check_version(by=person, version=submitted, is_eligible=False)
    with pytest.raises(NotAllowed):
        return_proposal(by=person, version=submitted, reason="x")


def test_replaced_version_cannot_be_checked(submitted, agency, officer):
    from proposals.operations import submit_proposal

    return_proposal(by=officer, version=submitted, reason="More.")
    submit_proposal(by=agency, proposal=submitted.proposal)
    with pytest.raises(OutOfState):
        check_version(by=officer, version=submitted, is_eligible=False)


@pytest.mark.requirement("R59", "R60")
def test_approval_makes_the_project_and_allocates_at_once(agency, officer, finance_officer):
    project = approved_project(agency, officer, finance_officer, conditions=("A steering group.", " "))
    assert (project.state, project.amount, project.lead.slug) == ("approved", D("250000.00"), "iom")
    assert Account.objects.get(code=project.account_code).balance == D("250000.00")
    assert [row.text for row in project.conditions.all()] == ["A steering group."]
    assert Partner.objects.get().organisation == project.lead
    assert project.proposal.state == "approved"


@pytest.mark.requirement("R60")
def test_approving_more_than_is_available_changes_nothing(tabled, finance_officer):
    money_in(finance_officer, "100000.00")
    postings = Posting.objects.count()
    with pytest.raises(InsufficientFunds):
        approve(tabled)
    assert (state_of(tabled), Project.objects.count(), Posting.objects.count()) == ("tabled", 0, postings)


@pytest.mark.parametrize("amount", ["250000.01", "-1", "0.00"])
def test_amounts_beyond_what_is_asked_are_refused(amount, tabled, finance_officer):
    money_in(finance_officer, "500000.00")
    with pytest.raises(Refused):
        approve_version(
            by=None, version=tabled, amounts={window(): D(amount)}, decision_ref="DEC-2008-001", on=clock.today()
        )


def test_version_that_is_not_tabled_cannot_be_approved(checked, finance_officer):
    money_in(finance_officer, "500000.00")
    with pytest.raises(OutOfState):
        approve(checked)


@pytest.mark.requirement("R6")
def test_approval_in_principle_shows_and_cannot_be_allocated(tabled, finance_officer):
    money_in(finance_officer, "500000.00")
    proposal = approve_in_principle(by=None, version=tabled, decision_ref="DEC-2007-001", on=clock.today())
    assert proposal.get_state_display() == "Approved in principle"
    assert (proposal.decision_reference, proposal.decided_at is not None) == ("DEC-2007-001", True)
    with pytest.raises(OutOfState, match="in principle"):
        approve(tabled)
    assert Project.objects.count() == 0


@pytest.mark.requirement("R6")
def test_proposal_approved_in_principle_can_come_back_to_the_committee(tabled, officer, finance_officer):
    approve_in_principle(by=None, version=tabled, decision_ref="DEC-2007-001", on=clock.today())
    mark_tabled(by=officer, version=tabled)
    money_in(finance_officer, "500000.00")
    assert approve(tabled).state == "approved"


def wait(version, decision="DEC-2008-002"):
    return approve_waiting(
        by=None, version=version, amounts={window(): version.amount}, decision_ref=decision,
        conditions=["A steering group."], on=clock.today(),
    )  # fmt: skip


@scene
def approval(tabled):
    return wait(tabled)


def test_short_pool_posts_nothing_and_makes_no_project(approval):
    assert state_of(approval.version) == "approved_waiting"
    assert (Project.objects.count(), Posting.objects.count()) == (0, 0)


def test_waiting_approval_is_allocated_by_two_officers(approval, finance_officer, second_finance_officer):
    money_in(finance_officer, "500000.00")
    with pytest.raises(OutOfState):
        fund_waiting(by=finance_officer, waiting=approval)
    prepare_waiting(by=finance_officer, waiting=approval)
    with pytest.raises(NotAllowed):
        fund_waiting(by=finance_officer, waiting=approval)
    project = fund_waiting(by=second_finance_officer, waiting=approval)
    assert (project.amount, project.conditions.count(), state_of(approval.version)) == (D("250000.00"), 1, "approved")
    with pytest.raises(OutOfState):
        fund_waiting(by=second_finance_officer, waiting=approval)


def test_waiting_approvals_are_served_in_rank_order(approval, agency, officer, finance_officer):
    later = wait(tabled_version(agency, officer), "DEC-2008-003")
    with pytest.raises(Refused, match="earlier"):
        prepare_waiting(by=finance_officer, waiting=later)


def test_waiting_approval_stays_while_the_pool_is_short(approval, finance_officer, second_finance_officer):
    money_in(finance_officer, "1000.00")
    prepare_waiting(by=finance_officer, waiting=approval)
    with pytest.raises(InsufficientFunds):
        fund_waiting(by=second_finance_officer, waiting=approval)
    assert WaitingApproval.objects.get().funded_at is None


@pytest.mark.parametrize("who", ["officer", "agency", "auditor", "chair"])
def test_only_finance_officers_allocate_waiting_approvals(who, approval, request):
    with pytest.raises(NotAllowed):
        prepare_waiting(by=request.getfixturevalue(who), waiting=approval)


def test_committee_returns_with_reasons(tabled):
    proposal = return_version(by=None, version=tabled, decision_ref="DEC-2008-004", reasons=["Costs.", "Dates."])
    assert (proposal.state, proposal.is_editable) == ("returned", True)
    assert tabled.returns.get().reason == "Costs.\n\nDates."


def test_rejected_proposal_stays_rejected(tabled, officer):
    reject_version(by=None, version=tabled, decision_ref="DEC-2008-004", reasons=["No."])
    with pytest.raises(OutOfState):
        mark_tabled(by=officer, version=tabled)


def test_untabled_version_can_be_tabled_again(tabled, officer):
    assert untable(by=officer, version=tabled).state == "eligible"
    assert mark_tabled(by=officer, version=tabled).state == "tabled"


@pytest.mark.requirement("R59")
def test_no_contract_without_a_project(approval, officer):
    assert not hasattr(Proposal.objects.get(pk=approval.version.proposal_id), "project")
    project = Project(pk=0)
    with pytest.raises(Project.DoesNotExist):
        draft_contract(
            by=officer, project=project, partner=approval.version.proposal.applicant,
            terms=terms_of(Project(amount=D(2), starts_on=clock.today(), ends_on=clock.today())),
        )  # fmt: skip


def test_latest_version_alone_is_with_the_committee(checked):
    assert list(ProposalVersion.objects.latest()) == [checked]
    assert list(Proposal.objects.ready_for_committee()) == [checked.proposal]
