"""The public home."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.access import public
from alliance.core import clock
from funds.models import Fund
from funds.statements.funding_status import funding_status
from funds.statements.windows import windows
from governance.models import Decision
from proposals.models import Call, Project
from reporting.flow import money_flow
from reporting.projects import public_projects

SHOWN = 3


@public
@require_safe
def public_home(request: HttpRequest) -> HttpResponse:
    """What the portal is, the fund's figures, the newest decisions and projects, and calls that are open."""
    moment = clock.now()
    status = funding_status(moment.date())
    lines = windows(moment.date())
    context = {
        "fund": Fund.objects.the(),
        "status": status,
        "received": status.amount("contributions"),
        "allocated": sum(line.allocated for line in lines),
        "transferred": status.amount("transfers_partners") - status.amount("refunds_partners"),
        "spent": status.amount("partners_expenditure"),
        "available": sum(line.available for line in lines),
        "flow": money_flow(moment.date()),
        "projects": public_projects().for_list()[:SHOWN],
        "project_count": Project.objects.count(),
        "decisions": Decision.objects.decided().newest_first().for_list()[:SHOWN],
        "calls": Call.objects.open_at(moment).order_by("closes_at", "pk"),
    }
    return render(request, "reporting/public_home.html", context)
