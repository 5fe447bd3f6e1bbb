"""What the committee stores, by noun."""

from governance.models.committee import Body, Capacity, ChairTerm, Constituency, Holder, Seat
from governance.models.decisions import (
    Decision,
    DecisionAmount,
    FrozenDocument,
    FrozenSeat,
    Recusal,
)
from governance.models.rules import RuleSet
from governance.models.sessions import Attendance, Session
from governance.models.votes import Ballot, Outcome

__all__ = [
    "Attendance",
    "Ballot",
    "Body",
    "Capacity",
    "ChairTerm",
    "Constituency",
    "Decision",
    "DecisionAmount",
    "FrozenDocument",
    "FrozenSeat",
    "Holder",
    "Outcome",
    "Recusal",
    "RuleSet",
    "Seat",
    "Session",
]
