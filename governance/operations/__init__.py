"""Every change to the committee's records."""

from governance.operations.ballots import cast_ballot, declare_recusal
from governance.operations.closing import close_decision, close_due, defer_decision
from governance.operations.founding import NewSeat, adopt_rules, appoint_chair, appoint_holder, found_committee
from governance.operations.items import cancel_decision, propose_amounts, put_text, put_to_committee
from governance.operations.opening import open_decision
from governance.operations.sessions import call_session, record_attendance

__all__ = [
    "NewSeat",
    "adopt_rules",
    "appoint_chair",
    "appoint_holder",
    "call_session",
    "cancel_decision",
    "cast_ballot",
    "close_decision",
    "close_due",
    "declare_recusal",
    "defer_decision",
    "found_committee",
    "open_decision",
    "propose_amounts",
    "put_text",
    "put_to_committee",
    "record_attendance",
]
