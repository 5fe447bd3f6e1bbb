"""How far a proposal has come when a test begins: scenes, each after the one before."""

from alliance.people.models import User
from proposals.models import Contract, Project, Proposal, ProposalVersion
from proposals.operations import submit_proposal
from tests.ground.scenes import scene
from tests.proposals.factories import (
    approved,
    draft_proposal,
    found_eligible,
    offered_contract,
    put_on_table,
    signed_by_both,
)


@scene
def draft(agency: User) -> Proposal:
    return draft_proposal(agency)


@scene
def submitted(draft: Proposal, agency: User) -> ProposalVersion:
    return submit_proposal(by=agency, proposal=draft)


@scene
def checked(submitted: ProposalVersion, officer: User) -> ProposalVersion:
    return found_eligible(submitted, officer)


@scene
def tabled(checked: ProposalVersion, officer: User) -> ProposalVersion:
    return put_on_table(checked, officer)


@scene
def project(tabled: ProposalVersion, finance_officer: User) -> Project:
    return approved(tabled, finance_officer)


@scene
def offered(project: Project, officer: User) -> Contract:
    return offered_contract(project, officer)


@scene
def signed(offered: Contract, agency: User, head: User) -> Contract:
    return signed_by_both(offered, agency, head)
