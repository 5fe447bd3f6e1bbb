"""Who sits on the committee and by which rules: the founding act, later appointments, later rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.errors import NotAllowed, OutOfState, Refused
from alliance.core.turns import wait_in_turn
from alliance.core.valid import require_valid
from alliance.people.models import Organisation, User
from alliance.reference import read_json
from alliance.register import operation, record
from governance import permissions
from governance.models import Body, Capacity, ChairTerm, Decision, Holder, Outcome, RuleSet, Seat


@dataclass(frozen=True)
class NewSeat:
    """A seat to be founded: its constituency, its label by column, whom it stands for, who holds it."""

    constituency: str
    labels: Mapping[str, str]
    organisation: Organisation | None = None
    member: User | None = None
    alternate: User | None = None


@operation
def found_committee(
    *,
    by: User,
    seats: Sequence[NewSeat],
    on: date,
    chair: User | None = None,
    rules: Mapping[str, Any] | None = None,
    names: Mapping[str, str] | None = None,
) -> Body:
    """Found the oversight committee: seats, holders, chair and the first rule set, entered by the head.

    A founding act: possible once. `rules` are columns of RuleSet that differ from its defaults (R61, R62).
    Raises NotAllowed for anyone but the head; Refused when there is a committee, for a day to come, and for rules that
    no vote of these seats could meet.
    """
    _require_head(by)
    wait_in_turn("committee.founded")
    if on > clock.today():
        raise Refused(_("The committee is founded on a day that has come."), field="on")
    if Body.objects.the():
        raise Refused(_("The committee has been founded already."))
    body = Body.objects.create(code="committee", founded_on=on, **(names or read_json("committee")[0]))
    first = _ruled(number=1, effective_from=on, **(rules or {}))
    _require_within_reach(first, [new.constituency for new in seats])
    rows: list[models.Model] = [body, first]
    for number, new in enumerate(seats, start=1):
        rows += _seat(body, number, new, on)
    if chair is not None:
        _require_sitting(chair)
        rows.append(ChairTerm.objects.create(body=body, user=chair, starts_on=on))
    record("committee.founded/1", by=by, rows=rows, facts={"seats": len(seats), "on": on}, public=True)
    return body


@operation
def appoint_holder(*, by: User, seat: Seat, user: User, capacity: str, starts_on: date) -> Holder:
    """Appoint the member or alternate of a seat from a day on; who held it until then ends the day before.

    Raises Refused when the person may not hold a seat or holds another one, or the day comes too early: nobody is
    given a seat for days that are over.
    """
    _require_head(by)
    _require_sitting(user)
    _require_not_over(starts_on, "starts_on")
    Body.objects.lock(seat.body_id)
    ended = _end(Holder.objects.filter(seat=seat, capacity=capacity), starts_on)
    if Holder.objects.on(starts_on).filter(user=user).exists():
        raise Refused(_("This person holds a seat already."), field="user")
    holder = Holder.objects.create(seat=seat, user=user, capacity=capacity, starts_on=starts_on)
    facts = {"seat": seat.number, "capacity": capacity, "from": starts_on}
    record("seat.appointed/1", by=by, rows=[*ended, holder], facts=facts, public=True)
    return holder


@operation
def appoint_chair(*, by: User, body: Body, user: User, starts_on: date) -> ChairTerm:
    """Note who chairs the committee from a day on; the former chair ends the day before."""
    _require_head(by)
    _require_sitting(user)
    _require_not_over(starts_on, "starts_on")
    body = Body.objects.lock(body.pk)
    ended = _end(ChairTerm.objects.filter(body=body), starts_on)
    term = ChairTerm.objects.create(body=body, user=user, starts_on=starts_on)
    record("chair.appointed/1", by=by, rows=[*ended, term], facts={"from": starts_on}, public=True)
    return term


@operation
def adopt_rules(*, by: User, decision: Decision, effective_from: date, changes: Mapping[str, Any]) -> RuleSet:
    """Carry out the committee's decision to change its rules: a new version of them, from a day on (R62).

    `changes` are columns of RuleSet; the others stay as they were. Raises Refused unless the decision is a carried
    text that has not been carried out yet, for a day that is over or not after the rules in force, and for rules that
    no vote of the seats there are could meet.
    """
    _require_head(by)
    _require_not_over(effective_from, "effective_from")
    Body.objects.lock(decision.body_id)
    carried = Outcome.objects.filter(
        decision=decision, decision__kind=Decision.Kind.TEXT, result=Outcome.Result.CARRIED
    )
    if not carried.exists():
        raise Refused(_("Rules change by a text that the committee has carried."), field="decision")
    if RuleSet.objects.filter(decision=decision).exists():
        raise OutOfState(_("This decision has been carried out already."))
    last = RuleSet.objects.order_by("-number").first()
    if last is None or effective_from <= last.effective_from:
        raise Refused(_("The new rules begin after those in force."), field="effective_from")
    kept = {f.name: getattr(last, f.name) for f in RuleSet._meta.concrete_fields if f.name not in {"id", "decision"}}
    values = {**kept, **changes, "number": last.number + 1, "effective_from": effective_from}
    rules = _ruled(decision=decision, **values)
    seats = Seat.objects.on(effective_from).filter(body=decision.body_id)
    _require_within_reach(rules, list(seats.values_list("constituency", flat=True)))
    facts = {"number": rules.number, "decision": decision.reference, "from": effective_from}
    record("rules.adopted/1", by=by, rows=[rules], facts=facts, public=True)
    return rules


def _ruled(**columns: Any) -> RuleSet:
    """Write a version of the rules, or say at its field what cannot be one."""
    rules = RuleSet(**columns)
    require_valid(rules, may_be_empty=("required",))
    rules.save(force_insert=True)
    return rules


def _require_within_reach(rules: RuleSet, constituencies: Sequence[str]) -> None:
    """Refuse rules that no vote of seats of these constituencies could meet: no vote could change them either."""
    if rules.floor > len(constituencies):
        raise Refused(_("The committee has fewer seats than that."), field="floor")
    if rules.is_composition_binding and set(rules.required) - set(constituencies):
        raise Refused(_("The committee has no seat of a group that must take part."), field="required")


def _seat(body: Body, number: int, new: NewSeat, on: date) -> list[models.Model]:
    seat = Seat.objects.create(
        body=body, number=number, constituency=new.constituency, organisation=new.organisation, starts_on=on,
        **new.labels,
    )  # fmt: skip
    people = ((new.member, Capacity.MEMBER), (new.alternate, Capacity.ALTERNATE))
    held = [_held(seat, user, capacity, on) for user, capacity in people if user]
    return [seat, *held]


def _held(seat: Seat, user: User, capacity: str, on: date) -> Holder:
    _require_sitting(user)
    return Holder.objects.create(seat=seat, user=user, capacity=capacity, starts_on=on)


def _end(terms: models.QuerySet, starts_on: date) -> list[models.Model]:
    """End the running terms the day before `starts_on`; one that begins on that day or later is in the way."""
    running = list(terms.filter(models.Q(ends_on=None) | models.Q(ends_on__gte=starts_on)).order_by("pk"))
    if any(term.starts_on >= starts_on for term in running):
        raise Refused(_("A term begins on this day or later. Choose a later day."), field="starts_on")
    for term in running:
        term.ends_on = starts_on - timedelta(days=1)
        term.save(update_fields=["ends_on"])
    return running


def _require_not_over(day: date, field: str) -> None:
    if day < clock.today():
        raise Refused(_("This day is over: choose today or a later day."), field=field)


def _require_head(by: User) -> None:
    if not permissions.may_appoint(by):
        raise NotAllowed(_("Seats, terms and rules are entered by the head of the secretariat."))


def _require_sitting(user: User) -> None:
    if permissions.may_not_vote(user):
        raise Refused(_("The secretariat never votes: its people hold no seat."), field="user")
    if not permissions.may_hold_a_seat(user):
        raise Refused(_("Only a person with the committee’s role can hold a seat."), field="user")
