"""Role homes: what waits for a person, oldest deadline first, then the figures of its roles. All of it is derived."""

from datetime import date, datetime
from itertools import chain
from typing import Any

from alliance.core.display import Task
from reporting.homes import committee, donors, partners, secretariat
from reporting.homes.fund import waiting_for

MOST = 50


def tasks_for(user: Any, moment: datetime) -> list[Task]:
    """Return what waits for this person in all its roles; a deadline first, the nearest one first."""
    found = chain(
        donors.tasks(user, moment),
        waiting_for(user),
        partners.tasks(user, moment),
        committee.tasks(user, moment),
        secretariat.tasks(user, moment),
    )
    return sorted(found, key=lambda task: (task.due is None, _day(task.due), task.reference))[:MOST]


def _day(due: date | datetime | None) -> date:
    return due.date() if isinstance(due, datetime) else due or date.max
