"""Who does not vote because of an interest: found at the opening, and again at every ballot and at the close (R48)."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from alliance.access import withdraw
from alliance.people.models import Membership, User
from alliance.register import record
from governance.models import Decision, FrozenSeat, Holder, Recusal
from governance.operations.items import VIEW

type Interest = tuple[FrozenSeat, Holder, int]


def recuse(decision: Decision, found: Iterable[Interest], moment: datetime, entry_id: int) -> list[Recusal]:
    """Write the recusals of these holders, each with the organisation that makes it."""
    return Recusal.objects.bulk_create(
        Recusal(
            decision=decision, frozen_seat=seat, holder=holder, reason=Recusal.Reason.AUTOMATIC,
            organisation_id=organisation, recorded_at=moment, entry_id=entry_id,
        )
        for seat, holder, organisation in found
    )  # fmt: skip


def recuse_late(decision: Decision, moment: datetime, *, by: User | None, public: bool = False) -> list[Recusal]:
    """Recuse who has come to belong to a party since the opening. The decision's row must be locked.

    A membership that ended again before this moment counts too. What the holder cast is kept and not counted; the
    version is no longer granted to the holder.
    """
    if decision.opened_at is None or decision.version is None:
        return []
    known = set(decision.recusals.values_list("holder_id", flat=True))
    seats = decision.frozen_seats.select_related("seat", "member__user", "alternate__user").order_by("pk")
    found = interests(decision, seats, decision.opened_at.date(), moment.date(), but=known)
    if not found:
        return []
    facts = {"decision": decision.reference, "seats": [seat.seat_id for seat, _holder, _party in found]}
    entry = record("recusal.found/1", by=by, facts=facts, public=public)
    recusals = recuse(decision, found, moment, entry.id)
    entry.rows += recusals
    for _seat, holder, _party in found:
        withdraw(holder.user, VIEW, decision.version)
    return recusals


def interests(
    decision: Decision, seats: Iterable[FrozenSeat], since: date, until: date, *, but: Collection[int] = ()
) -> list[Interest]:
    """Return the holders who belonged to a party of the item on any of these days, or whose seat stands for one.

    Parties are the applicant and the partners of the version; an item without a version has none.
    """
    parties = decision.version.party_ids() if decision.version else set()
    if not parties:
        return []
    belongs: dict[int, int] = {}
    memberships = Membership.objects.within(since, until).filter(organisation__in=parties).order_by("pk")
    for user, organisation in memberships.values_list("user_id", "organisation_id"):
        belongs.setdefault(user, organisation)
    found = []
    for seat in seats:
        of_seat = seat.seat.organisation_id if seat.seat.organisation_id in parties else None
        for holder in seat.holders:
            party = of_seat or belongs.get(holder.user_id)
            if party is not None and holder.pk not in but:
                found.append((seat, holder, party))
    return found
