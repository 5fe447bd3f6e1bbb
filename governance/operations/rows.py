"""Locking this app's rows, and reading what is frozen with a decision."""

from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import OutOfState
from alliance.core.formats import date_time
from governance import counting
from governance.models import Ballot, Decision, FrozenSeat


class Vote(NamedTuple):
    """What the count needs of one decision."""

    seats: list[counting.SeatAtVote]
    recused: frozenset[int]
    ballots: list[counting.CastBallot]

    @property
    def is_complete(self) -> bool:
        """Whether a ballot has come from every seat that is able to vote."""
        able = counting.able_seats(self.seats, self.recused)
        return all(counting.counted_ballot(seat, self.ballots, self.recused) for seat in able)


def lock_decision(decision: Decision) -> Decision:
    """Lock the decision's row. Read the clock after this, never before."""
    rows = Decision.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("rule_set", "version__proposal", "session", "body").get(pk=decision.pk)


def require_before_deadline(decision: Decision, moment: datetime) -> None:
    """Refuse what would change a vote whose time is over: it is to be closed, and nothing else."""
    if moment >= decision.closes_at:
        raise OutOfState(
            _("The vote closed on %(moment)s. Nothing was recorded.") % {"moment": date_time(decision.closes_at)}
        )


def vote_of(decision: Decision) -> Vote:
    seats = FrozenSeat.objects.filter(decision=decision).order_by("pk")
    ballots = Ballot.objects.filter(decision=decision).order_by("pk")
    return Vote(
        [seat.at_vote for seat in seats],
        frozenset(decision.recusals.values_list("holder_id", flat=True)),
        [ballot.as_cast for ballot in ballots],
    )
