"""Putting an item to the committee, and taking it off."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from alliance.access import withdraw
from alliance.core import clock
from alliance.core.errors import NotAllowed, OutOfState, Refused
from alliance.core.formats import date_time
from alliance.core.references import next_reference
from alliance.core.states import advance
from alliance.people.models import User
from alliance.register import operation, record
from funds.ledger.attribution import prorated
from funds.models import Window
from funds.operations.earmarks import own_windows, require_windows, windows_with_objectives
from governance import permissions
from governance.models import Body, Decision, DecisionAmount, Holder, Session
from governance.operations.rows import lock_decision, require_before_deadline
from proposals.models import ProposalVersion
from proposals.operations import mark_tabled, untable

VIEW = "proposals.view_proposalversion"


def propose_amounts(version: ProposalVersion) -> dict[Window, Decimal]:
    """Propose what each window gives, from the percentages of the objectives: cents by largest remainder.

    An objective without a window of its own falls to the unearmarked one. One whose window is shut stays with it: the
    item cannot be put until it is open (R14).
    """
    windows = windows_with_objectives()
    general = next(window for window in windows if window.unearmarked)
    weights: dict[Window, Decimal] = {}
    for code, percent in sorted(version.objective_percents().items()):
        window = next(iter(own_windows(code, windows)), general)
        weights[window] = weights.get(window, Decimal(0)) + percent
    return {window: amount for window, amount in prorated(version.requested, weights).items() if amount}


@operation
def put_to_committee(
    *,
    by: User,
    version: ProposalVersion,
    closes_at: datetime,
    amounts: Mapping[Window, Decimal] | None = None,
    conditions: str = "",
    note: str = "",
    session: Session | None = None,
    in_principle: bool = False,
    procedure: str = Decision.Procedure.VOTE,
) -> Decision:
    """Put a checked version to the committee, with amounts by window in the fund's currency, or in principle.

    Raises NotAllowed for anyone but the secretariat; Refused while the version is not eligible with its rights check
    done (R46), for a window that is not open or serves none of its objectives, while a window of its objectives is shut
    (R14), for more than the proposal asks, and for money in principle (R6).
    """
    body = _prepared(by)
    asked = dict(amounts or {})
    _require_checked(version)
    _require_amounts(version, asked, in_principle)
    kind = Decision.Kind.IN_PRINCIPLE if in_principle else Decision.Kind.PROPOSAL
    decision = _put(
        by, body, kind=kind, version=version, title=version.title, closes_at=closes_at,
        conditions=conditions.strip(), text=note.strip(), session=session, procedure=procedure,
    )  # fmt: skip
    rows = [
        DecisionAmount.objects.create(decision=decision, window=window, amount=amount)
        for window, amount in sorted(asked.items(), key=lambda item: item[0].code)
    ]
    mark_tabled(by=by, version=version)
    _record_put(by, decision, rows)
    return decision


@operation
def put_text(
    *,
    by: User,
    title: str,
    text: str,
    closes_at: datetime,
    session: Session | None = None,
    procedure: str = Decision.Procedure.VOTE,
) -> Decision:
    """Put a text to the committee: a rule, minutes, a position."""
    body = _prepared(by)
    if not text.strip():
        raise Refused(_("Write the text that the committee is asked to adopt."), field="text")
    decision = _put(
        by, body, kind=Decision.Kind.TEXT, title=title, text=text.strip(), closes_at=closes_at, session=session,
        procedure=procedure,
    )  # fmt: skip
    _record_put(by, decision, [])
    return decision


@operation
def cancel_decision(*, by: User, decision: Decision, reason: str) -> Decision:
    """Take an item off the agenda, open or not. A change of its text means cancelling it and putting it again.

    Ballots cast until then stay sealed for good. Raises OutOfState when it is closed or cancelled, and once the
    deadline of an open vote has passed: what the committee has decided cannot be cancelled.
    """
    require_secretariat(by)
    if not reason.strip():
        raise Refused(_("Say why the item is cancelled."), field="reason")
    decision = lock_decision(decision)
    moment = clock.now()
    if decision.is_open:
        require_before_deadline(decision, moment)
    advance(decision, "cancel")
    decision.cancelled_at, decision.cancelled_by, decision.cancel_reason = moment, by, reason.strip()
    decision.save(update_fields=["state", "cancelled_at", "cancelled_by", "cancel_reason"])
    record("decision.cancelled/1", by=by, rows=[decision], facts={"decision": decision.name, "item": decision.item})
    if decision.version is not None:
        untable(by=by, version=decision.version)
        for holder in _frozen_holders(decision):
            withdraw(holder.user, VIEW, decision.version)
    return decision


def _prepared(by: User) -> Body:
    require_secretariat(by)
    body = Body.objects.the()
    if body is None:
        raise OutOfState(_("The committee has not been founded yet."))
    return body


def _put(by: User, body: Body, *, closes_at: datetime, **columns: Any) -> Decision:
    moment = clock.now()
    require_time(closes_at, moment)
    session = columns.get("session")
    if session and (session.body_id != body.pk or session.held_on < clock.today()):
        raise Refused(_("Choose a session of this body that is still to come."), field="session")
    version = columns.get("version")
    if version and Decision.objects.filter(version=version, state__in=["draft", "open"]).exists():
        raise OutOfState(_("This version is before the committee already."))
    return Decision.objects.create(
        body=body, item=next_reference("ITM"), put_by=by, put_at=moment, closes_at=closes_at, **columns
    )


def _record_put(by: User, decision: Decision, amounts: Sequence[DecisionAmount]) -> None:
    facts: dict[str, object] = {"item": decision.item, "kind": decision.kind}
    if decision.version:
        facts |= {"proposal": decision.version.proposal.reference, "version": decision.version.number}
    record("decision.put/1", by=by, rows=[decision, *amounts], facts=facts)


def require_secretariat(by: User) -> None:
    if not permissions.may_table(by):
        raise NotAllowed(_("Items are put to the committee by the secretariat’s officers."))


def _require_checked(version: ProposalVersion) -> None:
    check = version.checked
    if check is None or not check.is_eligible:
        raise Refused(_("The secretariat has not found this version eligible."))
    if not check.is_rights_checked:
        raise Refused(_("The rights check of this version has not been done."))


def _require_amounts(version: ProposalVersion, amounts: Mapping[Window, Decimal], in_principle: bool) -> None:
    if in_principle:
        if amounts:
            raise Refused(_("An approval in principle carries no money."))
        return
    if not amounts or any(amount <= 0 for amount in amounts.values()):
        raise Refused(_("Name an amount above zero for at least one window."))
    if sum(amounts.values()) > version.requested:
        raise Refused(_("The amounts add up to more than the proposal asks for."))
    if closed := next((window for window in amounts if not window.is_open), None):
        raise Refused(_("The window “%(window)s” is not open.") % {"window": closed.name})
    require_windows(objectives=version.objective_percents().keys(), named=amounts)


def require_time(closes_at: datetime, moment: datetime) -> None:
    if closes_at <= moment:
        raise Refused(
            _("The vote would close before it opens: it is %(now)s.") % {"now": date_time(moment)}, field="closes_at"
        )


def _frozen_holders(decision: Decision) -> list[Holder]:
    seats = decision.frozen_seats.select_related("member__user", "alternate__user").order_by("pk")
    return [holder for seat in seats for holder in seat.holders]
