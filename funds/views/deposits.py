"""Deposits: the list, a new one with a look at rate, worth and fee before it is posted, and one with its postings."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from alliance.access import find, reader_or_404, require
from alliance.core import clock
from alliance.core.forms import attempt
from alliance.core.requests import submitted
from alliance.pages.lists import Column, listed
from alliance.people.models import DONOR_ROLES
from alliance.people.requests import Request
from funds import permissions
from funds.contributions.matching import Match, parts
from funds.forms.contributions import DepositForm
from funds.forms.filters import ContributionFilter
from funds.models import Agreement, Deposit, Donor, DonorAlias, Pledge, Voucher, VoucherState
from funds.operations.deposits import preview_deposit, record_deposit
from funds.views.accounts import lines_of_entry
from funds.views.pages import narrowed
from funds.views.pledges import asked_pledge

COLUMNS = (
    Column(gettext_lazy("Reference"), lambda d: d.reference),
    Column(gettext_lazy("Donor"), lambda d: d.donor.name),
    Column(gettext_lazy("Window"), lambda d: d.window.code),
    Column(gettext_lazy("Received on"), lambda d: d.received_on),
    Column(gettext_lazy("Currency"), lambda d: d.currency),
    Column(gettext_lazy("Amount"), lambda d: d.amount),
    Column(gettext_lazy("Units for one US dollar"), lambda d: d.rate),
    Column(gettext_lazy("Amount in US dollars"), lambda d: d.amount_usd),
    Column(gettext_lazy("Fee in US dollars"), lambda d: d.fee_usd),
    Column(gettext_lazy("State"), lambda d: str(_("Reversed") if d.is_reversed else _("Received"))),
    Column(gettext_lazy("Reversed on"), lambda d: d.reversed_on),
)
SORTS = {"reference": "reference", "date": "received_on", "donor": "donor__organisation__name_en", "usd": "amount_usd"}


@require_GET
def deposits(request: Request) -> HttpResponseBase:
    user = request.user
    reader_or_404(user.reads_all or user.has_role(*DONOR_ROLES))
    form = ContributionFilter(request.GET)
    rows = narrowed(with_correction(Deposit.ever.visible_to(user), user).for_list(), form, day="received_on")
    may_record = permissions.may_record_money(user)
    return listed(
        request,
        "funds/deposit_list.html",
        rows,
        form=form,
        name="deposits",
        columns=COLUMNS,
        sorts=SORTS,
        may_record=may_record,
    )


def with_correction[Rows: QuerySet](rows: Rows, user: Any) -> Rows:
    """Add the reference of the voucher that reversed the money of a deposit or payment, for whom vouchers exist."""
    vouchers = Voucher.objects.visible_to(user).filter(state=VoucherState.POSTED, posting__entry=OuterRef("entry"))
    return rows.annotate(correction=Subquery(vouchers.values("reference")[:1]))


@require_http_methods(["GET", "POST"])
def deposit_new(request: Request) -> HttpResponse:
    """Two steps on one address: what the bank shows, then a look at what will be posted. Nothing is kept in between."""
    reader_or_404(request.user.reads_all)
    require(permissions.may_record_money(request.user), _("Finance officers record deposits."))
    agreement, pledge = _asked_agreement(request), asked_pledge(request)
    form = _form(request, agreement or pledge)
    promise = {"agreement": agreement, "pledge": pledge}
    if request.method == "POST" and form.is_valid() and "change" not in request.POST:
        filled = {name: value for name, value in form.cleaned_data.items() if name not in ("key", "bank_reference")}
        arrival = attempt(form, preview_deposit, **promise, **filled)
        seen = str(arrival.value.amount_usd) if arrival else ""
        if arrival is not None and request.POST.get("seen") != seen:
            context = {"form": form, "arrival": arrival, "seen": seen, **promise, **matched(arrival.parts(), agreement)}
            return render(request, "funds/deposit_check.html", context)
        if arrival is not None and (
            deposit := attempt(form, record_deposit, by=request.user, **promise, **form.cleaned_data)
        ):
            messages.success(request, _("The deposit %(reference)s is posted.") % {"reference": deposit.reference})
            return redirect(deposit)
    running = [] if agreement or pledge else Agreement.objects.running().for_list()[:50]
    return render(request, "funds/deposit_form.html", {"form": form, "running": running, **promise})


def parts_of(row: Deposit) -> list[Match]:
    """Return what a deposit paid of its agreement's instalments, beside all other deposits."""
    if row.agreement is None:
        return []
    rows = parts(list(row.agreement.instalments.all()), list(row.agreement.deposits.all()), row.agreement.currency)
    return [part for part in rows if part.deposit.pk == row.pk]


def matched(found: list[Match], agreement: Agreement | None) -> dict[str, Any]:
    """Return what a page says of a deposit's match: its parts, and whether it is more than any instalment."""
    amounts = [row.amount for row in agreement.instalments.all()] if agreement else []
    paid = sum((part.amount for part in found), Decimal(0))
    return {"parts": found if amounts else [], "is_larger": bool(amounts) and paid > max(amounts)}


def _form(request: Request, promise: Agreement | Pledge | None) -> DepositForm:
    initial: dict[str, Any] = {"received_on": clock.today()}
    if promise:
        initial["currency"] = promise.currency
    donors = None if promise else Donor.objects.for_list()
    due = promise.instalments.order_by("number").select_related("agreement") if isinstance(promise, Agreement) else None
    agencies = DonorAlias.objects.paying_agencies()
    if promise:
        agencies = agencies.filter(donor=promise.donor)
    return DepositForm(submitted(request), donors=donors, instalments=due, agencies=agencies, initial=initial)


def _asked_agreement(request: Request) -> Agreement | None:
    reference = request.GET.get("agreement")
    rows = Agreement.objects.visible_to(request.user).with_donor().select_related("pledge")
    return find(rows, reference=reference) if reference else None


@require_GET
def deposit(request: Request, reference: str) -> HttpResponse:
    user = request.user
    rows = with_correction(Deposit.ever.visible_to(user), user).with_donor()
    row = find(
        rows.select_related("agreement", "pledge", "instalment", "paying_agency", "entry", "recorded_by"),
        reference=reference,
    )
    context = {
        "deposit": row,
        "lines": lines_of_entry(row.entry_id),
        "may_read_accounts": user.reads_all,
        "may_correct": not row.is_reversed and permissions.may_record_money(user),
        **matched(parts_of(row), row.agreement),
    }
    return render(request, "funds/deposit_detail.html", context)
