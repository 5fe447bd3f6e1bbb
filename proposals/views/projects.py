"""A project at work: its contracts, conditions, reports and money; approvals that wait for money."""

from typing import Any

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alliance.access import find, require
from alliance.accounts.again import asked_again
from alliance.core import clock
from alliance.core.forms import new_key
from alliance.core.requests import submitted
from alliance.pages.acts import carry_out, press
from alliance.pages.filters import ListFilter
from alliance.pages.lists import paged
from alliance.people.models import Organisation, Role
from alliance.people.requests import Request
from funds.operations.earmarks import shut_windows, windows_with_objectives
from proposals import permissions
from proposals.closure import open_items
from proposals.forms.contracts import EvidenceForm
from proposals.models import Contract, PartnerReport, Project, ReleaseCondition, Tranche, WaitingAmount, WaitingApproval
from proposals.operations import close_project, complete_project, fund_waiting, meet_condition, prepare_waiting
from proposals.operations.contracts import committed


@require_GET
def project_list(request: Request) -> HttpResponse:
    """Projects whose work the person takes part in or follows, with their money."""
    form = ListFilter(request.GET, Project.State.choices)
    rows = form.chosen(Project.objects.visible_to(request.user), "title", "reference")
    page = paged(request, rows.with_money().for_list())
    return render(request, "proposals/project_list.html", {"page": page, "form": form})


@require_GET
def project(request: Request, reference: str) -> HttpResponse:
    """A project at work."""
    rows = Project.objects.visible_to(request.user).with_money()
    row = find(rows.select_related("lead", "proposal", "version"), reference=reference)
    tranches = Tranche.objects.select_related("payment", "report_required").order_by("number")
    reports = PartnerReport.objects.order_by("number")
    contracts = (
        Contract.objects.visible_to(request.user)
        .filter(project=row)
        .select_related("partner")
        .prefetch_related(Prefetch("tranches", tranches), Prefetch("reports", reports))
        .order_by("pk")
    )
    left = row.amount - committed(row)
    may_draft = permissions.may_draft_contracts(request.user)
    context: dict[str, Any] = {
        "project": row,
        "contracts": list(contracts),
        "conditions": list(row.conditions.select_related("met_by").order_by("number")),
        "partners": Organisation.objects.filter(slug__in=row.version.parties()).exclude(partner=None).order_by("slug"),
        "left": left,
        "may_draft": may_draft and left > 0 and row.state in (Project.State.APPROVED, Project.State.ACTIVE),
        "may_meet": permissions.may_meet_conditions(request.user),
        "may_complete": may_draft and row.state == Project.State.ACTIVE,
        "may_close": permissions.may_sign_for_alliance(request.user) and row.state == Project.State.COMPLETED,
        "open_items": open_items(row) if row.state == Project.State.COMPLETED else [],
        "key": new_key(),
        "as_of": clock.now(),
    }
    return render(request, "proposals/project.html", context)


@require_http_methods(["GET", "POST"])
def condition(request: Request, reference: str, number: int) -> HttpResponse:
    """Record that a condition of the decision is met."""
    row = find(Project.objects.visible_to(request.user), reference=reference)
    found = find(ReleaseCondition.objects.filter(project=row).select_related("project"), number=number)
    require(permissions.may_meet_conditions(request.user), _("This is for the secretariat’s officers."))
    form = EvidenceForm(submitted(request))
    if carry_out(request, form, meet_condition, _("The condition is met."), condition=found):
        return redirect(row)
    return render(request, "proposals/condition.html", {"project": row, "condition": found, "form": form})


@require_POST
def complete(request: Request, reference: str) -> HttpResponse:
    """Complete a project."""
    row = find(Project.objects.visible_to(request.user), reference=reference)
    require(permissions.may_meet_conditions(request.user), _("This is for the secretariat’s officers."))
    press(request, complete_project, _("The project is completed."), project=row)
    return redirect(row)


@require_POST
def close(request: Request, reference: str) -> HttpResponse:
    """Close a project."""
    row = find(Project.objects.visible_to(request.user), reference=reference)
    require(permissions.may_sign_for_alliance(request.user), _("Projects are closed by the head of the secretariat."))
    press(request, close_project, _("The project is closed."), project=row)
    return redirect(row)


def for_finance(request: Request) -> None:
    require(
        request.user.has_role(Role.FINANCE_OFFICER, Role.HEAD),
        _("Waiting approvals are allocated by the finance officers."),
    )


@require_GET
def waiting_list(request: Request) -> HttpResponse:
    """Approvals that wait for money, in the order in which they are served."""
    require(request.user.reads_all, _("Waiting approvals are followed by the secretariat."))
    amounts = WaitingAmount.objects.select_related("window").order_by("window_id")
    rows = (
        WaitingApproval.objects.filter(funded_at=None, version__proposal__state="approved_waiting")
        .select_related("version__proposal", "prepared_by")
        .prefetch_related(Prefetch("amounts", amounts))
        .order_by("approved_on", "pk")
    )
    today = clock.today()
    context = {
        "rows": ranked([row for row in rows if not row.has_lapsed(today)]),
        "lapsed": [row for row in rows if row.has_lapsed(today)],
        "key": new_key(),
        "may_act": request.user.has_role(Role.FINANCE_OFFICER, Role.HEAD),
    }
    return render(request, "proposals/waiting_list.html", context)


def ranked(rows: list[Any]) -> list[Any]:
    """Say of each row, in rank order, which shut windows hold it back (`shut`) and whether it is served next."""
    windows = windows_with_objectives()
    for row in rows:
        row.shut = shut_windows(row.version.objective_percents().keys(), windows)
        row.is_next = False
    for row in rows:
        if not row.shut:
            row.is_next = True
            break
    return rows


@require_POST
def waiting_prepare(request: Request, decision: str) -> HttpResponse:
    """Prepare the allocation: the first of two officers."""
    for_finance(request)
    row = find(WaitingApproval.objects.select_related("version"), decision_reference=decision)
    press(request, prepare_waiting, _("Prepared. Another officer allocates it."), waiting=row)
    return redirect("proposals:waiting")


@require_POST
@asked_again
def waiting_fund(request: Request, decision: str) -> HttpResponse:
    """Allocate: the second of two officers."""
    for_finance(request)
    row = find(WaitingApproval.objects.select_related("version"), decision_reference=decision)
    made = press(request, fund_waiting, _("Allocated."), waiting=row)
    return redirect(made or "proposals:waiting")
