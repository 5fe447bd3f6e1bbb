"""The oversight committee: its founding, sessions, items, ballots and outcomes."""

from typing import Any

from alliance.core.translated import given
from governance.models import Ballot, Body, Decision, Holder, Outcome, Session
from governance.operations import (
    NewSeat,
    call_session,
    cancel_decision,
    cast_ballot,
    close_decision,
    declare_recusal,
    found_committee,
    open_decision,
    propose_amounts,
    put_text,
    put_to_committee,
    record_attendance,
)
from scenarios.play.scenario import Act
from scenarios.play.stage import Stage
from scenarios.play.verbs.money import amounts_by_window
from scenarios.play.verbs.proposals import latest_version
from scenarios.play.vocabulary import verb


@verb("seats", "chair rules")
def committee(stage: Stage, act: Act) -> Body:
    """Found the committee: seats = one table for each, with constituency, label, organisation, member, alternate."""
    seats = [_seat(stage, act, row) for row in act.tables("seats")]
    chair = stage.person(act, field="chair") if act.has("chair") else None
    return found_committee(
        by=stage.person(act, "head"),
        seats=seats,
        on=act.day,
        chair=chair,
        rules=act.table("rules") or None,
        key=act.key(),
    )


def _seat(stage: Stage, act: Act, row: dict[str, Any]) -> NewSeat:
    held = {name: stage.person_called(act, row[name]) for name in ("member", "alternate") if name in row}
    place = stage.organisation_called(act, row["organisation"]) if "organisation" in row else None
    constituency = str(row.get("constituency", ""))
    return NewSeat(constituency, given(row, "label"), organisation=place, **held)


@verb("held_on place")
def session(stage: Stage, act: Act) -> Session:
    by, place = stage.person(act, "officer"), act.text("place")
    return call_session(by=by, held_on=act.date("held_on"), place=place, key=act.key())


@verb("session present")
def attendance(stage: Stage, act: Act) -> Session:
    """Note who is present, by person."""
    meeting = stage.made(act, "session", Session)
    people = [stage.person_called(act, name) for name in act.texts("present")]
    there = list(Holder.objects.on(meeting.held_on).filter(user__in=people).order_by("pk"))
    return record_attendance(by=stage.person(act, "officer"), session=meeting, present=there, key=act.key())


@verb("proposal closes_at", "amounts conditions note session in_principle no_objection")
def table(stage: Stage, act: Act) -> Decision:
    """Put the newest version of a proposal to the committee, with the amounts proposed or those given."""
    version, in_principle = latest_version(stage, act), act.truth("in_principle", False)
    given = amounts_by_window(stage, act) or propose_amounts(version)
    return put_to_committee(
        by=stage.person(act, "officer"), version=version, closes_at=act.instant("closes_at"),
        amounts={} if in_principle else given, conditions=act.text("conditions", ""), note=act.text("note", ""),
        session=stage.made(act, "session", Session) if act.has("session") else None, in_principle=in_principle,
        procedure="no_objection" if act.truth("no_objection", False) else "vote", key=act.key(),
    )  # fmt: skip


@verb("title text closes_at", "session")
def table_text(stage: Stage, act: Act) -> Decision:
    """Put a text to the committee."""
    return put_text(
        by=stage.person(act, "officer"), title=act.text("title"), text=act.text("text"),
        closes_at=act.instant("closes_at"), key=act.key(),
        session=stage.made(act, "session", Session) if act.has("session") else None,
    )  # fmt: skip


@verb("decision")
def open_vote(stage: Stage, act: Act) -> Decision:
    return open_decision(by=stage.person(act, "officer"), decision=_item(stage, act), key=act.key())


@verb("decision by choice", "reasons")
def ballot(stage: Stage, act: Act) -> Ballot:
    by, choice, reasons = stage.person(act), act.text("choice"), act.text("reasons", "")
    return cast_ballot(by=by, decision=_item(stage, act), choice=choice, reasons=reasons, key=act.key())


@verb("decision by note")
def recusal(stage: Stage, act: Act) -> Any:
    return declare_recusal(by=stage.person(act), decision=_item(stage, act), note=act.text("note"), key=act.key())


@verb("decision")
def close(stage: Stage, act: Act) -> Outcome:
    """Close a vote: after its deadline, or before it once every seat has voted."""
    return close_decision(by=stage.person(act, "officer"), decision=_item(stage, act), key=act.key())


@verb("decision reason")
def cancel(stage: Stage, act: Act) -> Decision:
    by, reason = stage.person(act, "officer"), act.text("reason")
    return cancel_decision(by=by, decision=_item(stage, act), reason=reason, key=act.key())


def _item(stage: Stage, act: Act) -> Decision:
    return stage.made(act, "decision", Decision, column="item")
