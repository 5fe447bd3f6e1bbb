"""Partners' reports: the list, one report, writing it, reviewing it."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alliance.access import find, require
from alliance.core import clock, formats
from alliance.core.forms import attempt, new_key
from alliance.core.requests import submitted
from alliance.pages.acts import press
from alliance.pages.filters import ListFilter
from alliance.pages.lists import paged
from alliance.people.requests import Request
from proposals import permissions
from proposals.breakdowns import label_of
from proposals.forms.reports import ReportForm
from proposals.models import PartnerReport
from proposals.operations import accept_report, return_report, save_report, submit_report
from proposals.operations.reports import held_by_partner, taken_back
from proposals.sections.tables import split_paragraphs
from proposals.views.pages import with_reason


def load(request: Request, reference: str) -> PartnerReport:
    rows = PartnerReport.objects.visible_to(request.user)
    related = ("contract__partner", "contract__project__proposal", "submitted_by", "accepted_by")
    return find(rows.select_related(*related), reference=reference)


@require_GET
def report_list(request: Request) -> HttpResponse:
    """Reports by due date."""
    form = ListFilter(request.GET, PartnerReport.State.choices)
    rows = form.chosen(PartnerReport.objects.visible_to(request.user), "contract__project__title", "reference")
    page = paged(request, rows.for_list())
    return render(request, "proposals/report_list.html", {"page": page, "form": form, "day": clock.today()})


@require_GET
def report(request: Request, reference: str) -> HttpResponse:
    """A report as it stands, for the partner and for those who review it."""
    row = load(request, reference)
    spending = list(row.expenditures.select_related("category").exclude(amount=0).order_by("category__code"))
    context: dict[str, Any] = {
        "report": row,
        "parts": [
            (_("Results"), split_paragraphs(row.results)),
            (_("Progress"), split_paragraphs(row.narrative)),
            (_("Rights and welfare follow-up"), split_paragraphs(row.rights_follow_up)),
        ],
        "indicators": list(indicators_of(row)),
        "spending": spending,
        "spent": sum((line.amount for line in spending), Decimal("0.00")),
        "held": held_by_partner(row),
        "taken_back": taken_back(row) if row.accepted_at else None,
        "writes": permissions.may_write_report(request.user, row) and row.is_editable,
        "reviews": permissions.may_review_reports(request.user) and row.state == PartnerReport.State.SUBMITTED,
        "key": new_key(),
    }
    return render(request, "proposals/report.html", context)


def indicators_of(row: PartnerReport) -> Any:
    """Yield each indicator of the report with its figures written out."""
    for reported in (
        row.indicators.select_related("indicator").prefetch_related("cells").order_by("indicator__position")
    ):
        cells = [cell for cell in reported.cells.all() if cell.value is not None]
        yield {
            "indicator": reported.indicator,
            "actual": reported.actual,
            "breakdown": " · ".join(
                f"{label_of(cell.variable, cell.category)} {formats.plain_figure(cell.value)}"
                for cell in cells
                if cell.value is not None
            ),
            "remark": reported.remark,
        }


@require_http_methods(["GET", "POST"])
def write(request: Request, reference: str) -> HttpResponse:
    """Write a report: it saves as one types, and with a plain button."""
    row = load(request, reference)
    require(permissions.may_write_report(request.user, row), _("A report is written by the partner’s own people."))
    if request.method == "GET" and not row.is_editable:
        return redirect(row)
    form = ReportForm(row, submitted(request))
    saved = None
    if request.method == "POST" and form.is_valid():
        saved = attempt(form, save_report, by=request.user, report=row, **form.values())
    if request.htmx:
        return render(request, "proposals/report_form.html#saved", {"saved_at": saved.saved_at if saved else None})
    if saved:
        messages.success(request, _("The report is saved. Read it here, then submit it."))
        return redirect(row)
    return render(request, "proposals/report_form.html", {"report": row, "form": form, "held": held_by_partner(row)})


@require_POST
def submit(request: Request, reference: str) -> HttpResponse:
    """Submit a report as it was saved last."""
    row = load(request, reference)
    require(permissions.may_write_report(request.user, row), _("A report is written by the partner’s own people."))
    press(request, submit_report, _("The report is submitted."), report=row)
    return redirect(row)


@require_POST
def accept(request: Request, reference: str) -> HttpResponse:
    """Accept a report: its spending is posted."""
    row = load(request, reference)
    require(permissions.may_review_reports(request.user), _("Reports are reviewed by the secretariat."))
    press(request, accept_report, _("Accepted. The spending is posted."), report=row)
    return redirect(row)


@require_http_methods(["GET", "POST"])
def give_back(request: Request, reference: str) -> HttpResponse:
    """Return a report to the partner, with the reason."""
    row = load(request, reference)
    require(permissions.may_review_reports(request.user), _("Reports are reviewed by the secretariat."))
    return with_reason(
        request, return_report, row, report=row,
        title=_("Return %(reference)s to the partner") % {"reference": row.reference},
        submit=_("Return the report"), done=_("The report is returned to the partner."),
    )  # fmt: skip
