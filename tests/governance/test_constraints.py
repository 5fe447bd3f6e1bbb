"""The database as last witness: every constraint violated once, and every row that is kept tried to be changed."""

from datetime import timedelta

import pytest

from alliance.core import clock
from governance.models import (
    Attendance,
    Ballot,
    Body,
    ChairTerm,
    Decision,
    DecisionAmount,
    FrozenDocument,
    FrozenSeat,
    Holder,
    Outcome,
    Recusal,
    RuleSet,
    Seat,
)
from governance.operations import call_session, record_attendance
from tests.governance.factories import holder, opened, person, tabled, vote
from tests.governance.test_guards import closed_decision, copy_of, refused_by, sql
from tests.ground.scenes import scene

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_of_each")]

KEPT = (Ballot, Outcome, Recusal, FrozenSeat, FrozenDocument, DecisionAmount, RuleSet)


@scene
def one_of_each():
    """A decision closed, one open, one tabled, and a session."""
    closed_decision()
    vote(opened(), "approve", "member")
    tabled()
    session = call_session(by=person("officer"), held_on=clock.today(), place="Geneva")
    record_attendance(by=person("officer"), session=session, present=[])


@pytest.mark.parametrize("model", KEPT, ids=lambda model: model.__name__)
@pytest.mark.parametrize("verb", ["UPDATE {0} SET id = id + 1000", "DELETE FROM {0}", "TRUNCATE {0} CASCADE"])
def test_kept_rows_refuse_every_change(model, verb):
    assert model.objects.exists()
    with refused_by("never changed"):
        sql(verb.format(model._meta.db_table))


def draft(**changes):
    item = {"item": "ITM-X", "version_id": None, "kind": "text", "text": "x"}
    return copy_of(Decision.objects.get(state="draft"), **{**item, **changes})


def ballot(**changes):
    return copy_of(Ballot.objects.filter(decision__state="open").first(), receipt="BAL-X", **changes)


def outcome(**changes):
    values = {
        "decision": Decision.objects.get(state="open"), "result": "carried", "is_consensus": True, "is_quorate": True,
        "do_conditions_apply": False, "tally": "{}", "recorded_at": clock.now(), "entry": Ballot.objects.first().entry,
    }  # fmt: skip
    return Outcome(**{**values, **changes})


def rules(**changes):
    later = clock.today() + timedelta(days=400)
    values = {"number": 2, "effective_from": later, "decision": Decision.objects.get(state="closed")}
    return RuleSet(**{**values, **changes})


def violations():
    """Constraint name → how to break it."""
    later = clock.today() + timedelta(days=400)
    day = timedelta(days=1)
    seat, member, chair = Seat.objects.first(), holder("member"), ChairTerm.objects.get()
    return {
        "seat_number_once": lambda: copy_of(seat).save(),
        "seat_constituency_known": lambda: copy_of(seat, number=99, constituency="planets").save(),
        "seat_ends_after_start": lambda: copy_of(seat, number=99, ends_on=seat.starts_on - day).save(),
        "holder_capacity_known": lambda: copy_of(member, capacity="owner", user_id=person("donor").pk).save(),
        "holder_ends_after_start": lambda: copy_of(
            member, user_id=person("donor").pk, starts_on=later, ends_on=later - day
        ).save(),
        "holder_one_member": lambda: copy_of(member, user_id=person("donor").pk).save(),
        "holder_one_alternate": lambda: copy_of(holder("alternate"), user_id=person("donor").pk).save(),
        "holder_one_seat_each": lambda: copy_of(member, seat_id=seat.pk, capacity="alternate").save(),
        "chair_ends_after_start": lambda: copy_of(chair, starts_on=later, ends_on=later - day).save(),
        "chair_one_at_a_time": lambda: copy_of(chair, user_id=person("member").pk).save(),
        "rules_quorum_fraction": lambda: rules(quorum="half").save(),
        "rules_majority_fraction": lambda: rules(majority="0/3").save(),
        "rules_group_majority_fraction": lambda: rules(group_majority="1:2").save(),
        "rules_floor_positive": lambda: rules(floor=0).save(),
        "rules_silence_days_positive": lambda: rules(silence_days=0).save(),
        "rules_by_decision": lambda: rules(decision=None).save(),
        "rules_method_known": lambda: rules(method="dice").save(),
        "attendance_once": lambda: copy_of(Attendance.objects.first()).save(),
        "decision_number_once": lambda: copy_of(
            Decision.objects.get(state="closed"), item="ITM-X", reference="DEC-X"
        ).save(),
        "decision_version_once_at_a_time": lambda: copy_of(
            Decision.objects.get(state="draft"), item="ITM-X"
        ).save(),
        "decision_numbers_from_one": lambda: copy_of(
            Decision.objects.get(state="open"), item="ITM-X", reference="DEC-X", number=0, version_id=None, kind="text", text="x"
        ).save(),
        "decision_one_subject": lambda: copy_of(
            Decision.objects.get(state="draft"), item="ITM-X", version_id=None
        ).save(),
        "decision_procedure_known": lambda: draft(procedure="oracle").save(),
        "decision_opened_at_with_state": lambda: draft(state="open").save(),
        "decision_frozen_when_opened": lambda: draft(reference="DEC-X").save(),
        "decision_closed_at_with_state": lambda: draft(closed_at=clock.now()).save(),
        "decision_cancelled_at_with_state": lambda: draft(cancel_reason="x").save(),
        "decision_closes_after_opening": lambda: copy_of(
            Decision.objects.get(state="open"), item="ITM-X", reference="DEC-X", number=9, version_id=None, kind="text",
            text="x", closes_at=Decision.objects.get(state="open").opened_at,
        ).save(),
        "decision_amount_once": lambda: copy_of(DecisionAmount.objects.get(decision__state="draft")).save(),
        "decision_amount_positive": lambda: copy_of(DecisionAmount.objects.get(decision__state="draft"), amount=0).save(),
        "frozen_document_position_once": lambda: copy_of(FrozenDocument.objects.first()).save(),
        "frozen_document_digest": lambda: copy_of(FrozenDocument.objects.first(), position=9, sha256="abc").save(),
        "frozen_seat_once": lambda: copy_of(FrozenSeat.objects.first()).save(),
        "frozen_seat_constituency_known": lambda: copy_of(
            FrozenSeat.objects.filter(decision__state="open").first(), constituency="planets",
            decision_id=Decision.objects.get(state="draft").pk,
        ).save(),
        "recusal_once": lambda: copy_of(Recusal.objects.first()).save(),
        "recusal_says_why": lambda: copy_of(
            Recusal.objects.first(), holder_id=holder("member").pk, reason="declared", note=""
        ).save(),
        "ballot_choice_known": lambda: ballot(choice="maybe").save(),
        "ballot_against_has_reasons": lambda: ballot(choice="object", reasons="").save(),
        "outcome_money_only_when_carried": lambda: outcome(result="rejected", money="allocated").save(),
        "outcome_needs_quorum": lambda: outcome(is_quorate=False).save(),
        "outcome_deferred_with_reason": lambda: outcome(result="deferred").save(),
    }  # fmt: skip


NAMES = sorted(
    constraint.name
    for model in (Body, Seat, Holder, ChairTerm, RuleSet, Attendance, Decision, DecisionAmount, *KEPT[:-2])
    for constraint in model._meta.constraints
) + ["rules_" + name for name in ("quorum_fraction", "majority_fraction", "group_majority_fraction", "floor_positive",
                                  "silence_days_positive", "by_decision", "method_known")]  # fmt: skip


@pytest.mark.parametrize("name", sorted(set(NAMES)))
def test_constraint_refuses(name):
    if name.startswith("outcome_"):
        sql("SET LOCAL session_replication_role = replica")
    with refused_by(name):
        violations()[name]()
