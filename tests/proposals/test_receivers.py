"""Who is told of what."""

import pytest

from alliance.register.kinds import declared
from proposals.operations import invite_co_author
from tests.proposals.factories import submitted_version


def told(kind, **facts):
    return {person.email.split("@")[0] for person in declared()[kind].told({"facts": facts})}


def test_officers_are_told_of_a_submission(agency):
    reference = submitted_version(agency).proposal.reference
    assert told("proposal.submitted/1", proposal=reference) == {"officer", "head"}
    assert (
        declared()["proposal.submitted/1"].url({"facts": {"proposal": reference}}).endswith(f"/proposals/{reference}/")
    )


def test_applicant_and_co_authors_are_told_of_a_return(draft, agency, rival_agency):
    invite_co_author(by=agency, proposal=draft, email=rival_agency.email)
    assert told("proposal.returned/1", proposal=draft.reference) == {"agency", "rival.agency"}
    assert told("proposal.co_author_invited/1", person=rival_agency.uid.hex) == {"rival.agency"}


def test_signatories_are_told_of_an_offer(offered, agency):
    assert told("contract.offered/1", partner=offered.partner.slug) == {"agency", "head"}


@pytest.mark.parametrize("kind", ["proposal.started/1", "contract.drafted/1"])
def test_nobody_is_told_of_drafts(kind, db):
    assert declared()[kind].told is None
