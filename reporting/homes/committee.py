"""What waits for the committee's people: votes not yet cast, and a vote that can be closed."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from alliance.core.display import Task
from alliance.people.models import Role
from governance.models import Decision

MOST = 50


def tasks(user: Any, moment: datetime) -> Iterator[Task]:
    if user.has_role(Role.COMMITTEE):
        for decision in Decision.objects.awaiting_ballot_of(user).for_task()[:MOST]:
            yield Task(_("Vote"), decision.get_absolute_url(), decision.closes_at, decision.title, decision.name)
