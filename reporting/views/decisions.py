"""Public pages of the committee's decisions."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.access import find, public
from governance.gather import decision_record
from governance.models import Decision
from proposals.models import Project
from reporting.paging import page_of


@public
@require_safe
def decisions(request: HttpRequest) -> HttpResponse:
    """What the committee decided, newest first."""
    page = page_of(Decision.objects.decided().newest_first().for_list(), request)
    return render(request, "reporting/decisions.html", {"page": page})


@public
@require_safe
def decision(request: HttpRequest, reference: str) -> HttpResponse:
    """One decision after its close: outcome, reasons, amounts by window, votes by group, recusals."""
    row = find(Decision.objects.decided().with_subject(), reference=reference)
    record = decision_record(row)
    context = {
        "record": record,
        "decision": row,
        "reasons": [seat for seat in record.seats if seat.reasons],
        "project": Project.objects.filter(decision_reference=row.reference).first(),
    }
    return render(request, "reporting/decision.html", context)
