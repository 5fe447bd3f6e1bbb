"""What `verify` recomputes here: ballots against what was frozen, and every outcome from its ballots."""

from collections.abc import Iterator

from alliance.register.verification import Problem
from governance import counting
from governance.models import Ballot, Decision, FrozenSeat, Outcome
from governance.operations.closing import written
from governance.operations.rows import vote_of


def checked() -> dict[str, int]:
    return {"ballots": Ballot.objects.count(), "decisions": Decision.objects.count()}


def problems() -> Iterator[Problem]:
    yield from _numbers()
    yield from _ballots()
    yield from _outcomes()


def _numbers() -> Iterator[Problem]:
    """Decision numbers have no gaps within a year."""
    expected: dict[tuple[int, int | None], int] = {}
    numbered = Decision.objects.exclude(number=None).order_by("body_id", "year", "number")
    for decision in numbered.only("body_id", "year", "number", "reference"):
        series = (decision.body_id, decision.year)
        expected[series] = expected.get(series, 0) + 1
        if decision.number != expected[series]:
            yield Problem("decision", decision.name, f"number {expected[series]} was expected here")
            return


def _ballots() -> Iterator[Problem]:
    for ballot in Ballot.objects.select_related("frozen_seat", "decision", "holder").order_by("pk").iterator(500):
        where = f"governance_ballot:{ballot.pk}"
        if ballot.frozen_seat.decision_id != ballot.decision_id:
            yield Problem("ballot", where, "its seat is of another decision")
        if ballot.holder_id != _holder_of(ballot.frozen_seat, ballot.capacity):
            yield Problem("ballot", where, "it was not cast by the holder frozen with the seat")
        elif ballot.user_id != ballot.holder.user_id:
            yield Problem("ballot", where, "its person is not the holder")
        opened, closed = ballot.decision.opened_at, ballot.decision.closed_at
        if opened is None or ballot.cast_at < opened or (closed and ballot.cast_at > closed):
            yield Problem("ballot", where, "it was cast while the vote was not open")


def _holder_of(seat: FrozenSeat, capacity: str) -> int | None:
    return seat.member_id if capacity == counting.MEMBER else seat.alternate_id


def _outcomes() -> Iterator[Problem]:
    for decision in Decision.objects.decided().select_related("rule_set", "outcome").order_by("pk").iterator(500):
        outcome = getattr(decision, "outcome", None)
        if outcome is None:
            yield Problem("outcome", decision.name, "the decision is closed and has no outcome")
        elif outcome.result != Outcome.Result.DEFERRED:
            yield from _recounted(decision, outcome)


def _recounted(decision: Decision, outcome: Outcome) -> Iterator[Problem]:
    vote = vote_of(decision)
    rule = counting.count_silence if decision.is_silent else counting.count
    found = rule(vote.ballots, vote.seats, vote.recused, decision.rules)
    if outcome.tally != written(found):
        yield Problem("outcome", decision.name, "the tally is not what the ballots add up to")
    in_principle = decision.kind == Decision.Kind.IN_PRINCIPLE and found.result == counting.CARRIED
    if outcome.result != (Outcome.Result.IN_PRINCIPLE if in_principle else found.result):
        yield Problem("outcome", decision.name, "the result does not follow from the ballots")
    if (outcome.is_consensus, outcome.is_quorate) != (found.is_consensus, found.is_quorate):
        yield Problem("outcome", decision.name, "consensus or quorum does not follow from the ballots")
    if outcome.do_conditions_apply != bool(found.do_conditions_apply and decision.condition_list):
        yield Problem("outcome", decision.name, "whether the conditions apply does not follow from the ballots")
