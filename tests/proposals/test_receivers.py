"""Who is told of what."""

import pytest

from alliance.register.kinds import declared
from proposals.operations import invite_co_author
from tests.proposals.factories import approved_project, draft_proposal, offered_contract, submitted_version


def told(kind, **facts):
    return {person.email.split("@")[0] for person in declared()[kind].told({"facts": facts})}


def test_officers_are_told_of_a_submission(agency):
    reference = submitted_version(agency).proposal.reference
    assert told("proposal.submitted/1", proposal=reference) == {"officer", "head"}
    assert (
        declared()["proposal.submitted/1"].url({"facts": {"proposal": reference}}).endswith(f"/proposals/{reference}/")
    )


def test_applicant_and_co_authors_are_told_of_a_return(agency, rival_agency):
    proposal = draft_proposal(agency)
    invite_co_author(by=agency, proposal=proposal, email=rival_agency.email)
    assert told("proposal.returned/1", proposal=proposal.reference) == {"agency", "rival.agency"}
    assert told("proposal.co_author_invited/1", person=rival_agency.uid.hex) == {"rival.agency"}


def test_signatories_are_told_of_an_offer(agency, officer, finance_officer):
    contract = offered_contract(approved_project(agency, officer, finance_officer), officer)
    assert told("contract.offered/1", partner=contract.partner.slug) == {"agency", "head"}


@pytest.mark.parametrize("kind", ["proposal.started/1", "contract.drafted/1"])
def test_nobody_is_told_of_drafts(kind, db):
    assert declared()[kind].told is None
