"""The trustee's seed capital: the ceiling as read on what was requested, signed and received; funding requests."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from alliance.access import reader_or_404, require
from alliance.core import clock
from alliance.core.requests import submitted
from alliance.people.requests import Request
from funds import permissions
from funds.forms.contributions import FundingRequestForm
from funds.models import FundingRequest
from funds.operations.seed import ceiling_percent, readings, record_funding_request
from funds.views.pages import form_act

SHOWN = 50


@require_GET
def seed_capital(request: Request) -> HttpResponse:
    reader_or_404(permissions.may_read_accounts(request.user))
    context = {
        "readings": readings(),
        "percent": ceiling_percent(),
        "requests": FundingRequest.objects.select_related("recorded_by").order_by("-requested_on", "-pk")[:SHOWN],
        "may_plan": permissions.may_plan_funding(request.user),
        "as_of": clock.today(),
    }
    return render(request, "funds/seed_capital.html", context)


@require_http_methods(["GET", "POST"])
def funding_request_new(request: Request) -> HttpResponse:
    reader_or_404(permissions.may_read_accounts(request.user))
    require(permissions.may_plan_funding(request.user), _("Finance officers and the head record funding requests."))
    return form_act(
        request,
        FundingRequestForm(submitted(request), initial={"requested_on": clock.today()}),
        record_funding_request,
        title=_("Record a funding request"),
        lead=_("The newest request is in force: what the trustee signs for is measured by its total."),
        submit=_("Record the request"),
        said=_("The funding request is recorded."),
        back=reverse("funds:seed"),
        crumbs=[(_("Seed capital"), reverse("funds:seed"))],
    )
