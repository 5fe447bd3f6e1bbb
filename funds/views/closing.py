"""Before the fund is closed: what is still open, and what goes back to whom."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from alliance.access import reader_or_404
from alliance.core import clock
from alliance.people.requests import Request
from funds import permissions
from funds.ledger.closing import fund_closing
from funds.models import Fund, FundStatus


@require_GET
def closing(request: Request) -> HttpResponse:
    reader_or_404(permissions.may_read_accounts(request.user))
    fund = Fund.objects.the()
    context = {
        "fund": fund,
        "found": fund_closing(),
        "is_closing": fund.status == FundStatus.CLOSING,
        "may_set": permissions.may_set_status(request.user),
        "as_of": clock.today(),
    }
    return render(request, "funds/closing.html", context)
