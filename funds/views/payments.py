"""Payments: the list, and one with what its next person can do. They are prepared where the reason for them lives."""

from datetime import date

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alliance.access import find, reader_or_404, require
from alliance.accounts.again import asked_again
from alliance.core import clock, formats
from alliance.core.display import Step
from alliance.core.forms import new_key
from alliance.core.requests import submitted
from alliance.pages.acts import press
from alliance.pages.lists import Column, listed
from alliance.people.four_eyes import require_another
from alliance.people.models import PARTNER_ROLES
from alliance.people.requests import Request
from funds import permissions
from funds.forms.contributions import PayForm, ReasonForm
from funds.forms.filters import PaymentFilter
from funds.models import Payment, PaymentState
from funds.operations.payments import (
    acknowledge_payment,
    authorise_payment,
    cancel_payment,
    pay_payment,
)
from funds.views.accounts import lines_of_entry
from funds.views.deposits import with_correction
from funds.views.pages import form_act, narrowed

COLUMNS = (
    Column(gettext_lazy("Reference"), lambda p: p.reference),
    Column(gettext_lazy("Payee"), lambda p: p.payee.name),
    Column(gettext_lazy("Purpose"), lambda p: p.purpose),
    Column(gettext_lazy("Amount in US dollars"), lambda p: p.amount),
    Column(gettext_lazy("State"), lambda p: str(p.get_state_display())),
    Column(gettext_lazy("Paid on"), lambda p: p.paid_on),
)
SORTS = {"reference": "reference", "payee": "payee__name_en", "usd": "amount", "date": "paid_on"}


@require_GET
def payments(request: Request) -> HttpResponseBase:
    user = request.user
    reader_or_404(user.reads_all or user.has_role(*PARTNER_ROLES))
    form = PaymentFilter(request.GET)
    rows = narrowed(Payment.objects.visible_to(user).for_list(), form, day="paid_on")
    return listed(request, "funds/payment_list.html", rows, form=form, name="payments", columns=COLUMNS, sorts=SORTS)


def found(request: Request, reference: str) -> Payment:
    rows = with_correction(Payment.objects.visible_to(request.user).for_list(), request.user)
    rows = rows.select_related(
        "debit", "credit", "payee", "prepared_by", "authorised_by", "paid_by", "acknowledged_by", "entry"
    )
    return find(rows, reference=reference)


@require_GET
def payment(request: Request, reference: str) -> HttpResponse:
    row, user = found(request, reference), request.user
    prepared = row.state == PaymentState.PREPARED
    own = row.prepared_by_id == user.pk
    context = {
        "payment": row,
        "steps": steps(row),
        "lines": lines_of_entry(row.entry_id) if row.entry_id else [],
        "key": new_key(),
        "may_authorise": prepared and not own and permissions.may_authorise(user),
        "waits_for_another": prepared and own,
        "may_pay": row.state == PaymentState.AUTHORISED and permissions.may_record_money(user),
        "may_cancel": row.state in Payment.TRANSITIONS["cancel"].sources and permissions.may_authorise(user),
        "may_confirm": row.state == PaymentState.PAID and permissions.may_confirm_receipt(user, row.payee_id),
        "may_read_accounts": user.reads_all,
    }
    return render(request, "funds/payment_detail.html", context)


def steps(row: Payment) -> list[Step]:
    """Return prepared, authorised, paid, confirmed as a step list with who and when; what is over has no step to come."""

    def said(at: date | None, by: object) -> str:
        return f"{formats.short_date(at)}, {by}" if at else ""

    made = [
        (_("Prepared"), said(row.prepared_at, row.prepared_by)),
        (_("Authorised"), said(row.authorised_at, row.authorised_by)),
        (_("Paid"), said(row.paid_on, row.paid_by)),
        (_("Receipt confirmed"), said(row.acknowledged_at, row.acknowledged_by)),
    ]
    done = [Step(label, "done", note=note) for label, note in made if note]
    to_come = [] if row.is_over else [label for label, note in made if not note]
    return done + [Step(label, "todo" if number else "current") for number, label in enumerate(to_come)]


@require_POST
@asked_again
def payment_authorise(request: Request, reference: str) -> HttpResponse:
    row = found(request, reference)
    require_another(request.user, row.prepared_by_id)
    said = _("The payment is authorised.")
    press(request, authorise_payment, said, payment=row)
    return redirect(row)


@require_POST
def payment_confirm(request: Request, reference: str) -> HttpResponse:
    row = found(request, reference)
    said = _("The receipt of the payment is confirmed.")
    press(request, acknowledge_payment, said, payment=row)
    return redirect(row)


@require_http_methods(["GET", "POST"])
@asked_again
def payment_pay(request: Request, reference: str) -> HttpResponse:
    row = found(request, reference)
    require(permissions.may_record_money(request.user), _("Finance officers record that a payment was made."))
    return form_act(
        request,
        PayForm(submitted(request), initial={"on": clock.today()}),
        pay_payment,
        title=_("Record the payment %(reference)s as made") % {"reference": row.reference},
        lead=_("It is posted with the date of the bank's debit."),
        submit=_("Record and post"),
        said=_("The payment is posted."),
        back=row.get_absolute_url(),
        crumbs=crumbs(row),
        payment=row,
    )


@require_http_methods(["GET", "POST"])
def payment_cancel(request: Request, reference: str) -> HttpResponse:
    row = found(request, reference)
    require(permissions.may_authorise(request.user), _("A finance officer or the head cancels a payment."))
    return form_act(
        request,
        ReasonForm(submitted(request)),
        cancel_payment,
        title=_("Cancel the payment %(reference)s") % {"reference": row.reference},
        lead=_("Nothing was posted yet. The payment stays on record, marked as cancelled."),
        submit=_("Cancel the payment"),
        said=_("The payment is cancelled."),
        back=row.get_absolute_url(),
        crumbs=crumbs(row),
        payment=row,
    )


def crumbs(row: Payment) -> list[tuple[str, str]]:
    return [(_("Payments"), reverse("funds:payments")), (row.reference, row.get_absolute_url())]
