"""What waits for a donor's people: a pledge to be turned into an agreement, instalments to be sent."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from alliance.core import formats
from alliance.core.display import Task
from alliance.people.models import DONOR_ROLES
from funds.models import Agreement, Pledge
from reporting.homes.fund import next_due

MOST = 50


def tasks(user: Any, moment: datetime) -> Iterator[Task]:
    own = user.organisation_ids(*DONOR_ROLES)
    if not own:
        return
    for pledge in Pledge.objects.filter(donor__organisation__in=own).without_agreement().for_task()[:MOST]:
        yield Task(_("Agree on the contribution"), pledge.get_absolute_url(), None, _worth(pledge), pledge.reference)
    running = Agreement.objects.filter(donor__organisation__in=own).running().for_task()
    for agreement in running.prefetch_related("deposits", "instalments")[:MOST]:
        instalment = next_due(agreement)
        if instalment is not None:
            yield Task(
                _("Send an instalment"), agreement.get_absolute_url(), instalment.due_on,
                formats.money(instalment.amount, agreement.currency), agreement.reference,
                late=instalment.due_on < moment.date(),
            )  # fmt: skip


def _worth(pledge: Pledge) -> str:
    return formats.money(pledge.amount_usd) if pledge.amount is None else formats.money(pledge.amount, pledge.currency)
