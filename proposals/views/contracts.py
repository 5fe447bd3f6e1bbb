"""Contracts: the list, one contract with its tranches and reports, drafting, offering, signing."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alliance.access import find, require
from alliance.accounts.again import asked_again
from alliance.core.forms import attempt, new_key
from alliance.core.requests import submitted
from alliance.pages.acts import carry_out, press
from alliance.pages.filters import ListFilter
from alliance.pages.lists import paged
from alliance.people.models import Organisation
from alliance.people.requests import Request
from alliance.records import files
from alliance.rendering import pdf
from proposals import permissions
from proposals.contract_document.jobs import document_rows, documents_of, request_document
from proposals.drafting import first_terms, stored_terms
from proposals.forms.contracts import ContractForm, LanguageForm, SignForm
from proposals.models import Contract, Project
from proposals.operations import (
    cancel_contract,
    draft_contract,
    offer_contract,
    prepare_tranche,
    revise_contract,
    sign_contract,
)
from proposals.operations.contracts import committed
from proposals.operations.projects import blocks, standing
from proposals.sections.tables import split_paragraphs
from proposals.views.pages import with_reason

DOCUMENTS = 30


def load(request: Request, reference: str) -> Contract:
    rows = Contract.objects.visible_to(request.user)
    related = ("project__version", "partner", "partner_signed_by", "alliance_signed_by")
    return find(rows.select_related(*related), reference=reference)


@require_GET
def contract_list(request: Request) -> HttpResponse:
    """Contracts of one's own organisation, or all of them for those who read all."""
    form = ListFilter(request.GET, Contract.State.choices)
    rows = form.chosen(Contract.objects.visible_to(request.user), "project__title", "reference")
    page = paged(request, rows.for_list())
    return render(request, "proposals/contract_list.html", {"page": page, "form": form})


@require_GET
def contract(request: Request, reference: str) -> HttpResponse:
    """A contract: what it says, its signatures, reports due, tranches, and its documents as they are being made."""
    row = load(request, reference)
    if request.htmx:
        return render(request, "proposals/contract.html#documents", {"contract": row} | documents_in(row))
    return render(request, "proposals/contract.html", page_of(request, row, SignForm()))


def page_of(request: Request, row: Contract, form: SignForm) -> dict[str, Any]:
    prepares = permissions.may_prepare_payments(request.user)
    tranches, held = [], standing(row, row.project)
    for tranche in row.tranches.select_related("payment", "report_required").order_by("number"):
        reasons = blocks(tranche, row, row.project, held)
        tranches.append({"row": tranche, "reasons": reasons, "may_prepare": prepares and not reasons, "key": new_key()})
    parts = [
        (_("Objectives"), split_paragraphs(row.objectives)),
        (_("Nature of the tasks"), split_paragraphs(row.tasks)),
        (_("Expected results"), split_paragraphs(row.expected_results)),
    ]
    return {
        "contract": row,
        "parts": parts,
        "tranches": tranches,
        "reports": list(row.reports.order_by("number")),
        "form": form,
        "key": new_key(),
        "may_draft": permissions.may_draft_contracts(request.user),
        "signs_for": side_of(request, row),
        **documents_in(row),
    }


def documents_in(row: Contract) -> dict[str, Any]:
    """Return the contract's documents, and what asking for another needs."""
    asked = list(documents_of(row)[:DOCUMENTS])
    return {
        "documents": document_rows(asked, row),
        "is_busy": any(job.is_open for job in asked),
        "languages": settings.LANGUAGES,
        "missing_parts": ", ".join(pdf.missing_parts()),
    }


def side_of(request: Request, row: Contract) -> str:
    """Return the side that this person can sign for now, or nothing."""
    if row.state != Contract.State.OFFERED:
        return ""
    if permissions.may_sign_for_partner(request.user, row) and row.partner_signed_at is None:
        return "partner"
    if permissions.may_sign_for_alliance(request.user) and row.alliance_signed_at is None:
        return "alliance"
    return ""


@require_http_methods(["GET", "POST"])
def contract_new(request: Request, reference: str, slug: str) -> HttpResponse:
    """Draft a contract with a partner of a project, from the words that were approved."""
    project = find(Project.objects.visible_to(request.user).select_related("version"), reference=reference)
    require(permissions.may_draft_contracts(request.user), _("Contracts are drafted by the secretariat’s officers."))
    partner = find(Organisation.objects.filter(slug__in=project.version.parties()), slug=slug)
    form = ContractForm(submitted(request), terms=first_terms(project, partner, project.amount - committed(project)))
    said = _("The draft is kept. Read it, then offer it for signature.")
    if made := carry_out(request, form, draft_contract, said, project=project, partner=partner):
        return redirect(made)
    context = {"project": project, "partner": partner, "form": form}
    return render(request, "proposals/contract_form.html", context)


@require_http_methods(["GET", "POST"])
def contract_edit(request: Request, reference: str) -> HttpResponse:
    """Change a draft."""
    row = load(request, reference)
    require(permissions.may_draft_contracts(request.user), _("Contracts are drafted by the secretariat’s officers."))
    if request.method == "GET" and row.state != Contract.State.DRAFT:
        return redirect(row)
    form = ContractForm(submitted(request), terms=stored_terms(row))
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(form, revise_contract, by=request.user, contract=row, terms=form.terms()) is not None
    ):
        messages.success(request, _("The draft is changed."))
        return redirect(row)
    context = {"project": row.project, "partner": row.partner, "contract": row, "form": form}
    return render(request, "proposals/contract_form.html", context)


@require_POST
def offer(request: Request, reference: str) -> HttpResponse:
    """Offer a draft for signature."""
    row = load(request, reference)
    require(permissions.may_draft_contracts(request.user), _("Contracts are drafted by the secretariat’s officers."))
    press(request, offer_contract, _("Offered for signature to both sides."), contract=row)
    return redirect(row)


@require_POST
@asked_again
def sign(request: Request, reference: str) -> HttpResponse:
    """Sign for one's own side."""
    row = load(request, reference)
    require(
        permissions.may_sign_for_partner(request.user, row) or permissions.may_sign_for_alliance(request.user),
        _("Contracts are signed by the partner’s signatory and by the head of the secretariat."),
    )
    form = SignForm(request.POST)
    if carry_out(request, form, sign_contract, _("Signed."), contract=row):
        return redirect(row)
    return render(request, "proposals/contract.html", page_of(request, load(request, reference), form))


@require_http_methods(["GET", "POST"])
def cancel(request: Request, reference: str) -> HttpResponse:
    """Give up a contract that is not signed on both sides."""
    row = load(request, reference)
    require(permissions.may_draft_contracts(request.user), _("Contracts are drafted by the secretariat’s officers."))
    return with_reason(
        request, cancel_contract, row, contract=row, title=_("Cancel %(reference)s") % {"reference": row.reference},
        submit=_("Cancel the contract"), done=_("The contract is cancelled."),
    )  # fmt: skip


@require_POST
def tranche_prepare(request: Request, reference: str, number: int) -> HttpResponse:
    """Prepare the payment of a tranche; another officer authorises it."""
    row = load(request, reference)
    tranche = find(row.tranches.all(), number=number)
    if payment := press(request, prepare_tranche, tranche=tranche):
        said = _("Payment %(reference)s is prepared. Another officer authorises it.")
        messages.success(request, said % {"reference": payment.reference})
    return redirect(row)


@require_POST
def document_ask(request: Request, reference: str) -> HttpResponse:
    """Ask for the contract as a document; the contract's page shows how far it is."""
    row = load(request, reference)
    form = LanguageForm(request.POST)
    if form.is_valid():
        request_document(by=request.user, contract=row, language=form.cleaned_data["language"])
    else:
        messages.error(request, _("Choose one of the portal’s languages."))
    return redirect(f"{row.get_absolute_url()}#documents")


@require_GET
def document_file(request: Request, reference: str, uid: UUID) -> HttpResponseBase:
    """A finished document of a contract, for those who may see the contract."""
    row = load(request, reference)
    return files.serve(find(documents_of(row).done(), uid=uid).document)
