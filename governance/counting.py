"""The count of a committee decision. Pure: no database, no Django, no clock.

A seat votes, not a person. What comes in is what was frozen when the decision opened, the recusals and
the ballots; what goes out says the result and why. Every number of it is a rule of ours (the source
document is silent on them), so all of them are parameters.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

APPROVE = "approve"
APPROVE_WITH_CONDITIONS = "approve_with_conditions"
RETURN = "return"
OBJECT = "object"
ABSTAIN = "abstain"
CHOICES = (APPROVE, APPROVE_WITH_CONDITIONS, RETURN, OBJECT, ABSTAIN)
IN_FAVOUR = frozenset({APPROVE, APPROVE_WITH_CONDITIONS})
AGAINST = frozenset({RETURN, OBJECT})

CARRIED = "carried"
RETURNED = "returned"
REJECTED = "rejected"
NO_QUORUM = "no_quorum"
TO_SESSION = "to_session"

DONORS = "donors"
INSTITUTIONS = "institutions"
DEVELOPING_COUNTRIES = "developing_countries"
OTHERS = "others"

MEMBER = "member"
ALTERNATE = "alternate"


@dataclass(frozen=True)
class Rules:
    """One version of the rules of decision. `quorum` and `group_majority` must be exceeded, `majority` reached."""

    quorum: Fraction = Fraction(1, 2)
    majority: Fraction = Fraction(2, 3)
    group_majority: Fraction | None = Fraction(1, 2)
    required_groups: frozenset[str] = frozenset({DONORS, DEVELOPING_COUNTRIES})
    is_composition_binding: bool = True
    is_consensus_required: bool = False
    do_abstentions_count: bool = True
    floor: int = 3


@dataclass(frozen=True)
class SeatAtVote:
    """A seat as frozen at the opening: its constituency and who holds it (any hashable id, or None)."""

    seat: int
    group: str
    member: int | None = None
    alternate: int | None = None


@dataclass(frozen=True)
class CastBallot:
    """One ballot. `order` says which of a holder's ballots is the later one."""

    seat: int
    holder: int
    choice: str
    order: int


@dataclass(frozen=True)
class GroupTally:
    able: int = 0
    approvals: int = 0
    conditional: int = 0
    returns: int = 0
    objections: int = 0
    abstentions: int = 0

    @property
    def in_favour(self) -> int:
        return self.approvals + self.conditional

    @property
    def against(self) -> int:
        return self.returns + self.objections

    @property
    def voting(self) -> int:
        return self.in_favour + self.against

    @property
    def cast(self) -> int:
        return self.voting + self.abstentions

    def __add__(self, other: "GroupTally") -> "GroupTally":
        return GroupTally(*(mine + theirs for mine, theirs in zip(self._figures(), other._figures(), strict=True)))

    def _figures(self) -> tuple[int, ...]:
        return (self.able, self.approvals, self.conditional, self.returns, self.objections, self.abstentions)


@dataclass(frozen=True)
class Result:
    """What the count found. `left_out` are the groups without a seat able to vote; `missing` the required
    groups from which nobody took part."""

    result: str
    is_consensus: bool = False
    is_quorate: bool = True
    do_conditions_apply: bool = False
    tally: GroupTally = field(default_factory=GroupTally)
    groups: tuple[tuple[str, GroupTally], ...] = ()
    left_out: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    failed_groups: tuple[str, ...] = ()
    counted: tuple[CastBallot, ...] = ()


def able_holders(seat: SeatAtVote, recused: Collection[int]) -> tuple[int, ...]:
    """Who may vote for the seat, the member first. Recusal is the holder's; the other one then acts."""
    return tuple(holder for holder in (seat.member, seat.alternate) if holder is not None and holder not in recused)


def able_seats(seats: Iterable[SeatAtVote], recused: Collection[int]) -> list[SeatAtVote]:
    """The denominator: seats with at least one holder who is not recused."""
    return [seat for seat in seats if able_holders(seat, recused)]


def counted_ballot(seat: SeatAtVote, ballots: Iterable[CastBallot], recused: Collection[int]) -> CastBallot | None:
    """The member's last ballot; if the member cast none, the alternate's last; recused holders' are kept but not read."""
    cast = [ballot for ballot in ballots if ballot.seat == seat.seat]
    for holder in able_holders(seat, recused):
        own = [ballot for ballot in cast if ballot.holder == holder]
        if own:
            return max(own, key=lambda ballot: ballot.order)
    return None


def count(ballots: Sequence[CastBallot], seats: Sequence[SeatAtVote], recused: Collection[int], rules: Rules) -> Result:
    """Count a vote.

    Nobody against (and somebody in favour): consensus. Otherwise carried when those in favour reach the
    majority of those who voted for or against, and exceed half in each group that has a seat able to vote: a group
    that could vote and has nobody for or against has not given its majority. Abstentions count for the quorum only.
    """
    found = _counted(ballots, seats, recused)
    found = replace(found, missing=_missing(dict(found.groups), rules))
    if not _is_quorate(found.tally, found.missing, rules):
        return replace(found, result=NO_QUORUM, is_quorate=False)
    if not _carries(found.groups, rules):
        result = RETURNED if found.tally.returns >= found.tally.objections else REJECTED
        return replace(found, result=result, failed_groups=_groups_not_in_favour(found.groups, rules))
    do_conditions_apply = not _carries(_plain(found.groups), rules)
    return replace(found, is_consensus=found.tally.against == 0, do_conditions_apply=do_conditions_apply)


def count_silence(
    ballots: Sequence[CastBallot], seats: Sequence[SeatAtVote], recused: Collection[int], rules: Rules
) -> Result:
    """Silence is consent: one reasoned objection sends the item to a session, none carries it as it stands."""
    found = _counted(ballots, seats, recused)
    if found.tally.able < rules.floor:
        return replace(found, result=NO_QUORUM, is_quorate=False)
    if found.tally.against:
        return replace(found, result=TO_SESSION)
    return replace(found, is_consensus=True, do_conditions_apply=True)


def _counted(ballots: Iterable[CastBallot], seats: Sequence[SeatAtVote], recused: Collection[int]) -> Result:
    """The figures of the vote, as if carried: what they come to is the caller's."""
    able = able_seats(seats, recused)
    counted = [found for seat in able if (found := counted_ballot(seat, ballots, recused))]
    groups = _tally_by_group(seats, able, counted)
    return Result(
        CARRIED,
        tally=sum((tally for _, tally in groups), GroupTally()),
        groups=groups,
        left_out=tuple(group for group, tally in groups if not tally.able),
        counted=tuple(sorted(counted, key=lambda ballot: ballot.seat)),
    )


def _tally_by_group(
    seats: Iterable[SeatAtVote], able: Iterable[SeatAtVote], counted: Iterable[CastBallot]
) -> tuple[tuple[str, GroupTally], ...]:
    group_of = {seat.seat: seat.group for seat in seats}
    tallies = {group: GroupTally() for group in sorted(set(group_of.values()))}
    for seat in able:
        tallies[seat.group] += GroupTally(able=1)
    for ballot in counted:
        tallies[group_of[ballot.seat]] += _one(ballot.choice)
    return tuple(tallies.items())


def _one(choice: str) -> GroupTally:
    return GroupTally(
        approvals=choice == APPROVE,
        conditional=choice == APPROVE_WITH_CONDITIONS,
        returns=choice == RETURN,
        objections=choice == OBJECT,
        abstentions=choice == ABSTAIN,
    )


def _taking_part(tally: GroupTally, rules: Rules) -> int:
    return tally.cast if rules.do_abstentions_count else tally.voting


def _missing(groups: dict[str, GroupTally], rules: Rules) -> tuple[str, ...]:
    """Required groups from which nobody took part, whether they stayed away or had no seat able to vote."""
    return tuple(
        group for group in sorted(rules.required_groups) if not _taking_part(groups.get(group, GroupTally()), rules)
    )


def _is_quorate(total: GroupTally, missing: tuple[str, ...], rules: Rules) -> bool:
    if total.able < rules.floor or (missing and rules.is_composition_binding):
        return False
    return _taking_part(total, rules) > rules.quorum * total.able


def _carries(groups: tuple[tuple[str, GroupTally], ...], rules: Rules) -> bool:
    total = sum((tally for _, tally in groups), GroupTally())
    if not total.in_favour:
        return False
    if not total.against:
        return True
    if rules.is_consensus_required:
        return False
    return total.in_favour >= rules.majority * total.voting and not _groups_not_in_favour(groups, rules)


def _groups_not_in_favour(groups: tuple[tuple[str, GroupTally], ...], rules: Rules) -> tuple[str, ...]:
    if rules.group_majority is None:
        return ()
    return tuple(
        group for group, tally in groups if tally.able and not tally.in_favour > rules.group_majority * tally.voting
    )


def _plain(groups: tuple[tuple[str, GroupTally], ...]) -> tuple[tuple[str, GroupTally], ...]:
    """The same vote if plain approvals stood alone: who approved with conditions would not have approved as it is."""
    return tuple(
        (
            group,
            GroupTally(
                able=tally.able,
                approvals=tally.approvals,
                returns=tally.returns + tally.conditional,
                objections=tally.objections,
                abstentions=tally.abstentions,
            ),
        )
        for group, tally in groups
    )
