"""Opening an item: everything that the vote rests on is frozen, and it gets its number."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from alliance.access import grant
from alliance.core import clock
from alliance.core.errors import Refused
from alliance.core.states import advance
from alliance.people.models import User
from alliance.register import operation, record
from alliance.register.canonical import canonical, digest_of
from alliance.register.snapshots import plain
from governance import counting
from governance.models import (
    Body,
    Constituency,
    Decision,
    FrozenDocument,
    FrozenSeat,
    Holder,
    Recusal,
    RuleSet,
    Seat,
)
from governance.operations.items import VIEW, require_secretariat, require_time
from governance.operations.recusals import interests, recuse
from governance.operations.rows import lock_decision

NUMBER_WIDTH = 3


@operation
def open_decision(*, by: User, decision: Decision) -> Decision:
    """Open an item: it gets its number, and everything that the vote rests on is frozen.

    Frozen are seats and holders, rules, recusals known so far (R48), amounts, conditions and the hash of every
    document; holders who may vote are granted the version. Raises Refused when fewer seats than the floor are able
    to vote, or none of a required group; OutOfState unless the item is on the agenda.
    """
    require_secretariat(by)
    body = Body.objects.lock(decision.body_id)
    decision = lock_decision(decision)
    advance(decision, "open")
    moment = clock.now()
    rules = RuleSet.objects.in_force(moment.date())
    require_time(decision.closes_at, moment)
    _require_session(decision, rules)
    documents = _documents(decision)
    entry = record("decision.opened/1", by=by)
    _number(decision, body, moment)
    decision.rule_set, decision.is_sealed = rules, rules.is_sealed
    decision.opened_at, decision.opened_by, decision.opening_entry_id = moment, by, entry.id
    decision.subject_digest = _subject_digest(decision, documents)
    decision.save()
    FrozenDocument.objects.bulk_create(documents)
    seats = _freeze_seats(decision, moment.date())
    found = interests(decision, seats, moment.date(), moment.date())
    recusals = recuse(decision, found, moment, entry.id)
    _require_able(seats, recusals, rules)
    _grant(decision, seats, recusals)
    entry.rows += [decision, *decision.amounts.order_by("pk"), *documents, *seats, *recusals]
    entry.facts |= {"decision": decision.reference, "item": decision.item, "closes_at": decision.closes_at}
    return decision


def _require_session(decision: Decision, rules: RuleSet) -> None:
    """Refuse an item of a session that has met without the groups that the rules bind it to (R61)."""
    session = decision.session
    if session and session.has_met() and not (found := session.composition(rules)).is_quorate:
        raise Refused(
            _("The session is not quorate: nobody was present for %(groups)s.")
            % {"groups": ", ".join(found.missing_labels)}
        )


def _require_able(seats: Sequence[FrozenSeat], recusals: Iterable[Recusal], rules: RuleSet) -> None:
    able = counting.able_seats([seat.at_vote for seat in seats], {recusal.holder_id for recusal in recusals})
    if len(able) < rules.floor:
        raise Refused(
            _("Only %(able)d seats are able to vote; the rules ask for %(floor)d at least.")
            % {"able": len(able), "floor": rules.floor}
        )
    missing = [group for group in rules.required if group not in {seat.group for seat in able}]
    if missing and rules.is_composition_binding:
        labels = ", ".join(str(Constituency(group).label) for group in missing)
        raise Refused(_("There could be no quorum: no seat is able to vote for %(groups)s.") % {"groups": labels})


def _number(decision: Decision, body: Body, moment: datetime) -> None:
    """Give the next number of the year. The body's lock is held, so there are neither gaps nor doubles."""
    decision.year = moment.year
    decision.number = Decision.objects.last_number(body, moment.year) + 1
    decision.reference = f"DEC-{decision.year}-{decision.number:0{NUMBER_WIDTH}d}"


def _documents(decision: Decision) -> list[FrozenDocument]:
    version = decision.version
    if version is None:
        return [FrozenDocument(decision=decision, position=1, title=decision.title, sha256=digest_of(decision.text))]
    frozen = [FrozenDocument(decision=decision, position=1, title=version.receipt, sha256=version.digest)]
    for position, file in enumerate(version.attachments(), start=2):
        frozen.append(
            FrozenDocument(decision=decision, position=position, title=file.name, sha256=file.sha256, file=file)
        )
    return frozen


def _subject_digest(decision: Decision, documents: Sequence[FrozenDocument]) -> str:
    """One SHA-256 over all that is asked: what members voted on can be proved from it."""
    amounts = {row.window.code: row.amount for row in decision.amounts.select_related("window")}
    subject = {
        "kind": decision.kind,
        "procedure": decision.procedure,
        "title": decision.title,
        "text": decision.text,
        "conditions": decision.conditions,
        "amounts": amounts,
        "documents": [document.sha256 for document in documents],
    }
    return digest_of(canonical(plain(subject)))


def _freeze_seats(decision: Decision, day: date) -> list[FrozenSeat]:
    held: dict[tuple[int, str], Holder] = {
        (holder.seat_id, holder.capacity): holder for holder in Holder.objects.on(day).select_related("user")
    }
    seats = [
        FrozenSeat(
            decision=decision,
            seat=seat,
            constituency=seat.constituency,
            member=held.get((seat.pk, counting.MEMBER)),
            alternate=held.get((seat.pk, counting.ALTERNATE)),
        )
        for seat in Seat.objects.on(day).filter(body=decision.body_id).order_by("number")
    ]
    return FrozenSeat.objects.bulk_create(seats)


def _grant(decision: Decision, seats: Iterable[FrozenSeat], recusals: Iterable[Recusal]) -> None:
    """Let the holders who may vote read the version, and nobody else through this."""
    if decision.version is None:
        return
    recused = {recusal.holder_id for recusal in recusals}
    for seat in seats:
        for holder in seat.holders:
            if holder.pk not in recused:
                grant(holder.user, VIEW, decision.version)
