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
    yield from _contracts(user)
    if permissions.may_prepare_payments(user):
        yield from _tranches(moment)


def _proposals(user: Any) -> Iterator[Task]:
    rows = Proposal.objects.visible_to(user).for_task()
    ready = rows.ready_for_committee().order_by("eligible_at", "pk")[:MOST]
    for proposal in rows.to_check()[:MOST].union(ready, all=True):
        is_new = proposal.state == "submitted"
        label = _("Check a proposal") if is_new else _("Put a proposal to the committee")
        detail = formats.labelled(proposal.applicant.name, proposal.title)
        yield Task(label, proposal.get_absolute_url(), None, detail, proposal.reference)


def _items(user: Any, moment: datetime) -> Iterator[Task]:
    """Items on the agenda that are not open yet, and votes past their deadline."""
    rows = Decision.objects.visible_to(user).filter(Q(state="draft") | Q(state="open", closes_at__lte=moment))
    for item in rows.for_task().order_by("closes_at", "pk")[:MOST]:
        label = _("Close a vote") if item.is_open else _("Open a vote")
        late = item.closes_at <= moment
        yield Task(label, item.get_absolute_url(), item.closes_at, item.title, item.name, late=late)


def _projects(user: Any) -> Iterator[Task]:
    """Approved projects without a contract."""
    approved = (
        Project.objects.visible_to(user)
        .filter(state="approved")
        .exclude(contracts__state__in=("draft", "offered", "signed"))
    )
    for project in approved.for_task().order_by("approved_on", "pk")[:MOST]:
        yield Task(_("Draft a contract"), project.get_absolute_url(), None, project.title, project.reference)


def _reports(user: Any) -> Iterator[Task]:
    for report in PartnerReport.objects.visible_to(user).to_review().for_task()[:MOST]:
        detail = report.contract.project.title
        yield Task(_("Review a report"), report.get_absolute_url(), None, detail, report.reference)


def _contracts(user: Any) -> Iterator[Task]:
    """Contracts drafted and not offered, and those that the Alliance is to sign."""
    rows, found = Contract.objects.visible_to(user).for_task(), []
    if permissions.may_check(user):
        found.append(rows.filter(state="draft").order_by("pk")[:MOST])
    if permissions.may_sign_for_alliance(user):
        found.append(rows.awaiting_head().order_by("offered_at", "pk")[:MOST])
    for contract in found[0].union(*found[1:], all=True) if found else ():
        label = _("Offer a contract") if contract.state == "draft" else _("Sign a contract")
        yield Task(label, contract.get_absolute_url(), None, contract.project.title, contract.reference)


def _tranches(moment: datetime) -> Iterator[Task]:
    """Tranches due within a month that nothing holds back."""
    day = moment.date()
    rows = Tranche.objects.ready_on(day).filter(due_on__lte=day + SOON)
    said = ("number", "amount", "due_on", "contract__reference", "contract__project__title")
    for tranche in rows.select_related("contract__project").only(*said).order_by("due_on", "pk")[:MOST]:
        contract, due = tranche.contract, tranche.due_on
        detail = f"{contract.project.title}, {formats.money(tranche.amount)}"
        url = reverse("proposals:contract", args=[contract.reference])
        yield Task(_("Prepare a tranche"), url, due, detail, f"{contract.reference} / {tranche.number}", late=due < day)
