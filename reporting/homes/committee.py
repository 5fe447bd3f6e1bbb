"""What waits for the committee's people: votes not yet cast, and a vote that can be closed."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from alliance.core.display import Task
from alliance.people.models import Role
from governance.gather import open_rows

MOST = 50


def tasks(user: Any, moment: datetime) -> Iterator[Task]:
    if user.has_role(Role.COMMITTEE):
        for decision in (row.decision for row in open_rows(user)[:MOST] if row.place == "to_vote"):
            yield Task(_("Vote"), decision.get_absolute_url(), decision.closes_at, decision.title, decision.name)
