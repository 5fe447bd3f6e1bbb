"""The home of the fund's finance side."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from alliance.access import reader_or_404
from alliance.people.requests import Request
from funds import permissions
from funds.contributions.totals import totals
from funds.ledger.refunds_in_transit import refunds_in_transit
from funds.models import Deposit, Pledge, Prospect
from funds.statements.direct_costs import cost_share
from funds.statements.funding_status import funding_status
from funds.statements.windows import windows as window_lines
from reporting.homes.fund import waiting_for


@require_GET
def finance(request: Request) -> HttpResponse:
    """What waits for the secretariat's finance side, and the figures of the day."""
    reader_or_404(permissions.may_read_accounts(request.user))
    status = funding_status()
    context = {
        "tasks": waiting_for(request.user),
        "status": status,
        "share": cost_share(status),
        "transits": refunds_in_transit(),
        "windows": window_lines(),
        "totals": totals(Pledge.objects.standing(), Prospect.objects.all(), Deposit.objects.all()),
        "may_record": permissions.may_record_money(request.user),
    }
    return render(request, "reporting/finance.html", context)
