"""The database as last witness: every constraint and trigger violated once; every move legal or refused."""

from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import Error, IntegrityError, connection, transaction

from alliance.core import clock
from alliance.core.errors import NotAllowed, OutOfState, Refused
from alliance.core.states import advance, can
from governance import checks
from governance.models import (
    Body,
    ChairTerm,
    Decision,
    FrozenSeat,
    Outcome,
    Seat,
)
from governance.operations import (
    adopt_rules,
    appoint_chair,
    appoint_holder,
    call_session,
    cancel_decision,
    close_decision,
    close_due,
    defer_decision,
    found_committee,
    open_decision,
    record_attendance,
)
from tests.governance.factories import (
    FOUNDED,
    SEATS,
    all_but,
    committee,
    holder,
    new_seats,
    opened,
    opened_text,
    person,
    tabled,
    vote,
)

pytestmark = pytest.mark.django_db


@contextmanager
def refused_by(name: str):
    """Expect the database to refuse, now or at the end, naming the guard."""
    with pytest.raises(Error, match=name), transaction.atomic():  # the guard may speak at the end
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def closed_decision(*keys: str) -> Decision:
    decision = opened_text()
    vote(decision, "approve", *(keys or all_but()))
    close_decision(by=person("chair"), decision=decision)
    return Decision.objects.get(pk=decision.pk)


def copy_of(row, **changes):
    """Return an unsaved copy of a row with other values."""
    values = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key}
    return type(row)(**{**values, **changes})


# -- states --------------------------------------------------------------------------------------------------------

LEGAL = {
    ("draft", "open"): "open", ("draft", "cancel"): "cancelled", ("open", "close"): "closed",
    ("open", "defer"): "closed", ("open", "cancel"): "cancelled",
}  # fmt: skip


@pytest.mark.parametrize("state", Decision.State.values)
@pytest.mark.parametrize("verb", list(Decision.TRANSITIONS))
def test_every_move_is_legal_or_refused(state, verb):
    decision = Decision(state=state)
    target = LEGAL.get((state, verb))
    assert can(decision, verb) == (target is not None)
    if target is None:
        with pytest.raises(OutOfState):
            advance(decision, verb)
    else:
        advance(decision, verb)
        assert decision.state == target


ACTS = {
    "open": lambda decision: open_decision(by=person("officer"), decision=decision),
    "close": lambda decision: close_decision(by=person("officer"), decision=decision),
    "defer": lambda decision: defer_decision(by=person("chair"), decision=decision, reason="x"),
    "cancel": lambda decision: cancel_decision(by=person("officer"), decision=decision, reason="x"),
}


@pytest.mark.parametrize("verb", list(ACTS))
def test_operations_refuse_a_closed_decision(closed_text, verb):
    if verb == "close":
        assert ACTS[verb](closed_text) == closed_text.outcome
        return
    with pytest.raises(OutOfState):
        ACTS[verb](closed_text)


@pytest.mark.parametrize("verb", list(ACTS))
def test_operations_refuse_a_cancelled_item(decision, verb):
    cancel_decision(by=person("officer"), decision=decision, reason="x")
    with pytest.raises(OutOfState):
        ACTS[verb](decision)


@pytest.mark.parametrize("verb", ["close", "defer"])
def test_operations_refuse_an_item_that_is_not_open(item, verb):
    with pytest.raises(OutOfState):
        ACTS[verb](item)


def voted() -> Decision:
    decision = opened_text()
    vote(decision, "approve", *all_but())
    return decision


TAKEN = {"open": tabled, "close": voted, "defer": opened_text, "cancel": tabled}


@pytest.mark.parametrize("verb", list(ACTS))
def test_operations_take_an_item_in_the_state_they_are_for(verb):
    item = TAKEN[verb]()
    ACTS[verb](item)
    item.refresh_from_db()
    assert item.state == Decision.TRANSITIONS[verb].target


# -- append-only ---------------------------------------------------------------------------------------------------


def test_decisions_refuse_deletion(item):
    with refused_by("never changed or deleted"):
        sql("DELETE FROM governance_decision")


# -- triggers ------------------------------------------------------------------------------------------------------


def test_opened_item_is_frozen(decision):
    with refused_by("is frozen"):
        Decision.objects.filter(pk=decision.pk).update(conditions="Other words.")
    with refused_by("is frozen"):
        Decision.objects.filter(pk=decision.pk).update(closes_at=decision.closes_at + timedelta(days=1))


def test_opened_item_does_not_go_back_to_the_agenda(decision):
    with refused_by("was opened"):
        Decision.objects.filter(pk=decision.pk).update(state="draft")


def test_closed_decision_stays_closed(closed_text):
    with refused_by("is settled"):
        Decision.objects.filter(pk=closed_text.pk).update(state="open", closed_at=None)


def test_amounts_of_an_opened_item_are_frozen(decision):
    with refused_by("opened item are frozen"):
        copy_of(decision.amounts.get()).save()


def test_decision_closes_with_an_outcome_only(decision):
    with refused_by("closed without an outcome"):
        Decision.objects.filter(pk=decision.pk).update(state="closed", closed_at=clock.now())


def test_outcome_is_of_a_closed_decision():
    outcome = closed_decision().outcome
    decision = opened()
    with refused_by("outcome is of a closed decision"):
        copy_of(outcome, decision_id=decision.pk).save()


def test_ballot_is_cast_while_open_by_a_holder_of_the_seat_who_is_not_recused(closed_text):
    ballot = closed_text.ballots.first()
    with refused_by("while the vote is open"):
        copy_of(ballot, receipt="BAL-X").save()
    other = opened()
    seat = other.frozen_seats.get(member=holder("member_iom"))
    changes = {"decision_id": other.pk, "frozen_seat_id": seat.pk, "receipt": "BAL-X"}
    with refused_by("by a holder of the frozen seat"):
        copy_of(ballot, **changes).save()
    recused = holder("member_iom")
    with refused_by("recused holder casts no ballot"):
        copy_of(ballot, **changes, holder_id=recused.pk, user_id=recused.user_id).save()


# -- founding and appointing ---------------------------------------------------------------------------------------


@pytest.mark.requirement("R61")
def test_committee_is_founded_once_by_the_head(officer, head):
    with pytest.raises(NotAllowed):
        found_committee(by=officer, seats=new_seats(), on=FOUNDED)
    committee()
    with pytest.raises(Refused, match="founded already"):
        found_committee(by=head, seats=new_seats(), on=FOUNDED)
    assert Seat.objects.filter(constituency="developing_countries").count() == 3


@pytest.mark.requirement("R64")
@pytest.mark.parametrize("key", ["officer", "finance_officer", "donor"])
def test_secretariat_and_people_without_the_role_hold_no_seat(founded, head, key):
    with pytest.raises(Refused):
        appoint_holder(
            by=head, seat=Seat.objects.get(number=1), user=person(key), capacity="alternate", starts_on=date(2099, 1, 1)
        )


def test_appointment_ends_the_former_term_the_day_before(founded, head):
    appoint_chair(by=head, body=Body.objects.get(), user=person("member"), starts_on=date(2099, 1, 1))
    assert list(ChairTerm.objects.order_by("starts_on").values_list("user__email", "ends_on")) == [
        ("chair@demo.example", date(2098, 12, 31)),
        ("member@demo.example", None),
    ]


@pytest.mark.requirement("R61")
def test_item_of_a_session_without_developing_countries_cannot_open(founded, officer):
    session = call_session(by=officer, held_on=clock.today(), place="Geneva")
    record_attendance(by=officer, session=session, present=[holder("member_sweden"), holder("member_undp")])
    item = tabled(session=session)
    with pytest.raises(Refused, match="Developing countries"):
        open_decision(by=officer, decision=item)
    record_attendance(by=officer, session=session, present=[holder("member_sweden"), holder("chair")])
    assert open_decision(by=officer, decision=item).is_open


def test_item_is_put_to_no_session_that_is_over(founded, officer):
    over = call_session(by=officer, held_on=clock.today() - timedelta(days=1), place="Geneva")
    for put in (lambda: tabled(session=over), lambda: opened_text(session=over)):
        with pytest.raises(Refused) as refusal:
            put()
        assert refusal.value.field == "session"


@pytest.mark.requirement("R62")
@pytest.mark.parametrize(
    ("changes", "field"), [({"required": ["others"]}, "required"), ({"floor": 9}, "floor"), ({"floor": 0}, "floor")]
)
def test_rules_that_no_vote_of_the_seats_could_meet_are_refused(head, changes, field):
    seats = new_seats(SEATS[:-1])
    with pytest.raises(Refused) as refusal:
        found_committee(by=head, seats=seats, on=FOUNDED, rules=changes)
    assert (refusal.value.field, Body.objects.count()) == (field, 0)
    found_committee(by=head, seats=seats, on=FOUNDED, chair=person("chair"))
    tomorrow = clock.today() + timedelta(days=1)
    with pytest.raises(Refused) as refusal:
        adopt_rules(
            by=head, decision=closed_decision(*all_but("member_network")), effective_from=tomorrow, changes=changes
        )
    assert refusal.value.field == field


@pytest.mark.requirement("R62")
def test_same_votes_under_two_versions_of_the_rules_decide_differently(head, set_clock):
    from governance.operations import adopt_rules

    def result() -> str:
        decision = opened_text(title="Same votes")
        vote(decision, "approve", "member_sweden", "member_switzerland", "member_undp", "member_iom", "member", "chair")
        vote(decision, "object", "member_ghana", "member_ilo")
        vote(decision, "approve", "member_network")
        return close_decision(by=person("chair"), decision=decision).result

    adopted = closed_decision()
    before = result()
    adopt_rules(
        by=head, decision=adopted, effective_from=clock.today() + timedelta(days=1), changes={"method": "consensus"}
    )
    assert result() == before
    set_clock(clock.now() + timedelta(days=1))
    assert (before, result()) == ("carried", "rejected")


# -- verify --------------------------------------------------------------------------------------------------------


def test_verify_finds_nothing_wrong_and_then_what_was_tampered_with(unanimous, decision):
    close_decision(by=person("chair"), decision=decision)
    closed_decision()
    assert list(checks.problems()) == []
    assert checks.checked() == {"ballots": 17, "decisions": 2}
    sql("SET LOCAL session_replication_role = replica")
    sql(
        "UPDATE governance_ballot SET choice = 'object', reasons = 'x' WHERE id = (SELECT min(id) FROM governance_ballot)"
    )
    assert {(problem.what, problem.where) for problem in checks.problems()} == {
        ("outcome", Outcome.objects.order_by("pk").first().decision.reference)
    }


def test_migrations_are_complete():
    call_command("makemigrations", "governance", check=True, dry_run=True, verbosity=0)


def test_integrity_error_is_what_the_guards_raise(decision):
    with pytest.raises(IntegrityError), transaction.atomic():
        FrozenSeat.objects.all().delete()


def test_nothing_is_dated_before_it_has_authority(head, officer):
    body, yesterday = committee(), clock.today() - timedelta(days=1)
    seat = Seat.objects.get(number=1)
    with pytest.raises(Refused, match="This day is over"):
        appoint_holder(by=head, seat=seat, user=person("chair"), capacity="alternate", starts_on=yesterday)
    with pytest.raises(Refused, match="This day is over"):
        appoint_chair(by=head, body=body, user=person("member"), starts_on=yesterday)
    with pytest.raises(Refused, match="This day is over"):
        adopt_rules(by=head, decision=opened_text(), effective_from=yesterday, changes={"method": "consensus"})
    session = call_session(by=officer, held_on=clock.today() + timedelta(days=1), place="Geneva")
    with pytest.raises(OutOfState, match="not been held"):
        record_attendance(by=officer, session=session, present=[])


def test_committee_is_not_founded_on_a_day_to_come(head):
    with pytest.raises(Refused, match="has come"):
        found_committee(by=head, seats=new_seats(), on=clock.today() + timedelta(days=1))


def test_vote_whose_time_is_over_is_closed_and_nothing_else(officer, set_clock):
    silent, voted = opened_text(procedure="no_objection"), opened_text()
    vote(voted, "approve", *all_but())
    set_clock(voted.closes_at)
    for decision in (silent, voted):
        with pytest.raises(OutOfState, match="closed on"):
            cancel_decision(by=officer, decision=decision, reason="Not as hoped.")
    with pytest.raises(OutOfState, match="closed on"):
        defer_decision(by=person("chair"), decision=silent, reason="Not as hoped.")
    assert [outcome.result for outcome in close_due()] == ["carried", "carried"]
