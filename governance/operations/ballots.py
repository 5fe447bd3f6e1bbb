"""Casting a ballot, and declaring an interest."""

import secrets
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from alliance.access import withdraw
from alliance.core import clock
from alliance.core.errors import NotAllowed, OutOfState, Refused, Text
from alliance.people.models import Organisation, User
from alliance.register import operation, record
from governance import counting, permissions
from governance.models import Ballot, Decision, FrozenSeat, Holder, Recusal
from governance.operations.closing import close_decision
from governance.operations.items import VIEW
from governance.operations.recusals import recuse_late
from governance.operations.rows import lock_decision, require_before_deadline

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: codes are read out and typed


def cast_ballot(*, by: User, decision: Decision, choice: str, reasons: str = "", key: str | None = None) -> Ballot:
    """Cast the ballot of the seat that the person holds. Casting again replaces it; earlier ones stay on record.

    The receipt proves that the ballot was taken and never says what it holds. In a no-objection procedure the first
    reasoned objection closes it at once. Raises NotAllowed for the secretariat (R64), for whoever holds no seat in
    this decision and for the recused (R48); OutOfState before the opening and from the deadline on. Recusals are found
    again under the decision's lock: who joined a party since the opening is recused by this very attempt, and that
    stays on record.
    """
    cast = _cast(by=by, decision=decision, choice=choice, reasons=reasons, key=key)
    if isinstance(cast, Recusal):
        raise NotAllowed(why_recused(cast.organisation))
    return cast


@operation
def _cast(*, by: User, decision: Decision, choice: str, reasons: str) -> Ballot | Recusal:
    if permissions.may_not_vote(by):
        raise NotAllowed(_("The secretariat prepares, records and carries out decisions. It never votes."))
    decision = lock_decision(decision)
    seat, holder = _place(by, decision)
    _require_role(by)
    _require_not_recused(decision, holder)
    moment = clock.now()
    _require_open(decision, moment)
    late = {recusal.holder_id: recusal for recusal in recuse_late(decision, moment, by=by)}
    if holder.pk in late:
        return late[holder.pk]
    reasons = reasons.strip()
    _require_valid(decision, choice, reasons)
    entry = record("ballot.cast/1", by=by, public=not decision.is_sealed)
    ballot = Ballot.objects.create(
        decision=decision, frozen_seat=seat, holder=holder, user=by, capacity=holder.capacity, choice=choice,
        reasons=reasons, cast_at=moment, receipt=_receipt(), entry_id=entry.id,
    )  # fmt: skip
    entry.rows.append(ballot)
    entry.facts |= {"decision": decision.reference, "receipt": ballot.receipt}
    if decision.is_silent and choice in counting.AGAINST:
        close_decision(by=by, decision=decision)
    return ballot


@operation
def declare_recusal(*, by: User, decision: Decision, note: str) -> Recusal:
    """Declare an interest: the person does not vote on this decision, and what it cast is not counted (R48)."""
    decision = lock_decision(decision)
    seat, holder = _place(by, decision)
    _require_role(by)
    _require_open(decision, moment := clock.now())
    if Recusal.objects.filter(decision=decision, holder=holder).exists():
        raise OutOfState(_("You are recused already."))
    if not note.strip():
        raise Refused(_("Say what the interest is."), field="note")
    facts = {"decision": decision.reference, "seat": seat.seat_id}
    entry = record("recusal.declared/1", by=by, facts=facts)
    recusal = Recusal.objects.create(
        decision=decision, frozen_seat=seat, holder=holder, reason=Recusal.Reason.DECLARED, note=note.strip(),
        recorded_at=moment, entry_id=entry.id,
    )  # fmt: skip
    entry.rows.append(recusal)
    if decision.version is not None:
        withdraw(by, VIEW, decision.version)
    return recusal


def _place(by: User, decision: Decision) -> tuple[FrozenSeat, Holder]:
    """Return the frozen seat that the person holds in this decision, and as what."""
    for seat in decision.frozen_seats.select_related("member", "alternate").order_by("pk"):
        for holder in seat.holders:
            if holder.user_id == by.pk:
                return seat, holder
    raise NotAllowed(_("You held no seat in the committee when this decision was opened."))


def _require_role(by: User) -> None:
    """A seat is held by who has the committee's role: where that was ended, it gives no vote any more."""
    if not permissions.may_hold_a_seat(User.objects.get(pk=by.pk)):
        raise NotAllowed(_("Your role in the committee has ended: you do not vote any more."))


def _require_not_recused(decision: Decision, holder: Holder) -> None:
    recusal = Recusal.objects.filter(decision=decision, holder=holder).select_related("organisation").first()
    if recusal is not None:
        raise NotAllowed(why_recused(recusal.organisation))


def why_recused(party: Organisation | None) -> Text:
    """Say to the recused why they do not vote: a party of the item they belong to, or an interest they declared."""
    if party is None:
        return _("You have declared an interest in this decision and do not vote on it.")
    return _("You do not vote on this decision: %(organisation)s is the applicant or a partner.") % {
        "organisation": party.name
    }


def _require_open(decision: Decision, moment: datetime) -> None:
    if not decision.is_open:
        raise OutOfState(_("The vote is not open. Nothing was recorded."))
    require_before_deadline(decision, moment)


def _require_valid(decision: Decision, choice: str, reasons: str) -> None:
    if choice not in Ballot.Choice.values:
        raise Refused(_("Choose how the seat votes."), field="choice")
    if decision.is_silent and choice not in counting.AGAINST:
        raise Refused(_("Silence is consent here: only an objection is cast."), field="choice")
    if choice == counting.APPROVE_WITH_CONDITIONS and not decision.condition_list:
        raise Refused(_("No conditions were put with this item."), field="choice")
    if choice in Ballot.WITH_REASONS and not reasons:
        raise Refused(_("Give your reasons: they are published with the outcome."), field="reasons")


def _receipt() -> str:
    code = "".join(secrets.choice(ALPHABET) for _place in range(12))
    return f"BAL-{code[:4]}-{code[4:8]}-{code[8:]}"
