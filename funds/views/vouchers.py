"""Vouchers: the list, a new one by kind, and one with what it would move, its steps and its postings."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alliance.access import find, reader_or_404, require
from alliance.accounts.again import asked_again
from alliance.core import clock, formats
from alliance.core.display import Step
from alliance.core.forms import attempt, new_key
from alliance.core.requests import submitted
from alliance.pages.acts import press
from alliance.pages.lists import Column, listed
from alliance.people.four_eyes import require_another
from alliance.people.requests import Request
from alliance.records.files import serve
from funds import permissions
from funds.forms.contributions import ReasonForm
from funds.forms.filters import VoucherFilter
from funds.forms.vouchers import VoucherForm
from funds.models import Consent, Voucher, VoucherKind, VoucherState
from funds.operations.voucher_kinds import preview_voucher
from funds.operations.vouchers import authorise_voucher, cancel_voucher, prepare_voucher
from funds.statements.direct_costs import CostShare, cost_share
from funds.statements.funding_status import funding_status
from funds.views.accounts import lines_of_entry
from funds.views.pages import form_act, narrowed

COLUMNS = (
    Column(gettext_lazy("Reference"), lambda v: v.reference),
    Column(gettext_lazy("Kind"), lambda v: str(v.get_kind_display())),
    Column(gettext_lazy("About"), lambda v: about(v)),
    Column(gettext_lazy("Amount in US dollars"), lambda v: v.amount),
    Column(gettext_lazy("Effective on"), lambda v: v.effective_on),
    Column(gettext_lazy("State"), lambda v: str(v.get_state_display())),
    Column(gettext_lazy("Prepared by"), lambda v: str(v.prepared_by)),
    Column(gettext_lazy("Authorised by"), lambda v: str(v.authorised_by or "")),
    Column(gettext_lazy("Reason"), lambda v: v.reason),
)
SORTS = {"reference": "reference", "kind": "kind", "usd": "amount", "date": "effective_on", "state": "state"}
PURPOSES = (
    (VoucherKind.INTEREST_FUND, gettext_lazy("Into a window’s pool, as the fund’s own income.")),
    (VoucherKind.INTEREST_PARTNERS, gettext_lazy("Sent in by partners on money they held; the fund’s own income.")),
    (VoucherKind.DIRECT_COST, gettext_lazy("What the secretariat costs; borne by the pool’s sources in proportion.")),
    (VoucherKind.BANK_CHARGES, gettext_lazy("As on the bank’s statement; borne by the pool’s sources in proportion.")),
    (VoucherKind.OTHER_FUND, gettext_lazy("To a fund outside the Alliance; name it and the decision in the reason.")),
    (
        VoucherKind.REFUND_SENT,
        gettext_lazy("A partner has sent unspent money back; it is in transit until it arrives."),
    ),
    (VoucherKind.REFUND_RECEIVED, gettext_lazy("A refund in transit has arrived; the project holds the money again.")),
    (VoucherKind.DONOR_REFUND, gettext_lazy("Unallocated money back to its donor, out of the donor’s own stake.")),
    (VoucherKind.RELEASE, gettext_lazy("From a project back to the pools and sources that the money came from.")),
    (VoucherKind.WINDOW_TRANSFER, gettext_lazy("From one pool to another, with its donors’ consent where earmarked.")),
    (
        VoucherKind.REVERSAL,
        gettext_lazy("The mirror image of a posting that was wrong; the wrong one stays on record."),
    ),
)


@require_GET
def vouchers(request: Request) -> HttpResponseBase:
    reader_or_404(request.user.reads_all)
    form = VoucherFilter(request.GET)
    rows = narrowed(
        Voucher.objects.visible_to(request.user).for_list(), form, day="effective_on", unearmarked_unnamed=False
    )
    if form.is_valid() and form.cleaned_data["kind"]:
        rows = rows.filter(kind=form.cleaned_data["kind"])
    may_prepare = permissions.may_record_money(request.user)
    return listed(
        request,
        "funds/voucher_list.html",
        rows,
        form=form,
        name="vouchers",
        columns=COLUMNS,
        sorts=SORTS,
        may_prepare=may_prepare,
    )


def about(row: Voucher) -> str:
    """Say in a few words what a voucher is about. A list brings what this needs."""
    if row.posting:
        return f"{row.posting.credit.code} → {row.posting.debit.code}"
    named = [row.window, row.destination, row.project, row.organisation, row.donor]
    parts = [part if isinstance(part, str) else getattr(part, "code", None) or part.name for part in named if part]
    return (" → " if row.destination else ", ").join(parts)


def _require_preparer(request: Request) -> None:
    reader_or_404(request.user.reads_all)
    require(permissions.may_record_money(request.user), _("Finance officers prepare vouchers."))


@require_GET
def voucher_new(request: Request) -> HttpResponse:
    """Choose the kind first."""
    _require_preparer(request)
    kinds = [(kind.label, said, reverse("funds:voucher_kind", args=[kind])) for kind, said in PURPOSES]
    return render(request, "funds/voucher_kinds.html", {"kinds": kinds})


@require_http_methods(["GET", "POST"])
def voucher_kind(request: Request, kind: str) -> HttpResponse:
    """The form of one kind, beside what can be moved now."""
    _require_preparer(request)
    if kind not in VoucherKind.values:
        raise Http404
    asked = {name: value for name, value in request.GET.items() if name in ("window", "partner", "account", "posting")}
    form = VoucherForm(submitted(request), request.FILES or None, kind=kind, initial={"on": clock.today(), **asked})
    if request.method == "POST" and form.is_valid():
        made = attempt(form, prepare_voucher, by=request.user, **form.cleaned_data)
        if made is not None:
            messages.success(
                request, _("The voucher %(reference)s waits for another person.") % {"reference": made.reference}
            )
            return redirect(made)
    context = {
        "form": form,
        "title": VoucherKind(kind).label,
        "lead": dict(PURPOSES)[VoucherKind(kind)],
        "share": cost_share(funding_status()) if kind == VoucherKind.DIRECT_COST else None,
        "now": clock.now(),
    }
    return render(request, "funds/voucher_form.html", context)


def found(request: Request, reference: str) -> Voucher:
    rows = Voucher.objects.visible_to(request.user).for_list()
    return find(rows.select_related("cancelled_by", "document", "entry", "posting__entry"), reference=reference)


@require_GET
def voucher(request: Request, reference: str) -> HttpResponse:
    row, user = found(request, reference), request.user
    prepared, own = row.state == VoucherState.PREPARED, row.prepared_by_id == user.pk
    context = {
        "voucher": row,
        "about": about(row),
        "consents": ", ".join(consent.donor.name for consent in _consents(row)),
        "steps": steps(row),
        "preview": preview_voucher(row) if prepared else None,
        "share": _share_with(row) if prepared else None,
        "lines": lines_of_entry(row.entry_id) if row.entry_id else [],
        "key": new_key(),
        "now": clock.now(),
        "may_authorise": prepared and not own and permissions.may_authorise(user),
        "waits_for_another": prepared and own,
        "may_cancel": prepared and permissions.may_authorise(user),
        "may_read_accounts": user.reads_all,
    }
    return render(request, "funds/voucher_detail.html", context)


def _consents(row: Voucher) -> QuerySet[Consent]:
    return row.consents.select_related("donor__organisation").order_by("pk")


def _share_with(row: Voucher) -> CostShare | None:
    """Return the secretariat's share of spending with this cost posted."""
    if row.kind != VoucherKind.DIRECT_COST:
        return None
    return cost_share(funding_status(), row.amount)


def steps(row: Voucher) -> list[Step]:
    """Return prepared, and authorised and posted, as a step list with who and when; what is cancelled has no step to come."""

    def said(at: Any, by: Any) -> str:
        return f"{formats.short_date(at)}, {by}" if at else ""

    done = said(row.authorised_at, row.authorised_by)
    prepared = Step(pgettext("voucher", "Prepared"), "done", note=said(row.prepared_at, row.prepared_by))
    posted = Step(_("Authorised and posted"), "done" if done else "current", note=done)
    return [prepared] if row.state == VoucherState.CANCELLED else [prepared, posted]


@require_POST
@asked_again
def voucher_authorise(request: Request, reference: str) -> HttpResponse:
    row = found(request, reference)
    require_another(request.user, row.prepared_by_id)
    said = _("The voucher is authorised and posted.")
    press(request, authorise_voucher, said, voucher=row)
    return redirect(row)


@require_http_methods(["GET", "POST"])
def voucher_cancel(request: Request, reference: str) -> HttpResponse:
    row = found(request, reference)
    require(permissions.may_authorise(request.user), _("A finance officer or the head cancels vouchers."))
    return form_act(
        request,
        ReasonForm(submitted(request)),
        cancel_voucher,
        title=_("Cancel the voucher %(reference)s") % {"reference": row.reference},
        lead=_("Nothing was posted yet. The voucher stays on record, marked as cancelled."),
        submit=_("Cancel the voucher"),
        said=_("The voucher is cancelled."),
        back=row.get_absolute_url(),
        crumbs=[(_("Vouchers"), reverse("funds:vouchers")), (row.reference, row.get_absolute_url())],
        voucher=row,
    )


@require_GET
def voucher_document(request: Request, reference: str) -> HttpResponseBase:
    row = found(request, reference)
    if row.document is None:
        raise Http404
    return serve(row.document)
