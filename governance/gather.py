"""What the committee's pages show, gathered by queries into plain rows."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.people.models import Organisation, User
from alliance.rendering.charts import Segment, Stack, Stacked
from governance import counting, permissions, sentences
from governance.availability import Amounts, amounts_asked
from governance.models import Ballot, Constituency, Decision, FrozenSeat, Holder, Outcome, Recusal
from governance.operations.ballots import why_recused
from governance.operations.closing import is_chair
from governance.operations.rows import Vote, vote_of
from proposals.models import ProposalVersion

TONES = {
    counting.APPROVE: "good",
    counting.APPROVE_WITH_CONDITIONS: "progress",
    counting.RETURN: "warn",
    counting.OBJECT: "bad",
    counting.ABSTAIN: "neutral",
}
PLACES = {
    "to_vote": (gettext_lazy("Your ballot is awaited"), "warn"),
    "voted": (gettext_lazy("Your ballot is in"), "good"),
    "recused": (gettext_lazy("You are recused"), "neutral"),
    "none": (gettext_lazy("You hold no seat in it"), "neutral"),
}


@dataclass(frozen=True)
class SeatRow:
    """A seat in a decision. `choice` and `reasons` are filled only where they may be seen."""

    label: str
    constituency: str
    holders: list[str]
    recused: list[str]
    is_able: bool
    choice: str = ""
    choice_label: str = ""
    reasons: str = ""
    cast_by: str = ""
    tone: str = ""


@dataclass(frozen=True)
class RecusalRow:
    seat: str
    person: str
    reason: str
    organisation: str
    note: str
    at: Any


@dataclass(frozen=True)
class Place:
    """Where a reader stands in a decision: the seat held, a recusal, the ballot cast last."""

    seat: FrozenSeat | None = None
    holder: Holder | None = None
    recusal: Recusal | None = None
    ballot: Ballot | None = None
    is_barred: bool = False
    is_chair: bool = False
    interest: Organisation | None = None

    @property
    def may_vote(self) -> bool:
        return not self.why_not

    @property
    def why_not(self) -> str:
        """Why this person does not vote here, or nothing."""
        if self.is_barred:
            return _("The secretariat prepares, records and carries out decisions. It never votes.")
        if self.holder is None:
            return _("You held no seat in the committee when this decision was opened.")
        if self.recusal is not None:
            return str(why_recused(self.recusal.organisation))
        return str(why_recused(self.interest)) if self.interest else ""


@dataclass(frozen=True)
class OpenRow:
    """An open decision in a list: how many seats have voted, and where the reader stands."""

    decision: Decision
    cast: int
    able: int
    place: str

    @property
    def place_label(self) -> str:
        return str(PLACES[self.place][0])

    @property
    def tone(self) -> str:
        return PLACES[self.place][1]


@dataclass(frozen=True)
class DecisionRecord:
    """A decision as its page, its minutes and the public site show it."""

    decision: Decision
    amounts: Amounts
    documents: list[Any]
    seats: list[SeatRow]
    recusals: list[RecusalRow]
    cast: int
    able: int
    is_complete: bool
    outcome: Outcome | None = None
    headline: str = ""
    sentences: list[str] = field(default_factory=list)
    chart: Stacked | None = None


def decision_record(decision: Decision) -> DecisionRecord:
    """Gather a decision. Choices are in it only after the close, or where the rules seal nothing."""
    outcome = Outcome.objects.filter(decision=decision).first() if decision.is_closed else None
    vote = vote_of(decision)
    seats = _seats(decision, vote)
    return DecisionRecord(
        decision=decision,
        amounts=amounts_asked(decision) if decision.has_money else Amounts(),
        documents=list(decision.documents.select_related("file").order_by("position")),
        seats=seats,
        recusals=_recusals(decision),
        cast=sum(1 for seat in vote.seats if counting.counted_ballot(seat, vote.ballots, vote.recused)),
        able=len(counting.able_seats(vote.seats, vote.recused)),
        is_complete=vote.is_complete,
        outcome=outcome,
        headline=sentences.headline(outcome) if outcome else "",
        sentences=sentences.of_outcome(decision, outcome) if outcome else [],
        chart=_chart(decision, seats) if outcome and any(seat.choice for seat in seats) else None,
    )


def place_of(user: User, decision: Decision) -> Place:
    """Say where this person stands in the decision. See also `open_rows`, which says it of many."""
    presides = is_chair(user, decision)
    barred = permissions.may_not_vote(user)
    for seat in decision.frozen_seats.select_related("seat", "member", "alternate").order_by("pk"):
        for holder in seat.holders:
            if holder.user_id == user.pk:
                own = Ballot.objects.filter(decision=decision, user=user).order_by("-pk").first()
                recusal = (
                    Recusal.objects.filter(decision=decision, holder=holder).select_related("organisation").first()
                )
                interest = None if recusal or not decision.is_open else joined(user, decision)
                return Place(seat, holder, recusal, own, barred, presides, interest)
    return Place(is_barred=barred, is_chair=presides)


def joined(user: User, decision: Decision) -> Organisation | None:
    """Return the party of the item that the person belongs to today: recused, once a ballot or the close finds it."""
    parties = decision.version.parties() if decision.version else []
    return next((row.organisation for row in user.memberships_today if row.organisation.slug in parties), None)


def open_rows(user: User) -> list[OpenRow]:
    """The open decisions, the earliest deadline first, with participation and the reader's place; no choices."""
    decisions = list(Decision.objects.visible_to(user).open().for_list())
    seats = _by_decision(FrozenSeat.objects.select_related("member", "alternate").filter(decision__in=decisions))
    recusals = _by_decision(Recusal.objects.filter(decision__in=decisions))
    ballots = _by_decision(Ballot.objects.defer("choice", "reasons").filter(decision__in=decisions))
    return [_open_row(user, row, seats[row.pk], recusals[row.pk], ballots[row.pk]) for row in decisions]


def _by_decision(rows: Any) -> defaultdict[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows.order_by("pk"):
        found[row.decision_id].append(row)
    return found


def _open_row(
    user: User, decision: Decision, seats: list[FrozenSeat], recusals: list[Recusal], ballots: list[Ballot]
) -> OpenRow:
    recused = {recusal.holder_id for recusal in recusals}
    able = {seat.pk for seat in seats if any(holder.pk not in recused for holder in seat.holders)}
    cast = {ballot.frozen_seat_id for ballot in ballots if ballot.holder_id not in recused}
    mine = [holder for seat in seats for holder in seat.holders if holder.user_id == user.pk]
    if not mine or permissions.may_not_vote(user):
        place = "none"
    elif mine[0].pk in recused or joined(user, decision):
        place = "recused"
    else:
        place = "voted" if any(ballot.user_id == user.pk for ballot in ballots) else "to_vote"
    return OpenRow(decision, len(cast & able), len(able), place)


def may_read_version(user: User, version: ProposalVersion | None) -> bool:
    return version is not None and ProposalVersion.objects.visible_to(user).filter(pk=version.pk).exists()


def _seats(decision: Decision, vote: Vote) -> list[SeatRow]:
    frozen = decision.frozen_seats.select_related("seat", "member__user", "alternate__user").order_by("seat__number")
    ballots = (
        {ballot.pk: ballot for ballot in Ballot.objects.of_seats(decision)} if decision.are_choices_visible else {}
    )
    return [_seat(seat, vote, ballots) for seat in frozen]


def _seat(seat: FrozenSeat, vote: Vote, ballots: dict[int, Ballot]) -> SeatRow:
    recused = [str(holder.user) for holder in seat.holders if holder.pk in vote.recused]
    row = SeatRow(
        label=seat.seat.label,
        constituency=str(seat.get_constituency_display()),
        holders=[str(holder.user) for holder in seat.holders],
        recused=recused,
        is_able=len(recused) < len(seat.holders),
    )
    counted = counting.counted_ballot(seat.at_vote, vote.ballots, vote.recused) if ballots else None
    if counted is None:
        return row
    ballot = ballots[counted.order]
    return replace(
        row, choice=ballot.choice, choice_label=str(ballot.get_choice_display()), reasons=ballot.reasons,
        cast_by=str(ballot.holder.user), tone=TONES[ballot.choice],
    )  # fmt: skip


def _recusals(decision: Decision) -> list[RecusalRow]:
    rows = decision.recusals.select_related("holder__user", "frozen_seat__seat", "organisation").order_by("pk")
    return [
        RecusalRow(
            seat=row.frozen_seat.seat.label,
            person=str(row.holder.user),
            reason=str(row.get_reason_display()),
            organisation=row.organisation.name if row.organisation else "",
            note=row.note,
            at=row.recorded_at,
        )
        for row in rows
    ]


def _chart(decision: Decision, seats: list[SeatRow]) -> Stacked:
    """Votes by seat, a cell for each, grouped by constituency."""
    stacks = []
    for group in Constituency:
        cast = [seat for seat in seats if seat.constituency == str(group.label)]
        parts = [_part(choice, cast) for choice in counting.CHOICES]
        parts.append(Segment(_("No ballot"), sum(1 for seat in cast if not seat.choice), "rule"))
        if cast:
            stacks.append(Stack(group.label, tuple(parts)))
    description = _("Each cell is a seat, in the colour of its vote.")
    return Stacked(_("Votes by seat: %(decision)s") % {"decision": decision.name}, description, tuple(stacks))


def _part(choice: str, seats: list[SeatRow]) -> Segment:
    return Segment(Ballot.Choice(choice).label, sum(1 for seat in seats if seat.choice == choice), TONES[choice])
