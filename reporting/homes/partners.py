"""What waits for a partner's people: drafts, returns, contracts to sign, reports due, calls about to close."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.core.display import Task
from alliance.people.models import PARTNER_ROLES, Role
from proposals.models import Call, Contract, PartnerReport, Proposal

MOST = 50


def tasks(user: Any, moment: datetime) -> Iterator[Task]:
    if not user.has_role(*PARTNER_ROLES):
        return
    yield from _proposals(user)
    yield from _contracts(user)
    yield from _reports(user, moment)
    yield from _calls(moment)


def _proposals(user: Any) -> Iterator[Task]:
    rows = Proposal.objects.written_by(user).to_continue().with_call().order_by("-saved_at", "-pk")
    for proposal in rows[:MOST]:
        label = _("Answer what was returned") if proposal.state == "returned" else _("Go on with a draft")
        due = proposal.call.closes_at if proposal.call and proposal.state == "draft" else None
        yield Task(label, proposal.get_absolute_url(), due, proposal.name, proposal.reference)


def _contracts(user: Any) -> Iterator[Task]:
    if user.has_role(Role.PARTNER_SIGNATORY):
        rows = Contract.objects.visible_to(user).awaiting_partner().for_task().order_by("offered_at", "pk")
        for contract in rows[:MOST]:
            yield Task(
                _("Sign a contract"), contract.get_absolute_url(), None, contract.project.title, contract.reference
            )


def _reports(user: Any, moment: datetime) -> Iterator[Task]:
    """The next report of each contract; those after it are not yet work."""
    seen: set[int] = set()
    rows = PartnerReport.objects.visible_to(user).to_write().for_task()
    for report in rows[:MOST]:
        if report.contract_id not in seen:
            seen.add(report.contract_id)
            late, title = report.due_on < moment.date(), report.contract.project.title
            url = reverse("proposals:report_write", args=[report.reference])
            yield Task(_("Write a report"), url, report.due_on, title, report.reference, late=late)


def _calls(moment: datetime) -> Iterator[Task]:
    for call in Call.objects.open_at(moment).order_by("closes_at", "pk")[:MOST]:
        yield Task(_("Apply under an open call"), call.get_absolute_url(), call.closes_at, call.title, call.reference)
