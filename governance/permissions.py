"""Who may, in the committee. Predicates on people and rows; they query nothing beyond the person's roles."""

from typing import Any

from alliance.people.models import Role, User


def may_read_committee(user: Any) -> bool:
    """Members, alternates, the secretariat and the auditor read what is before the committee."""
    return user.is_authenticated and (user.has_role(Role.COMMITTEE) or user.reads_all)


def may_table(user: User) -> bool:
    """The secretariat prepares: it puts items to the committee, opens them, calls sessions (R64)."""
    return user.has_role(Role.OFFICER, Role.HEAD)


def may_appoint(user: User) -> bool:
    """Seats and terms are entered by the head of the secretariat."""
    return user.has_role(Role.HEAD)


def may_not_vote(user: User) -> bool:
    """The secretariat never votes, whatever else its people are (R64)."""
    return user.is_secretariat


def may_hold_a_seat(user: User) -> bool:
    return user.has_role(Role.COMMITTEE) and not may_not_vote(user)
