"""The funding status, and the postings behind every figure of it."""

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from alliance.access import public
from alliance.rendering.tables import csv_response
from funds.ledger.chart import LINES
from funds.models import Account, Donor, Posting, TrusteeTerm
from funds.statements.direct_costs import cost_share
from funds.statements.funding_status import FundingStatus, StatusRow, funding_status
from funds.statements.windows import windows
from reporting import postings as found
from reporting.flow import money_flow
from reporting.paging import page_of
from reporting.statements.forms import AsOf

NAMED = {code: line.label for code, line in LINES.items()}


class Between(AsOf):
    """The days that postings are asked for."""

    since = forms.DateField(required=False)


@public
@require_safe
def money(request: HttpRequest) -> HttpResponse:
    """The live statement: sources, uses and balances as of a day, windows, donors, and the picture of the flow."""
    form = AsOf(request.GET or None)
    day = form.day
    status = funding_status(day)
    context = {
        "form": form,
        "status": status,
        "rows": [(row, _address(row, status)) for row in status.rows],
        "seed_url": _address(status.seed, status),
        "share": cost_share(status),
        "term": TrusteeTerm.objects.on(day),
        "windows": windows(day),
        "donors": Donor.objects.public().with_totals(day).for_list(),
        "flow": money_flow(day),
    }
    return render(request, "reporting/money.html", context)


def _address(row: StatusRow, status: FundingStatus) -> str:
    """Return where the postings behind a row are; a total has none of its own."""
    if row.code not in found.FLOWS:
        return ""
    return f"{reverse('reporting:postings')}?row={row.code}&as_of={status.as_of.isoformat()}"


@public
@require_safe
def postings(request: HttpRequest) -> HttpResponseBase:
    """Postings, newest first: all, or those of an account, of a project, or behind a figure; as a page or all as CSV."""
    asked = {name: request.GET.get(name, "") for name in ("account", "project", "row", *found.NARROWED)}
    form = Between(request.GET)
    day = form.day
    since = form.cleaned_data["since"] if form.is_valid() else None
    rows = found.narrowed(_chosen(asked).filter(effective_on__lte=day), asked)
    rows = rows.filter(effective_on__gte=since) if since else rows
    if request.GET.get("format") == "csv":
        return csv_response(found.COLUMNS, found.written(rows), f"postings-{day.isoformat()}")
    page = page_of(found.for_list(rows).order_by("-effective_on", "-pk"), request)
    account = Account.objects.filter(code=asked["account"]).first() if asked["account"] else None
    context = {
        "day": day,
        "since": since,
        "asked": asked,
        "narrowed": found.said(asked),
        "page": page,
        "lines": found.lines(page.object_list),
        "subject": NAMED.get(asked["row"])
        or (account and found.AccountNames([account]).name(account))
        or asked["project"],
        "total": found.total(rows) if asked["row"] or account else None,
    }
    return render(request, "reporting/postings.html", context)


def _chosen(asked: dict[str, str]) -> QuerySet[Posting]:
    if asked["row"]:
        if asked["row"] not in found.FLOWS:
            raise Http404
        return found.behind(asked["row"])
    if asked["account"]:
        return found.of_account(asked["account"])
    return found.of_project(asked["project"]) if asked["project"] else Posting.objects.all()
