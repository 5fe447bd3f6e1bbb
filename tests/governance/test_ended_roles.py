"""A seat gives nothing any more once the committee's role of its holder was ended: no vote, no text, no chair, no word."""

import json

import pytest
from django.urls import reverse

from alliance.core.errors import NotAllowed, OutOfState
from alliance.people.operations import end_membership
from alliance.register.kinds import declared
from alliance.register.models import RegisterEntry
from governance.operations import cast_ballot, close_decision, declare_recusal, defer_decision
from proposals.models import ProposalVersion
from tests.governance.factories import holder, opened, opened_text, person, vote

pytestmark = pytest.mark.django_db


def end(key):
    end_membership(by=person("head"), membership=person(key).memberships.get(role="committee"))


def test_member_whose_role_ended_does_not_vote_and_what_was_cast_counts(people):
    decision = opened_text()
    vote(decision, "approve", "member", "member_ghana")
    end("member_ghana")
    with pytest.raises(NotAllowed, match="has ended"):
        cast_ballot(by=person("member_ghana"), decision=decision, choice="object", reasons="Because.")
    with pytest.raises(NotAllowed, match="has ended"):
        declare_recusal(by=person("member_ghana"), decision=decision, note="A friend.")
    assert decision.ballots.count() == 2


def test_right_to_vote_is_that_of_the_moment_not_of_the_page_that_was_open(people):
    decision, member = opened_text(), person("member")
    assert member.has_role("committee")
    end("member")
    with pytest.raises(NotAllowed, match="has ended"):
        cast_ballot(by=member, decision=decision, choice="approve")


def test_member_whose_role_ended_reads_the_version_no_more(people, sign_in):
    version = opened().version
    page = reverse("proposals:version", args=[version.proposal.reference, version.number])
    assert sign_in(person("member")).get(page).status_code == 200
    end("member")
    assert not ProposalVersion.objects.visible_to(person("member")).exists()
    assert sign_in(person("member")).get(page).status_code == 404


def test_chair_whose_role_ended_neither_defers_nor_closes(people):
    decision = opened_text()
    end("chair")
    with pytest.raises(NotAllowed, match="Only the chair"):
        defer_decision(by=person("chair"), decision=decision, reason="Later.")
    with pytest.raises(OutOfState, match="open until"):
        close_decision(by=person("chair"), decision=decision)


@pytest.mark.parametrize("kind", ["decision.opened/1", "decision.closed/1"])
def test_holder_whose_role_ended_is_told_nothing_more(people, set_clock, kind):
    decision = opened_text()
    if kind == "decision.closed/1":
        set_clock(decision.closes_at)
        close_decision(by=None, decision=decision)
    entry = RegisterEntry.objects.filter(kind=kind).latest("n")

    def told():
        return {user.email for user in declared()[kind].told(json.loads(entry.body))}

    member = holder("member").user.email
    assert member in told()
    end("member")
    assert member not in told()
    assert holder("chair").user.email in told()
