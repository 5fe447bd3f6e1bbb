"""Pages answer each person as they should, and say the same things in three languages."""

import re

import pytest
from django.urls import reverse

from proposals.models import Proposal, ProposalVersion
from proposals.operations import return_proposal, submit_proposal
from tests.proposals.factories import (
    approved_project,
    draft_proposal,
    offered_contract,
    paid_first_tranche,
    signed_contract,
    submitted_version,
    write_report,
)


def page(client, name, *arguments, status=200, **query):
    answer = client.get(reverse(f"proposals:{name}", args=arguments), query)
    assert answer.status_code == status
    return answer.content.decode()


def test_draft_is_a_task_list_of_sections(agency, sign_in):
    proposal = draft_proposal(agency, but=("rights",))
    client = sign_in(agency)
    assert proposal.title in page(client, "proposals")
    text = page(client, "proposal", proposal.reference)
    assert "Rights and welfare" in text
    assert "things are still missing" in text
    for key in ("summary", "route", "objectives", "places", "context", "rights", "partnership", "budget", "indicators"):
        page(client, "section", proposal.reference, key)
    for name in ("documents", "co_authors", "submit"):
        page(client, name, proposal.reference)
    page(client, "new")


@pytest.mark.parametrize("who", ["rival_agency", "donor", "member", "officer", "auditor", "stranger"])
def test_draft_does_not_exist_for_others(who, draft, sign_in, request):
    client = sign_in(request.getfixturevalue(who))
    page(client, "proposal", draft.reference, status=404)
    page(client, "section", draft.reference, "summary", status=404)


def test_readers_may_not_write(submitted, officer, sign_in):
    client = sign_in(officer)
    page(client, "proposal", submitted.proposal.reference)
    page(client, "section", submitted.proposal.reference, "summary", status=403)
    page(client, "submit", submitted.proposal.reference, status=403)


def test_version_pages(submitted, agency, officer, sign_in):
    arguments = (submitted.proposal.reference, submitted.number)
    client = sign_in(agency)
    assert submitted.receipt in page(client, "receipt", *arguments)
    assert submitted.digest in page(client, "version", *arguments)
    page(client, "compare", submitted.proposal.reference)
    page(client, "check", *arguments, status=403)
    client = sign_in(officer)
    page(client, "check", *arguments)
    page(client, "return", *arguments)


def test_work_pages(agency, officer, finance_officer, second_finance_officer, head, sign_in):
    project = approved_project(agency, officer, finance_officer, conditions=("A steering group is set up.",))
    project.conditions.all()
    contract = offered_contract(project, officer)
    client = sign_in(officer)
    assert "A steering group" in page(client, "project", project.reference)
    page(client, "projects")
    page(client, "condition", project.reference, 1)
    page(client, "contract", contract.reference)
    page(client, "contracts")
    page(client, "contract_new", project.reference, "iom")
    page(client, "waiting")
    client = sign_in(agency)
    assert "Sign for" in page(client, "contract", contract.reference)
    page(client, "project", project.reference)
    page(client, "contract_new", project.reference, "iom", status=403)
    page(client, "waiting", status=403)


def test_report_pages(project, agency, officer, finance_officer, second_finance_officer, head, sign_in):
    contract = signed_contract(project, officer, agency, head)
    paid_first_tranche(contract, finance_officer, second_finance_officer)
    report = contract.reports.get(number=1)
    client = sign_in(agency)
    page(client, "reports")
    page(client, "report_write", report.reference)
    write_report(agency, report)
    assert "40 officials trained" in page(client, "report", report.reference)
    client = sign_in(officer)
    page(client, "report", report.reference)
    page(client, "report_return", report.reference)
    page(client, "report_write", report.reference, status=403)


def test_numbers_that_are_none_compare_the_last_two_versions(agency, officer, sign_in):
    proposal = thrice_submitted(agency, officer)
    client = sign_in(agency)
    assert compared(client, proposal) == ("2", "3")
    assert compared(client, proposal, **{"from": "1", "to": "2"}) == ("1", "2")
    assert compared(client, proposal, **{"from": "3", "to": "1"}) == ("1", "3")
    for asked in ("9" * 5000, "x", "-1", "٣", "4"):
        assert compared(client, proposal, **{"from": asked, "to": "1"}) == ("2", "3"), asked
        assert compared(client, proposal, **{"from": "1", "to": asked}) == ("2", "3"), asked


def thrice_submitted(agency, officer):
    """A proposal of three versions: given back twice, and submitted again."""
    version = submitted_version(agency)
    for _ in range(2):
        return_proposal(by=officer, version=version, reason="Say more.")
        version = submit_proposal(by=agency, proposal=Proposal.objects.get(pk=version.proposal_id))
    return version.proposal


def compared(client, proposal, **query):
    """Return the two versions that the page says it compares."""
    return re.search(
        r"Versions (\d+) and (\d+) compared", page(client, "compare", proposal.reference, **query)
    ).groups()


def test_calls_are_public(db, client):
    page(client, "calls")


def test_checked_version_can_be_tabled(checked, officer, sign_in):
    client = sign_in(officer)
    page(client, "version", checked.proposal.reference, 1)
    assert Proposal.objects.visible_to(officer).ready_for_committee().count() == 1
    assert ProposalVersion.objects.latest().count() == 1


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("withdraw", "officer"),
        ("complete", "agency"),
        ("close", "officer"),
        ("offer", "agency"),
        ("sign", "officer"),
        ("tranche_prepare", "agency"),
        ("report_submit", "officer"),
        ("report_accept", "agency"),
    ],
)
def test_button_of_others_is_refused_with_403(name, who, signed, sign_in, request):
    arguments = {
        "withdraw": [signed.project.proposal.reference],
        "complete": [signed.project.reference],
        "close": [signed.project.reference],
        "tranche_prepare": [signed.reference, 1],
        "report_submit": [signed.reports.get(number=1).reference],
        "report_accept": [signed.reports.get(number=1).reference],
    }.get(name, [signed.reference])
    address = reverse(f"proposals:{name}", args=arguments)
    answer = sign_in(request.getfixturevalue(who)).post(address, {"key": "a key of the page"})
    assert answer.status_code == 403
