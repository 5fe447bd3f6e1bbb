"""Interests that come up after the opening: found at every ballot and at the close, under the decision's lock (R48)."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction

from alliance.access import has_grant
from alliance.core import clock
from alliance.core.errors import NotAllowed
from alliance.people.models import Membership, Organisation, Role
from alliance.register.models import RegisterEntry
from governance import checks
from governance.gather import open_rows, place_of
from governance.models import Ballot, Recusal
from governance.operations import cast_ballot, close_decision, declare_recusal
from proposals.models import Proposal
from tests.governance.factories import (
    after_deadline,
    all_but,
    committee,
    opened,
    person,
    vote,
)
from tests.governance.factories import holder as holder_of

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R48")]
VIEW = "proposals.view_proposalversion"


def join(key, slug="iom", *, until=None):
    """Make somebody one of the people of an organisation, from today on."""
    return Membership.objects.create(
        user=person(key), organisation=Organisation.objects.get(slug=slug), role=Role.PARTNER_DRAFTER,
        starts_on=clock.today(), ends_on=until,
    )  # fmt: skip


def late_recusals(decision):
    return {recusal.holder.user.email.partition("@")[0] for recusal in found(decision)}


def found(decision):
    return Recusal.objects.filter(decision=decision).exclude(entry_id=decision.opening_entry_id)


def test_member_who_joins_the_applicant_after_the_opening_casts_nothing(decision):
    join("member_ghana")
    with pytest.raises(NotAllowed, match="applicant or a partner"):
        cast_ballot(by=person("member_ghana"), decision=decision, choice="approve")
    assert not Ballot.objects.exists()
    recusal = found(decision).get()
    assert (recusal.holder, recusal.organisation.slug, recusal.reason) == (
        holder_of("member_ghana"),
        "iom",
        "automatic",
    )
    assert RegisterEntry.objects.get(pk=recusal.entry_id).kind == "recusal.found/1"
    assert not has_grant(person("member_ghana"), VIEW, decision.version)
    with pytest.raises(NotAllowed, match="applicant or a partner"):
        cast_ballot(by=person("member_ghana"), decision=decision, choice="approve")
    assert found(decision).count() == 1


@pytest.mark.requirement("D8")
def test_same_refused_ballot_sent_twice_is_refused_twice_and_recused_once(decision):
    join("member_ghana")
    for _time in range(2):
        with pytest.raises(NotAllowed):
            cast_ballot(by=person("member_ghana"), decision=decision, choice="approve", key="k" * 32)
    assert found(decision).count() == 1


def test_alternate_who_joins_is_recused_and_the_member_still_votes(decision):
    join("alternate")
    with pytest.raises(NotAllowed):
        cast_ballot(by=person("alternate"), decision=decision, choice="approve")
    assert cast_ballot(by=person("member"), decision=decision, choice="approve").capacity == "member"


def test_ballot_of_another_finds_the_recusal_too(decision):
    join("member_ghana")
    cast_ballot(by=person("member_undp"), decision=decision, choice="approve")
    assert late_recusals(decision) == {"member.ghana"}


def test_ballot_of_who_joins_before_the_close_is_kept_and_not_counted(decision):
    vote(decision, "object", "member_ghana", reasons="No.")
    vote(decision, "approve", *all_but("member_iom", "member_ghana"))
    join("member_ghana")
    outcome = close_decision(by=person("chair"), decision=decision)
    assert (outcome.result, outcome.is_consensus, outcome.counts["total"]["able"]) == ("carried", True, 7)
    assert Ballot.objects.filter(decision=decision, choice="object").count() == 1
    assert RegisterEntry.objects.get(kind="recusal.found/1").public_from is not None
    assert list(checks.problems()) == []


def test_who_joined_and_left_again_while_the_vote_was_open_is_recused(unanimous, decision, set_clock):
    join("member_ghana", until=clock.today())
    set_clock(clock.now() + timedelta(days=2))
    close_decision(by=person("chair"), decision=decision)
    assert late_recusals(decision) == {"member.ghana"}


def test_who_had_left_before_the_opening_votes(founded):
    Membership.objects.create(
        user=person("member_ghana"), organisation=Organisation.objects.get(slug="iom"), role=Role.PARTNER_DRAFTER,
        starts_on=clock.today() - timedelta(days=30), ends_on=clock.today() - timedelta(days=1),
    )  # fmt: skip
    decision = opened()
    assert cast_ballot(by=person("member_ghana"), decision=decision, choice="approve")


def test_recusals_that_leave_fewer_seats_than_the_floor_make_no_quorum(set_clock):
    committee(floor=8)
    decision = opened()
    vote(decision, "approve", *all_but("member_iom"))
    join("member_network")
    outcome = close_decision(by=person("chair"), decision=decision)
    assert (outcome.result, outcome.is_quorate) == ("no_quorum", False)
    assert Proposal.objects.get(versions=decision.version_id).state == "eligible"
    assert list(checks.problems()) == []


def test_silence_of_too_few_able_seats_is_no_consent(set_clock):
    committee(floor=8)
    decision = opened(procedure="no_objection")
    join("member_network")
    after_deadline(set_clock, decision)
    assert close_decision(by=None, decision=decision).result == "no_quorum"


def test_vote_is_complete_without_the_seat_of_who_joined(decision):
    vote(decision, "approve", *all_but("member_iom", "member_ghana"))
    join("member_ghana")
    assert close_decision(by=person("chair"), decision=decision).result == "carried"


def test_declared_interest_stays_the_only_recusal_of_who_joins_later(decision):
    declare_recusal(by=person("member_ghana"), decision=decision, note="A relative of mine.")
    join("member_ghana")
    cast_ballot(by=person("member_undp"), decision=decision, choice="approve")
    assert [recusal.reason for recusal in found(decision)] == ["declared"]


def test_text_recuses_nobody(open_text):
    join("member_ghana")
    assert cast_ballot(by=person("member_ghana"), decision=open_text, choice="approve")


def test_page_shows_the_vote_disabled_before_anything_is_recorded(decision):
    join("member_ghana")
    place = place_of(person("member_ghana"), decision)
    assert "applicant or a partner" in place.why_not
    assert [row.place for row in open_rows(person("member_ghana"))] == ["recused"]
    assert [row.place for row in open_rows(person("member_undp"))] == ["to_vote"]


@pytest.mark.django_db(transaction=True)
def test_ballot_that_waits_for_the_lock_sees_who_joined_meanwhile(people):
    decision = opened()
    told = []

    def cast():
        try:
            told.append(cast_ballot(by=person("member_ghana"), decision=decision, choice="approve"))
        except NotAllowed as refusal:
            told.append(refusal)
        finally:
            connections.close_all()

    thread = threading.Thread(target=cast)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM governance_decision WHERE id = %s FOR UPDATE", [decision.pk])
        thread.start()
        thread.join(0.5)
        join("member_ghana")
    thread.join()
    assert isinstance(told[0], NotAllowed)
    assert (Ballot.objects.count(), late_recusals(decision)) == (0, {"member.ghana"})
