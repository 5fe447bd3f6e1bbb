"""Closing a decision: one count, one outcome, and what it orders, in one transaction."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import structlog
from django.db import DatabaseError
from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.errors import DomainError, NotAllowed, OutOfState, Refused
from alliance.core.formats import date_time
from alliance.core.states import advance
from alliance.people.models import User
from alliance.register import Draft, operation, record
from alliance.register.acts import publish, publish_own
from alliance.register.canonical import canonical
from alliance.register.models import RegisterEntry
from governance import counting, permissions
from governance.models import Ballot, ChairTerm, Decision, Outcome
from governance.operations.recusals import recuse_late
from governance.operations.rows import Vote, lock_decision, require_before_deadline, vote_of
from proposals.operations import (
    approve_in_principle,
    approve_version,
    approve_waiting,
    reject_version,
    return_version,
    untable,
)

log = structlog.get_logger()


class AlreadyClosed(OutOfState):
    """Somebody else has closed it: the outcome stands."""


def close_decision(*, by: User | None, decision: Decision, key: str | None = None) -> Outcome:
    """Close the decision and return its outcome; once closed, return the outcome that stands.

    The deadline job, a page view or a late click may all call this, `by` being None where nobody acts. Carried: the
    version is approved and the money allocated in the same transaction; a short pool leaves it approved, waiting for
    money (R60). Raises OutOfState before the deadline, unless the chair or the secretariat closes it after every seat
    that is able has voted. Recusals are found again first (R48): where that leaves fewer able seats than the floor,
    there is no quorum and the proposal goes back to where it was.
    """
    try:
        return _close(by=by, decision=decision, key=key)
    except AlreadyClosed:
        return Outcome.objects.get(decision=decision)


def close_due() -> list[Outcome]:
    """Close every decision whose deadline has passed, each in a transaction of its own."""
    outcomes = []
    for decision in Decision.objects.due(clock.now()):
        try:
            outcomes.append(close_decision(by=None, decision=decision))
        except (DomainError, DatabaseError) as refusal:  # one that cannot be closed does not keep the others open
            log.error("decision not closed", decision=decision.reference, why=str(refusal))
    return outcomes


@operation
def defer_decision(*, by: User, decision: Decision, reason: str) -> Outcome:
    """Defer the item, before the first ballot. By the chair, where the rules let the chair."""
    decision = lock_decision(decision)
    _require_chair(by, decision)
    if not decision.is_open:
        raise OutOfState()
    require_before_deadline(decision, moment := clock.now())
    if decision.rule_set and not decision.rule_set.may_chair_defer:
        raise Refused(_("The rules do not let the chair defer."))
    if Ballot.objects.filter(decision=decision).exists():
        raise OutOfState(_("A ballot has been cast: the item can no longer be deferred."))
    if not reason.strip():
        raise Refused(_("Say why the item is deferred."), field="reason")
    entry = _conclude(decision, "defer", by, moment)
    _carry_out(decision, Outcome.Result.DEFERRED, by, [], moment)
    return _write(
        decision, entry, recorded_at=moment, result=Outcome.Result.DEFERRED, is_consensus=False, is_quorate=True,
        do_conditions_apply=False, tally="{}", note=reason.strip(),
    )  # fmt: skip


@operation
def _close(*, by: User | None, decision: Decision) -> Outcome:
    decision = lock_decision(decision)
    if decision.is_closed:
        raise AlreadyClosed
    if not decision.is_open:
        raise OutOfState(_("The vote is not open."))
    moment = clock.now()
    recuse_late(decision, moment, by=by, public=True)
    vote = vote_of(decision)
    _require_closable(decision, by, vote, moment)
    found = _counted(decision, vote)
    entry = _conclude(decision, "close", by, moment)
    result = _result(decision, found)
    conditions = decision.condition_list if found.do_conditions_apply else []
    money = _carry_out(decision, result, by, conditions, moment)
    return _write(
        decision, entry, recorded_at=moment, result=result, is_consensus=found.is_consensus, is_quorate=found.is_quorate,
        do_conditions_apply=bool(conditions), money=money, tally=written(found),
    )  # fmt: skip


def written(found: counting.Result) -> str:
    """Write the count as the outcome keeps it: canonical JSON, figures by group, no ids."""
    return canonical(
        {
            "total": asdict(found.tally),
            "groups": {group: asdict(tally) for group, tally in found.groups},
            "left_out": list(found.left_out),
            "missing": list(found.missing),
            "failed_groups": list(found.failed_groups),
        }
    )


def _counted(decision: Decision, vote: Vote) -> counting.Result:
    rule = counting.count_silence if decision.is_silent else counting.count
    return rule(vote.ballots, vote.seats, vote.recused, decision.rules)


def _require_closable(decision: Decision, by: User | None, vote: Vote, moment: datetime) -> None:
    if moment >= decision.closes_at:
        return
    if decision.is_silent and _counted(decision, vote).tally.against:
        return
    if by is None or not (permissions.may_table(by) or is_chair(by, decision)):
        raise OutOfState(_("The vote is open until %(moment)s.") % {"moment": date_time(decision.closes_at)})
    if decision.is_silent or not vote.is_complete:
        raise OutOfState(
            _("Not every seat has voted: the vote is open until %(moment)s.")
            % {"moment": date_time(decision.closes_at)}
        )


def is_chair(user: User, decision: Decision) -> bool:
    """Say whether the person chairs the committee today, which takes the committee's role."""
    terms = ChairTerm.objects.on(clock.today()).filter(body=decision.body_id, user=user)
    return permissions.may_hold_a_seat(user) and terms.exists()


def _require_chair(by: User, decision: Decision) -> None:
    if not is_chair(by, decision):
        raise NotAllowed(_("Only the chair of the committee defers an item."))


def _result(decision: Decision, found: counting.Result) -> str:
    if found.result == counting.CARRIED and decision.kind == Decision.Kind.IN_PRINCIPLE:
        return Outcome.Result.IN_PRINCIPLE
    return Outcome.Result(found.result)


def _conclude(decision: Decision, verb: str, by: User | None, moment: datetime) -> Draft:
    """Set the decision closed, and open to everyone what was sealed until now."""
    advance(decision, verb)
    decision.closed_at = moment
    decision.save(update_fields=["state", "closed_at"])
    sealed = Ballot.objects.filter(decision=decision).values_list("entry", flat=True)
    recusals = decision.recusals.values_list("entry", flat=True)
    ids: set[int] = {*filter(None, [decision.opening_entry_id]), *sealed, *recusals}
    publish(RegisterEntry.objects.filter(pk__in=ids))
    publish_own(ids)  # the objection that ends a no-objection procedure is of this very act
    return record("decision.closed/1", by=by, rows=[decision], public=True)


def _write(decision: Decision, entry: Draft, **columns: Any) -> Outcome:
    outcome = Outcome.objects.create(decision=decision, entry_id=entry.id, **columns)
    entry.rows.append(outcome)
    entry.facts |= {"decision": decision.reference, "result": str(outcome.result), "money": str(outcome.money)}
    if decision.version is not None:
        entry.facts |= {"proposal": decision.version.proposal.reference, "version": decision.version.number}
    return outcome


def _carry_out(decision: Decision, result: str, by: User | None, conditions: Sequence[str], moment: datetime) -> str:
    """Do what the outcome orders below, and say what became of the money."""
    version = decision.version
    if version is None:
        return Outcome.Money.NONE
    named = {"by": by, "version": version, "decision_ref": decision.reference}
    match result:
        case Outcome.Result.CARRIED:
            return _approve(decision, by, conditions, moment)
        case Outcome.Result.IN_PRINCIPLE:
            approve_in_principle(**named, on=moment.date())
        case Outcome.Result.RETURNED:
            return_version(**named, reasons=_reasons(decision))
        case Outcome.Result.REJECTED:
            reject_version(**named, reasons=_reasons(decision))
        case _:
            untable(by=by, version=version)
    return Outcome.Money.NONE


def _approve(decision: Decision, by: User | None, conditions: Sequence[str], moment: datetime) -> str:
    """Approve and allocate; when the pools are short or closed by now, approve and wait, with nothing posted."""
    rows = decision.amounts.select_related("window").order_by("window__code")
    approval = {
        "by": by,
        "version": decision.version,
        "amounts": {row.window: row.amount for row in rows},
        "decision_ref": decision.reference,
        "conditions": conditions,
        "on": moment.date(),
    }
    try:
        approve_version(**approval)
    except Refused as short:
        log.info("approved, waiting for money", decision=decision.reference, why=str(short))
        approve_waiting(**approval)
        return Outcome.Money.WAITING
    return Outcome.Money.ALLOCATED


def _reasons(decision: Decision) -> list[str]:
    """The reasons given against it, as counted, without names: the applicant is told why."""
    vote = vote_of(decision)
    counted = [ballot.order for ballot in _counted(decision, vote).counted if ballot.choice in counting.AGAINST]
    return list(Ballot.objects.filter(pk__in=counted).order_by("pk").values_list("reasons", flat=True))
