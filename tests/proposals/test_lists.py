"""Lists: who sees which rows, and no more queries for three rows than for one."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alliance.core import clock
from proposals.models import Proposal, ProposalVersion
from proposals.operations import check_version, return_proposal
from tests.ground.scenes import scene
from tests.proposals.factories import (
    approved_project,
    draft_proposal,
    give_grant,
    signed_contract,
    submitted_version,
    take_grant,
)


def queries(client, url):
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.fixture
def contract_of(agency, officer, finance_officer, head):
    def make():
        return signed_contract(approved_project(agency, officer, finance_officer), officer, agency, head)

    return make


@pytest.mark.parametrize("name", ["projects", "contracts", "reports"])
def test_work_lists_ask_the_same_of_one_row_and_three(name, contract_of, agency, sign_in):
    client, url = sign_in(agency), reverse(f"proposals:{name}")
    contract_of()
    one = queries(client, url)
    contract_of()
    contract_of()
    assert queries(client, url) == one
    assert one <= 10


def test_proposal_list_asks_the_same_of_one_row_and_three(agency, sign_in):
    client, url = sign_in(agency), reverse("proposals:proposals")
    draft_proposal(agency)
    one = queries(client, url)
    submitted_version(agency)
    draft_proposal(agency)
    assert queries(client, url) == one
    assert one <= 10


def test_list_begins_with_what_was_changed_last_a_check_included(agency, officer, sign_in):
    wanting, later = submitted_version(agency), submitted_version(agency)
    check_version(by=officer, version=wanting, is_eligible=False, note="The route is not clear.")
    page = sign_in(officer).get(reverse("proposals:proposals")).context["page"]
    assert [row.pk for row in page] == [wanting.proposal_id, later.proposal_id]
    changes = [row.changed_at for row in page]
    assert changes == sorted(changes, reverse=True)


def test_list_filters_by_state_and_words(agency, sign_in):
    draft_proposal(agency, title="Étude sur les envois de fonds")
    submitted_version(agency, title="Portable social security")
    client, url = sign_in(agency), reverse("proposals:proposals")
    found = client.get(url, {"q": "etude"}).content.decode()
    assert ("Étude" in found, "Portable" in found) == (True, False)
    found = client.get(url, {"state": "submitted"}).content.decode()
    assert ("Étude" in found, "Portable" in found) == (False, True)


@pytest.mark.parametrize(
    "address", ["proposals:projects", "proposals:contracts", "proposals:reports", "reporting:projects"]
)
def test_work_lists_are_narrowed_by_words_and_state(address, contract_of, officer, sign_in):
    contract = contract_of()
    client, url, title = sign_in(officer), reverse(address), contract.project.title
    states = {"contracts": "signed", "reports": "due"}
    state = states.get(address.partition(":")[2], contract.project.state)

    def shown(**asked: str) -> int:
        return len(client.get(url, asked).context["page"].object_list)

    everything = shown()
    assert everything > 0
    assert (shown(q=title.upper()), shown(q="no such words"), shown(state="no such state")) == (everything, 0, shown())
    assert (shown(state=state), shown(state=state, q=contract.project.reference[:4] + "x")) == (everything, 0)


@scene
def draft_beside_submitted(draft, agency):
    submitted_version(agency)


@pytest.mark.parametrize(
    ("who", "drafts", "submitted"),
    [
        ("agency", 1, 1), ("rival_agency", 0, 0), ("officer", 0, 1), ("finance_officer", 0, 1), ("head", 0, 1),
        ("auditor", 0, 1), ("reviewer", 0, 0), ("donor", 0, 0), ("member", 0, 0), ("forum_chair", 0, 0), ("stranger", 0, 0),
    ],
)  # fmt: skip
def test_who_sees_drafts_and_submitted_proposals(who, drafts, submitted, draft_beside_submitted, request):
    rows = Proposal.objects.visible_to(request.getfixturevalue(who))
    assert (rows.filter(state="draft").count(), rows.filter(state="submitted").count()) == (drafts, submitted)


def test_member_sees_the_version_granted_and_not_the_proposal(tabled, member, sign_in):
    client, arguments = sign_in(member), [tabled.proposal.reference, tabled.number]
    url = reverse("proposals:version", args=arguments)
    assert client.get(url).status_code == 404
    give_grant(user=member, permission="view_proposalversion", row=tabled)
    assert client.get(url).status_code == 200
    assert client.get(reverse("proposals:proposal", args=arguments[:1])).status_code == 404
    assert client.get(reverse("proposals:check", args=arguments)).status_code == 403
    take_grant(user=member, permission="view_proposalversion", row=tabled)
    assert ProposalVersion.objects.visible_to(member).count() == 0


@pytest.mark.requirement("R1")
@pytest.mark.parametrize(("language", "words"), [("fr", "Propositions"), ("es", "Propuestas")])
def test_list_is_said_in_the_readers_language(language, words, draft, agency, sign_in):
    assert words in sign_in(agency).get(f"/{language}/proposals/").content.decode()


def test_last_change_of_a_proposal_is_what_happened_to_it_last(submitted, officer):
    changed = Proposal.objects.filter(pk=submitted.proposal_id).for_list().get
    Proposal.objects.update(saved_at=clock.now() - timedelta(days=40))
    assert changed().changed_at == submitted.submitted_at
    check_version(by=officer, version=submitted, is_eligible=False, note="The route is not clear.")
    submitted.refresh_from_db()
    assert changed().changed_at == submitted.check_made.checked_at


def test_version_returned_without_a_check_waits_for_none(submitted, officer, sign_in):
    url = submitted.proposal.get_absolute_url()
    assert "Not made yet" in sign_in(officer).get(url).content.decode()
    return_proposal(by=officer, version=submitted, reason="The budget is missing.")
    page = sign_in(officer).get(url).content.decode()
    assert ("Not made: returned to its authors" in page, "Not made yet" in page) == (True, False)
