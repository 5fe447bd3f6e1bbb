"""What waits for the secretariat: proposals to check and to table, items to open, contracts, tranches, reports."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.core import formats
from alliance.core.display import Task
from governance.models import Decision
from proposals import permissions
from proposals.models import Contract, PartnerReport, Project, Proposal, Tranche

MOST = 50
SOON = timedelta(days=31)


def tasks(user: Any, moment: datetime) -> Iterator[Task]:
    if permissions.may_check(user):
        yield from _proposals(user)
        yield from _items(user, moment)
        yield from _projects(user)
    if permissions.may_review_reports(user):
        yield from _reports(user)
    if permissions.may_sign_for_alliance(user):
        yield from _signatures(user)
    if permissions.may_prepare_payments(user):
        yield from _tranches(moment)


def _proposals(user: Any) -> Iterator[Task]:
    rows = Proposal.objects.visible_to(user).select_related("applicant")
    for proposal in rows.to_check()[:MOST]:
        yield _proposal_task(_("Check a proposal"), proposal)
    for proposal in rows.ready_for_committee().order_by("eligible_at", "pk")[:MOST]:
        yield _proposal_task(_("Put a proposal to the committee"), proposal)


def _proposal_task(label: str, proposal: Proposal) -> Task:
    detail = formats.labelled(proposal.applicant.name, proposal.title)
    return Task(label, proposal.get_absolute_url(), None, detail, proposal.reference)


def _items(user: Any, moment: datetime) -> Iterator[Task]:
    """Items on the agenda that are not open yet, and votes past their deadline."""
    rows = Decision.objects.visible_to(user).filter(Q(state="draft") | Q(state="open", closes_at__lte=moment))
    for item in rows.order_by("closes_at", "pk")[:MOST]:
        label = _("Close a vote") if item.is_open else _("Open a vote")
        late = item.closes_at <= moment
        yield Task(label, item.get_absolute_url(), item.closes_at, item.title, item.name, late=late)


def _projects(user: Any) -> Iterator[Task]:
    """Approved projects without a contract, and contracts drafted and not offered."""
    approved = (
        Project.objects.visible_to(user)
        .filter(state="approved")
        .exclude(contracts__state__in=("draft", "offered", "signed"))
    )
    for project in approved.order_by("approved_on", "pk")[:MOST]:
        yield Task(_("Draft a contract"), project.get_absolute_url(), None, project.title, project.reference)
    for contract in (
        Contract.objects.visible_to(user).filter(state="draft").select_related("project").order_by("pk")[:MOST]
    ):
        yield Task(_("Offer a contract"), contract.get_absolute_url(), None, contract.project.title, contract.reference)


def _reports(user: Any) -> Iterator[Task]:
    for report in PartnerReport.objects.visible_to(user).to_review().select_related("contract__project")[:MOST]:
        detail = report.contract.project.title
        yield Task(_("Review a report"), report.get_absolute_url(), None, detail, report.reference)


def _signatures(user: Any) -> Iterator[Task]:
    rows = Contract.objects.visible_to(user).awaiting_head().select_related("project").order_by("offered_at", "pk")
    for contract in rows[:MOST]:
        yield Task(_("Sign a contract"), contract.get_absolute_url(), None, contract.project.title, contract.reference)


def _tranches(moment: datetime) -> Iterator[Task]:
    """Tranches due within a month that nothing holds back."""
    day = moment.date()
    rows = Tranche.objects.ready_on(day).filter(due_on__lte=day + SOON)
    for tranche in rows.select_related("contract__project").order_by("due_on", "pk")[:MOST]:
        contract, due = tranche.contract, tranche.due_on
        detail = f"{contract.project.title}, {formats.money(tranche.amount)}"
        url = reverse("proposals:contract", args=[contract.reference])
        yield Task(_("Prepare a tranche"), url, due, detail, f"{contract.reference} / {tranche.number}", late=due < day)
