"""Contribution agreements: the list, a new one on a pledge or alone, and one with its instalments."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
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
from funds.contributions import amounts
from funds.contributions.agreements import received_in_own_currency_of
from funds.contributions.fees import default_fee_percent
from funds.contributions.matching import standings
from funds.forms.contributions import AgreementForm, InstalmentFormSet, ReasonForm
from funds.forms.filters import AgreementFilter
from funds.models import Agreement, AgreementState, Donor, Instalment, Pledge
from funds.operations.agreements import cancel_agreement, sign_agreement
from funds.views.pages import form_act, narrowed
from funds.views.pledges import asked_pledge

COLUMNS = (
    Column(gettext_lazy("Reference"), lambda a: a.reference),
    Column(gettext_lazy("Donor"), lambda a: a.donor.name),
    Column(gettext_lazy("Pledge"), lambda a: a.pledge.reference if a.pledge else ""),
    Column(gettext_lazy("Window"), lambda a: a.window.code if a.window else "GEN"),
    Column(gettext_lazy("Signed on"), lambda a: a.signed_on),
    Column(gettext_lazy("Currency"), lambda a: a.currency),
    Column(gettext_lazy("Amount"), lambda a: a.amount),
    Column(gettext_lazy("Amount in US dollars"), lambda a: a.amount_usd),
    Column(gettext_lazy("State"), lambda a: str(a.get_state_display())),
)
SORTS = {"reference": "reference", "date": "signed_on", "donor": "donor__organisation__name_en", "usd": "amount_usd"}


@require_GET
def agreements(request: Request) -> HttpResponseBase:
    user = request.user
    reader_or_404(user.reads_all or user.has_role(*DONOR_ROLES))
    form = AgreementFilter(request.GET)
    rows = narrowed(Agreement.objects.visible_to(user).for_list(), form, day="signed_on")
    may_sign = permissions.may_record_money(user)
    return listed(
        request,
        "funds/agreement_list.html",
        rows,
        form=form,
        name="agreements",
        columns=COLUMNS,
        sorts=SORTS,
        may_sign=may_sign,
    )


@require_http_methods(["GET", "POST"])
def agreement_new(request: Request) -> HttpResponse:
    reader_or_404(request.user.reads_all)
    require(permissions.may_record_money(request.user), _("Finance officers record agreements."))
    pledge = asked_pledge(request)
    typed = submitted(request)
    donors = Donor.objects.for_list()
    form = AgreementForm(typed, donors=donors, pledge=pledge, initial=_initial(pledge))
    instalments = InstalmentFormSet(typed if typed and "form-TOTAL_FORMS" in typed else None)
    sent = request.method == "POST" and form.is_valid() and instalments.is_valid()
    if sent and (agreement := _sign(request, form, instalments, pledge)):
        messages.success(request, _("The agreement %(reference)s is recorded.") % {"reference": agreement.reference})
        return redirect(agreement)
    context = {"form": form, "instalments": instalments, "pledge": pledge, "open_pledges": _open_pledges(pledge)}
    return render(request, "funds/agreement_form.html", context)


def _open_pledges(pledge: Pledge | None) -> list[Pledge]:
    return [] if pledge else list(Pledge.objects.without_agreement().for_list()[:50])


def _initial(pledge: Pledge | None) -> dict[str, Any]:
    first = {"fee_percent": default_fee_percent(clock.today()), "signed_on": clock.today()}
    if pledge is None:
        return first
    amount = "" if pledge.amount is None else amounts.written(pledge.amount, pledge.currency)
    return first | {"amount": amount, "currency": pledge.currency, "window": pledge.window}


def _sign(request: Request, form: AgreementForm, instalments: Any, pledge: Pledge | None) -> Agreement | None:
    filled = dict(form.cleaned_data)
    if pledge is not None:
        filled["donor"] = pledge.donor
    due = [(row["due_on"], row["amount"]) for row in instalments.cleaned_data if row.get("amount")]
    return attempt(form, sign_agreement, by=request.user, pledge=pledge, instalments=due, **filled)


@require_GET
def agreement(request: Request, reference: str) -> HttpResponse:
    rows = Agreement.objects.visible_to(request.user).with_donor().select_related("pledge", "recorded_by")
    row = find(rows, reference=reference)
    came = list(row.deposits(manager="ever").order_by("received_on", "pk"))
    deposits = [one for one in came if not one.is_reversed]
    received = received_in_own_currency_of(row)
    may_record = permissions.may_record_money(request.user)
    context = {
        "agreement": row,
        "deposits": came,
        "received": received,
        "outstanding": outstanding(row, received),
        "due": standings(list(row.instalments.all()), deposits, row.currency, clock.today()),
        "amendments": row.amendments.order_by("-number").prefetch_related(
            Prefetch("replaced", Instalment.ever.order_by("number"))
        ),
        "documents": row.documents.select_related("file").order_by("pk"),
        "may_receive": row.state == AgreementState.SIGNED and may_record,
        "may_cancel": row.state == AgreementState.SIGNED and permissions.may_write_off(request.user),
        "may_amend": row.state == AgreementState.SIGNED and may_record and row.amount is not None,
        "may_attach": may_record,
    }
    return render(request, "funds/agreement_detail.html", context)


def outstanding(row: Agreement, received: Decimal | None) -> Decimal | None:
    """Return what is still to come, in the agreement's currency; None where that is unknown or nothing."""
    if row.amount is None or received is None or row.state != AgreementState.SIGNED:
        return None
    return max(row.amount - received, Decimal(0))


@require_http_methods(["GET", "POST"])
def agreement_cancel(request: Request, reference: str) -> HttpResponse:
    row = find(Agreement.objects.visible_to(request.user).with_donor(), reference=reference)
    require(permissions.may_write_off(request.user), _("Finance officers and the head cancel agreements."))
    return form_act(
        request,
        ReasonForm(submitted(request)),
        cancel_agreement,
        title=_("Cancel the agreement %(reference)s") % {"reference": row.reference},
        lead=_("No more deposits can be booked on it; those received stay."),
        submit=_("Cancel the agreement"),
        said=_("The agreement is cancelled."),
        back=row.get_absolute_url(),
        crumbs=[(_("Agreements"), reverse("funds:agreements")), (row.reference, row.get_absolute_url())],
        agreement=row,
    )
