"""All models of the ground, gathered for Django; each is written in its room."""

from alliance.accounts.models import *  # noqa: F403
from alliance.core.clock import Clock
from alliance.forum.models import *  # noqa: F403
from alliance.jobs.models import *  # noqa: F403
from alliance.people.models import Invitation, Membership, Organisation, SecurityEvent, User
from alliance.records.models import *  # noqa: F403
from alliance.register.models import Checkpoint, RegisterEntry, RegisterHead

__all__ = [
    "Checkpoint",
    "Clock",
    "Invitation",
    "Membership",
    "Organisation",
    "RegisterEntry",
    "RegisterHead",
    "SecurityEvent",
    "User",
]
