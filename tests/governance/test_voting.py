"""From an item to its outcome: who may vote, what is frozen, what the close does."""

import json
from datetime import timedelta

import pytest

from alliance.access import has_grant
from alliance.core import clock
from alliance.core.errors import NotAllowed, OutOfState, Refused
from alliance.register.models import RegisterEntry
from funds.models import Posting, Window
from governance.models import Ballot, Decision, Outcome, Recusal
from governance.operations import (
    cancel_decision,
    cast_ballot,
    close_decision,
    close_due,
    declare_recusal,
    defer_decision,
    open_decision,
    propose_amounts,
    put_to_committee,
)
from proposals.models import Project, Proposal, ProposalVersion
from tests.governance.factories import (
    D,
    after_deadline,
    all_but,
    committee,
    holder,
    in_days,
    opened,
    opened_text,
    person,
    tabled,
    vote,
)
from tests.proposals.factories import checked_version, money_in

pytestmark = pytest.mark.django_db
VIEW = "proposals.view_proposalversion"


def proposal_of(decision: Decision) -> Proposal:
    return Proposal.objects.get(versions=decision.version_id)


# -- putting and opening -------------------------------------------------------------------------------------------


@pytest.mark.requirement("R64")
def test_only_the_secretariat_puts_an_item(member, version, agency, officer):
    amounts = {Window.objects.unearmarked(): version.requested}
    for person_ in (member, agency):
        with pytest.raises(NotAllowed):
            put_to_committee(by=person_, version=version, amounts=amounts, closes_at=in_days(7))
    assert put_to_committee(by=officer, version=version, amounts=amounts, closes_at=in_days(7)).state == "draft"


@pytest.mark.requirement("R46")
def test_version_without_its_rights_check_cannot_be_put(founded, agency, officer):
    version = checked_version(agency, officer, rights=False)
    with pytest.raises(Refused, match="rights"):
        tabled(version=version)


def test_version_is_before_the_committee_once_at_a_time(item):
    version = ProposalVersion.objects.get(pk=item.version_id)
    with pytest.raises(OutOfState):
        tabled(version=version)


@pytest.mark.requirement("R60")
def test_more_than_the_proposal_asks_is_refused(version):
    with pytest.raises(Refused, match="more than"):
        tabled(version=version, amounts={Window.objects.unearmarked(): version.requested + D("0.01")})


@pytest.mark.requirement("R14")
def test_window_that_is_not_open_is_refused(version):
    closed = Window.objects.exclude(status="open").first() or Window.objects.order_by("-pk").first()
    Window.objects.filter(pk=closed.pk).update(status="suspended")
    with pytest.raises(Refused, match="not open"):
        tabled(version=version, amounts={Window.objects.get(pk=closed.pk): version.requested})


def test_amounts_are_proposed_from_the_percentages_to_the_cent(agency, officer):
    version = checked_version(agency, officer, objectives={"O1": 33, "O2": 33, "O3": 34}, amount="100000.01")
    proposed = propose_amounts(version)
    assert sum(proposed.values()) == D("100000.01")
    assert all(window.is_open for window in proposed)


def test_opening_freezes_seats_rules_and_documents_and_numbers_the_decision(decision):
    assert decision.reference == f"DEC-{clock.today().year}-001"
    assert decision.frozen_seats.count() == 9
    assert decision.rule_set.number == 1
    assert decision.documents.get(position=1).sha256 == decision.version.digest
    assert len(decision.subject_digest) == 64
    second = opened_text()
    assert second.number == 2


def test_opening_grants_the_version_to_able_holders_only(decision):
    assert has_grant(person("member"), VIEW, decision.version)
    assert has_grant(person("alternate"), VIEW, decision.version)
    assert not has_grant(person("member_iom"), VIEW, decision.version)


def test_cancelling_withdraws_the_grants_and_takes_the_proposal_off_the_table(decision, officer):
    cancel_decision(by=officer, decision=decision, reason="The amounts change.")
    assert not has_grant(person("member"), VIEW, decision.version)
    assert proposal_of(decision).state == "eligible"
    again = opened(version=ProposalVersion.objects.get(pk=decision.version_id))
    assert again.number == decision.number + 1


def test_deadline_in_the_past_is_refused(agency, officer):
    with pytest.raises(Refused, match="close before"):
        tabled(days=-1)


def test_fewer_able_seats_than_the_floor_cannot_open(officer):
    committee(floor=9)
    decision = tabled()
    with pytest.raises(Refused, match="8 seats"):
        open_decision(by=officer, decision=decision)
    assert Decision.objects.get(pk=decision.pk).reference is None


@pytest.mark.requirement("R61")
def test_required_group_without_an_able_seat_cannot_open(founded, officer):
    from governance.models import Holder

    Holder.objects.filter(seat__constituency="developing_countries").update(ends_on=clock.today() - timedelta(days=1))
    with pytest.raises(Refused, match="Developing countries"):
        open_decision(by=officer, decision=tabled())


# -- recusal -------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("R48")
def test_member_of_the_applicant_is_recused_without_being_asked(decision):
    recusal = Recusal.objects.get(decision=decision)
    assert (recusal.holder.user, recusal.reason, recusal.organisation.slug) == (
        person("member_iom"),
        "automatic",
        "iom",
    )
    with pytest.raises(NotAllowed, match="applicant or a partner"):
        cast_ballot(by=person("member_iom"), decision=decision, choice="approve")
    assert not Ballot.objects.filter(decision=decision).exists()


@pytest.mark.requirement("R48")
def test_declared_interest_stops_the_vote_and_what_was_cast_is_kept_uncounted(open_text, set_clock):
    vote(open_text, "object", "member_ghana")
    declare_recusal(by=person("member_ghana"), decision=open_text, note="I wrote this text.")
    with pytest.raises(NotAllowed, match="declared an interest"):
        cast_ballot(by=person("member_ghana"), decision=open_text, choice="approve")
    vote(open_text, "approve", *all_but("member_ghana"))
    outcome = close_decision(by=person("chair"), decision=open_text)
    assert outcome.is_consensus
    assert Ballot.objects.filter(decision=open_text, choice="object").count() == 1
    assert outcome.counts["total"]["able"] == 8


def test_alternate_acts_for_a_recused_member(open_text):
    declare_recusal(by=person("member"), decision=open_text, note="A relative of mine.")
    vote(open_text, "approve", "alternate", *all_but("member"))
    assert close_decision(by=person("chair"), decision=open_text).counts["total"]["approvals"] == 9


# -- casting -------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("R64")
@pytest.mark.parametrize("key", ["officer", "finance_officer", "head"])
def test_secretariat_never_votes(decision, key):
    with pytest.raises(NotAllowed, match="never votes"):
        cast_ballot(by=person(key), decision=decision, choice="approve")


@pytest.mark.parametrize("key", ["auditor", "donor", "agency", "reviewer", "forum_chair"])
def test_who_holds_no_seat_does_not_vote(decision, key):
    with pytest.raises(NotAllowed, match="held no seat"):
        cast_ballot(by=person(key), decision=decision, choice="approve")


@pytest.mark.parametrize(
    ("choice", "reasons", "why"),
    [
        ("object", " ", "reasons"),
        ("return", "", "reasons"),
        ("maybe", "", "Choose"),
        ("approve_with_conditions", "", "No conditions"),
    ],
)
def test_invalid_ballots_are_refused(decision, choice, reasons, why):
    with pytest.raises(Refused, match=why):
        cast_ballot(by=person("member"), decision=decision, choice=choice, reasons=reasons)


def test_ballots_are_kept_and_the_members_last_counts(open_text):
    vote(open_text, "object", "member", "alternate")
    vote(open_text, "approve", *all_but())
    vote(open_text, "object", "alternate")
    assert Ballot.objects.filter(decision=open_text).count() == 12
    assert close_decision(by=person("chair"), decision=open_text).is_consensus


@pytest.mark.requirement("D8")
def test_same_form_sent_twice_is_one_ballot(decision, member):
    sent = {"by": member, "decision": decision, "choice": "approve", "key": "k" * 32}
    assert cast_ballot(**sent) == cast_ballot(**sent)
    assert Ballot.objects.count() == 1


def test_no_ballot_from_the_deadline_on(decision, set_clock):
    set_clock(decision.closes_at)
    with pytest.raises(OutOfState, match="closed on"):
        cast_ballot(by=person("member"), decision=decision, choice="approve")


def test_receipt_and_register_say_nothing_of_the_choice_before_the_close(decision):
    vote(decision, "object", "member", reasons="Too dear.")
    ballot = Ballot.objects.get()
    entry = RegisterEntry.objects.get(pk=ballot.entry_id)
    assert entry.public_from is None
    assert ballot.receipt.startswith("BAL-")
    assert json.loads(entry.body)["facts"] == {"decision": decision.reference, "receipt": ballot.receipt}
    assert not any(
        '"object"' in body for body in RegisterEntry.objects.exclude(public_from=None).values_list("body", flat=True)
    )


def test_bodies_of_ballots_are_public_from_the_close(unanimous_text, open_text):
    close_decision(by=person("chair"), decision=open_text)
    entries = RegisterEntry.objects.filter(kind="ballot.cast/1")
    assert entries.count() == 9
    assert not entries.filter(public_from=None).exists()


# -- closing -------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("R59", "R60")
def test_carried_decision_approves_and_allocates_in_one_act(finance_officer):
    decision = opened(conditions="Texts are cleared first.")
    money_in(finance_officer, "300000.00")
    vote(decision, "approve_with_conditions", *all_but("member_iom"))
    before = Posting.objects.count()
    outcome = close_decision(by=person("chair"), decision=decision)
    project = Project.objects.get(decision_reference=decision.reference)
    assert (outcome.result, outcome.money, outcome.is_consensus) == ("carried", "allocated", True)
    assert (project.amount, proposal_of(decision).state) == (D("250000.00"), "approved")
    assert [row.text for row in project.conditions.all()] == ["Texts are cleared first."]
    assert Posting.objects.count() == before + 1
    acts = RegisterEntry.objects.filter(kind__in=["decision.closed/1", "project.funded/1"]).values_list(
        "act", flat=True
    )
    assert len(set(acts)) == 1


@pytest.mark.requirement("R60")
def test_short_pool_leaves_the_version_approved_and_nothing_posted(decision, finance_officer):
    money_in(finance_officer, "1000.00")
    vote(decision, "approve", *all_but("member_iom"))
    before = Posting.objects.count()
    outcome = close_decision(by=person("officer"), decision=decision)
    assert (outcome.result, outcome.money) == ("carried", "waiting")
    assert proposal_of(decision).state == "approved_waiting"
    assert Posting.objects.count() == before
    assert not Project.objects.exists()
    assert not RegisterEntry.objects.filter(kind="proposal.approved/1").exists()


@pytest.mark.requirement("R6")
def test_approval_in_principle_carries_no_money(version):
    with pytest.raises(Refused, match="no money"):
        tabled(version=version, in_principle=True, amounts={Window.objects.unearmarked(): D(1)})
    decision = opened(version=version, in_principle=True)
    vote(decision, "approve", *all_but("member_iom"))
    outcome = close_decision(by=person("chair"), decision=decision)
    assert (outcome.result, outcome.money) == ("in_principle", "none")
    assert proposal_of(decision).state == "approved_in_principle"
    assert not Project.objects.exists()


@pytest.mark.requirement("R59")
@pytest.mark.parametrize(
    ("choice", "result", "state"), [("return", "returned", "returned"), ("object", "rejected", "rejected")]
)
def test_outcome_against_goes_back_to_the_proposal(decision, choice, result, state):
    vote(decision, choice, *all_but("member_iom"), reasons="The budget is unclear.")
    outcome = close_decision(by=person("chair"), decision=decision)
    assert (outcome.result, proposal_of(decision).state) == (result, state)
    if result == "returned":
        assert "The budget is unclear." in decision.version.returns.get().reason


def test_no_quorum_takes_the_proposal_off_the_table(decision, set_clock):
    vote(decision, "approve", "member")
    after_deadline(set_clock, decision)
    assert [outcome.result for outcome in close_due()] == ["no_quorum"]
    assert proposal_of(decision).state == "eligible"


def test_vote_stays_open_until_the_deadline_unless_all_have_voted(decision):
    vote(decision, "approve", *all_but("member_iom", "member_network"))
    for by in (None, person("chair"), person("officer"), person("member")):
        with pytest.raises(OutOfState):
            close_decision(by=by, decision=decision)
    vote(decision, "approve", "member_network")
    with pytest.raises(OutOfState):
        close_decision(by=person("member"), decision=decision)
    assert close_decision(by=person("officer"), decision=decision).result == "carried"


@pytest.mark.requirement("D8")
def test_closing_again_returns_the_same_outcome(unanimous, decision, set_clock):
    after_deadline(set_clock, decision)
    first = close_decision(by=None, decision=decision)
    assert close_decision(by=person("chair"), decision=decision) == first
    assert close_due() == []
    assert Outcome.objects.count() == 1


def test_chair_defers_before_the_first_ballot_only(decision):
    with pytest.raises(NotAllowed):
        defer_decision(by=person("member"), decision=decision, reason="Later.")
    vote(decision, "approve", "member")
    with pytest.raises(OutOfState, match="ballot"):
        defer_decision(by=person("chair"), decision=decision, reason="Later.")
    other = opened_text()
    outcome = defer_decision(by=person("chair"), decision=other, reason="Translation is missing.")
    assert (outcome.result, outcome.note) == ("deferred", "Translation is missing.")


def test_first_reasoned_objection_ends_a_no_objection_procedure(silent_text):
    with pytest.raises(Refused, match="Silence"):
        cast_ballot(by=person("member"), decision=silent_text, choice="approve")
    cast_ballot(by=person("member"), decision=silent_text, choice="object", reasons="To be discussed.")
    assert Outcome.objects.get(decision=silent_text).result == "to_session"


@pytest.mark.requirement("R54")
def test_objection_that_ends_the_procedure_is_as_open_afterwards_as_every_other_ballot(silent_text):
    ballot = cast_ballot(by=person("member"), decision=silent_text, choice="object", reasons="To be discussed.")
    entry = RegisterEntry.objects.get(pk=ballot.entry_id)
    closed = RegisterEntry.objects.get(pk=Outcome.objects.get(decision=silent_text).entry_id)
    assert (entry.public_from, json.loads(entry.body)["public"]) == (closed.recorded_at, True)


def test_silence_carries_at_the_deadline(silent_text, set_clock):
    after_deadline(set_clock, silent_text)
    assert close_decision(by=None, decision=silent_text).result == "carried"


def test_member_who_left_after_the_opening_still_votes_and_the_successor_does_not():
    from governance.operations import appoint_holder

    decision = opened()
    seat = holder("member_ghana").seat
    appoint_holder(
        by=person("head"), seat=seat, user=_newcomer(), capacity="member", starts_on=clock.today() + timedelta(days=1)
    )
    cast_ballot(by=person("member_ghana"), decision=decision, choice="approve")
    with pytest.raises(NotAllowed, match="held no seat"):
        cast_ballot(by=person("newcomer"), decision=decision, choice="approve")


def _newcomer():
    from datetime import date

    from scenarios.people.enrolment import enrol
    from scenarios.people.personas import Persona

    return enrol(Persona("newcomer", "Yaw Mensah", "ghana-interior", ("committee",)), since=date(2007, 12, 1))
