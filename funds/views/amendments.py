"""Amending a pledge or an agreement, and the papers of an agreement."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from alliance.access import find, require
from alliance.core import clock
from alliance.core.forms import attempt
from alliance.core.requests import submitted, uploaded
from alliance.people.requests import Request
from alliance.records import files
from alliance.records.models import StoredFile
from funds import permissions
from funds.contributions import amounts
from funds.forms.contributions import InstalmentFormSet
from funds.forms.donors import AgreementAmendmentForm, DocumentForm, PledgeAmendmentForm
from funds.models import Agreement, Pledge
from funds.operations.amendments import amend_agreement, amend_pledge, attach_agreement_document
from funds.views.pages import form_act


@require_http_methods(["GET", "POST"])
def pledge_amend(request: Request, reference: str) -> HttpResponse:
    row = find(Pledge.objects.visible_to(request.user).with_donor(), reference=reference)
    require(
        permissions.may_amend_pledge(request.user, row.donor.organisation_id),
        _("A pledge is amended by its donor's signatory or by the secretariat."),
    )
    first = {name: getattr(row, name) for name in ("window", "pledged_on", "conditions", "event")}
    first["amount"] = _written(row)
    return form_act(
        request,
        PledgeAmendmentForm(submitted(request), pledge=row, initial=first),
        amend_pledge,
        title=_("Amend the pledge %(reference)s") % {"reference": row.reference},
        lead=_("What it says now stays on record as a numbered amendment, with the reason."),
        submit=_("Amend the pledge"),
        said=_("The pledge is amended."),
        back=row.get_absolute_url(),
        crumbs=[(_("Pledges"), reverse("funds:pledges")), (row.reference, row.get_absolute_url())],
        pledge=row,
    )


def _written(row: Pledge | Agreement) -> str:
    return "" if row.amount is None else amounts.written(row.amount, row.currency)


def found(request: Request, reference: str) -> Agreement:
    row = find(Agreement.objects.visible_to(request.user).with_donor(), reference=reference)
    require(permissions.may_record_money(request.user), _("Finance officers record agreements."))
    return row


@require_http_methods(["GET", "POST"])
def agreement_amend(request: Request, reference: str) -> HttpResponse:
    row = found(request, reference)
    typed = submitted(request)
    now = [
        {"due_on": one.due_on, "amount": amounts.written(one.amount, row.currency)}
        for one in row.instalments.order_by("number")
    ]
    form = AgreementAmendmentForm(typed, agreement=row, initial={"amount": _written(row), "signed_on": clock.today()})
    instalments = InstalmentFormSet(typed if typed and "form-TOTAL_FORMS" in typed else None, initial=now)
    sent = request.method == "POST" and form.is_valid() and instalments.is_valid()
    if sent and _amend(request, form, instalments, row):
        messages.success(request, _("The agreement is amended."))
        return redirect(row)
    return render(request, "funds/agreement_amend.html", {"form": form, "instalments": instalments, "agreement": row})


def _amend(request: Request, form: AgreementAmendmentForm, instalments: Any, row: Agreement) -> Any:
    due = [(one["due_on"], one["amount"]) for one in instalments.cleaned_data if one.get("amount")]
    return attempt(form, amend_agreement, by=request.user, agreement=row, instalments=due, **form.cleaned_data)


@require_http_methods(["GET", "POST"])
def agreement_document_new(request: Request, reference: str) -> HttpResponse:
    row = found(request, reference)
    return form_act(
        request,
        DocumentForm(submitted(request), uploaded(request)),
        attach_agreement_document,
        title=_("Add a document to the agreement %(reference)s") % {"reference": row.reference},
        lead=_("Whoever may read the agreement may read it. A document that was added stays."),
        submit=_("Add the document"),
        said=_("The document is added."),
        back=row.get_absolute_url(),
        crumbs=[(_("Agreements"), reverse("funds:agreements")), (row.reference, row.get_absolute_url())],
        agreement=row,
    )


@require_GET
def agreement_document(request: Request, reference: str, uid: UUID) -> HttpResponseBase:
    row = find(Agreement.objects.visible_to(request.user), reference=reference)
    return files.serve(find(StoredFile.objects.filter(pk__in=row.documents.values("file")), uid=uid))
