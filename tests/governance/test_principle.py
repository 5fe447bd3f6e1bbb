"""An approval in principle outlives a full item that comes to nothing (R6)."""

import pytest

from alliance.core.errors import OutOfState
from alliance.register.verification import Verification
from governance.operations import cancel_decision, close_decision, defer_decision
from proposals.models import Project, Proposal
from proposals.operations import return_proposal, submit_proposal, untable
from tests.governance.factories import after_deadline, all_but, opened, person, tabled, vote
from tests.ground.scenes import scene
from tests.proposals.factories import checked_version, money_in

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R6")]
APPROVED = ("decided_at", "decision_reference", "principle_at", "principle_reference", "principle_version", "state")


def stands(version):
    return Proposal.objects.filter(pk=version.proposal_id).values(*APPROVED).get()


@scene
def version(founded, agency, officer):
    """A version that the committee has approved in principle."""
    version = checked_version(agency, officer)
    decision = opened(version=version, in_principle=True)
    vote(decision, "approve", *all_but("member_iom"))
    close_decision(by=person("chair"), decision=decision)
    return version


def cancelled(decision, set_clock):
    cancel_decision(by=person("officer"), decision=decision, reason="The amounts change.")


def deferred(decision, set_clock):
    defer_decision(by=person("chair"), decision=decision, reason="Later.")


def without_quorum(decision, set_clock):
    vote(decision, "approve", "member")
    after_deadline(set_clock, decision)
    assert close_decision(by=None, decision=decision).result == "no_quorum"


@pytest.mark.parametrize("end", [cancelled, deferred, without_quorum])
def test_full_item_that_comes_to_nothing_gives_the_approval_in_principle_back(version, end, set_clock, finance_officer):
    before = stands(version)
    assert before["state"] == "approved_in_principle"
    end(opened(version=version), set_clock)
    assert stands(version) == before
    money_in(finance_officer, "500000.00")
    again = opened(version=version)
    vote(again, "approve", *all_but("member_iom"))
    assert close_decision(by=person("chair"), decision=again).money == "allocated"
    assert Project.objects.get().decision_reference == again.reference
    assert stands(version)["principle_reference"] == before["principle_reference"]


def test_item_cancelled_before_it_opened_gives_it_back_too(version, officer):
    before = stands(version)
    cancel_decision(by=officer, decision=tabled(version=version), reason="Later.")
    assert stands(version) == before


def test_rejected_full_item_is_rejected_and_the_earlier_approval_stays_on_record(version):
    before = stands(version)
    decision = opened(version=version)
    vote(decision, "object", *all_but("member_iom"), reasons="No.")
    assert close_decision(by=person("chair"), decision=decision).result == "rejected"
    after = stands(version)
    assert (after["state"], after["decision_reference"]) == ("rejected", decision.reference)
    assert after["principle_reference"] == before["principle_reference"]
    with pytest.raises(OutOfState):
        untable(by=person("officer"), version=version)


def test_approval_in_principle_of_an_earlier_version_is_not_given_to_a_later_one(version, officer, agency):
    return_proposal(by=officer, version=version, reason="More.")
    submit_proposal(by=agency, proposal=version.proposal)
    from tests.proposals.factories import Recommendation, check_version

    newer = Proposal.objects.get(pk=version.proposal_id).versions.order_by("-number").first()
    check_version(
        by=officer, version=newer, is_eligible=True, route="recommendation",
        confirmed=Recommendation.objects.filter(code="B04"), is_rights_checked=True, rights_marker=2,
    )  # fmt: skip
    newer.refresh_from_db()
    cancel_decision(by=officer, decision=tabled(version=newer), reason="Later.")
    assert stands(version)["state"] == "eligible"


def test_approved_in_principle_is_offered_for_the_committee_and_shown(version, sign_in, officer):
    assert list(Proposal.objects.ready_for_committee()) == [version.proposal]
    opened(version=version)
    page = sign_in(officer).get(version.proposal.get_absolute_url()).content.decode()
    assert "The committee approved this proposal in principle" in page


def test_an_approval_in_principle_rewritten_in_the_database_is_found(version):
    assert [problem for problem in Verification().problems() if "proposal" in problem.where] == []
    Proposal.objects.filter(pk=version.proposal_id).update(principle_version=9)
    where = f"proposals_proposal:{version.proposal_id}.principle_version"
    assert where in {problem.where for problem in Verification().problems()}
