"""The fund itself: windows and statuses, periods, rates of exchange."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alliance.access import find, reader_or_404, require
from alliance.core import clock
from alliance.core.forms import new_key
from alliance.core.requests import submitted
from alliance.pages.acts import press
from alliance.pages.lists import paged
from alliance.people.requests import Request
from funds import permissions
from funds.forms.contributions import FundStatusForm, RateForm, StatusForm
from funds.models import Act, Fund, FundStatus, Period, Rate, TrusteeTerm, Window
from funds.operations.fund import close_period, record_rate, set_fund_status, set_window_status
from funds.statements.windows import windows as window_lines
from funds.views.pages import form_act


@require_GET
def windows(request: Request) -> HttpResponse:
    reader_or_404(permissions.may_read_accounts(request.user))
    fund = Fund.objects.the()
    context = {
        "fund": fund,
        "acts": [(act.label, fund.allows(act)) for act in Act],
        "lines": window_lines(),
        "as_of": clock.today(),
        "may_set": permissions.may_set_status(request.user),
        "terms": TrusteeTerm.objects.for_list(),
        "may_appoint": permissions.may_appoint_trustee(request.user),
        "statuses": [(label, value == fund.status) for value, label in FundStatus.choices],
    }
    return render(request, "funds/window_list.html", context)


@require_http_methods(["GET", "POST"])
def fund_status(request: Request) -> HttpResponse:
    reader_or_404(permissions.may_read_accounts(request.user))
    require(permissions.may_set_status(request.user), _("The head of the secretariat sets the fund's status."))
    fund = Fund.objects.the()
    return form_act(
        request,
        FundStatusForm(submitted(request), row=fund, initial={"on": clock.today()}),
        set_fund_status,
        title=_("Status of the fund"),
        lead=_("Each status allows certain acts only. The change is recorded and public."),
        submit=_("Change the status"),
        said=_("The fund's status is changed."),
        back=reverse("funds:windows"),
        crumbs=[(_("Fund and windows"), reverse("funds:windows"))],
    )


@require_http_methods(["GET", "POST"])
def window_status(request: Request, code: str) -> HttpResponse:
    reader_or_404(permissions.may_read_accounts(request.user))
    require(permissions.may_set_status(request.user), _("The head of the secretariat sets a window's status."))
    window = find(Window.objects.all(), code=code)
    return form_act(
        request,
        StatusForm(submitted(request), row=window),
        set_window_status,
        title=_("Status of window %(code)s") % {"code": window.code},
        lead=_("Money is allocated from open windows only. The change is recorded and public."),
        submit=_("Change the status"),
        said=_("The window's status is changed."),
        back=reverse("funds:windows"),
        crumbs=[(_("Fund and windows"), reverse("funds:windows"))],
        window=window,
    )


@require_GET
def periods(request: Request) -> HttpResponse:
    reader_or_404(permissions.may_read_accounts(request.user))
    today = clock.today()
    page = paged(request, Period.objects.in_use(today).select_related("closed_by"))
    may_close = permissions.may_close_period(request.user)
    return render(
        request, "funds/period_list.html", {"page": page, "today": today, "may_close": may_close, "key": new_key()}
    )


@require_POST
def period_close(request: Request, code: str) -> HttpResponse:
    reader_or_404(permissions.may_read_accounts(request.user))
    period = find(Period.objects.all(), code=code)
    said = _("The period is closed: nothing can be posted in it any more.")
    press(request, close_period, said, period=period)
    return redirect("funds:periods")


@require_GET
def rates(request: Request) -> HttpResponse:
    reader_or_404(permissions.may_read_accounts(request.user))
    currency = request.GET.get("currency", "")
    rows = Rate.objects.for_list()
    rows = rows.filter(currency=currency) if currency else rows
    context = {
        "page": paged(request, rows),
        "currencies": Rate.objects.order_by("currency").values_list("currency", flat=True).distinct(),
        "currency": currency,
        "may_record": permissions.may_record_money(request.user),
    }
    return render(request, "funds/rate_list.html", context)


@require_http_methods(["GET", "POST"])
def rate_new(request: Request) -> HttpResponse:
    reader_or_404(permissions.may_read_accounts(request.user))
    require(permissions.may_record_money(request.user), _("Finance officers enter rates of exchange."))
    return form_act(
        request,
        RateForm(submitted(request), initial={"on": clock.today()}),
        record_rate,
        title=_("Enter a rate of exchange"),
        lead=_("Rates are units of a currency for one US dollar. A rate stays as it was entered."),
        submit=_("Enter the rate"),
        said=_("The rate is entered."),
        back=reverse("funds:rates"),
        crumbs=[(_("Rates of exchange"), reverse("funds:rates"))],
    )
