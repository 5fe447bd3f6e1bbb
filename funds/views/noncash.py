"""Contributions that are not cash: the list, a new one, and one with what is done with it."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alliance.access import find, reader_or_404, require
from alliance.core import clock
from alliance.core.forms import attempt, new_key
from alliance.core.requests import submitted
from alliance.pages.acts import press
from alliance.pages.lists import Column, listed
from alliance.people.models import DONOR_ROLES
from alliance.people.requests import Request
from funds import permissions
from funds.forms.contributions import DayForm
from funds.forms.donors import NonCashForm
from funds.forms.filters import NonCashFilter
from funds.models import Donor, NonCashPledge
from funds.operations.noncash import (
    acknowledge_non_cash_pledge,
    cancel_non_cash_pledge,
    deliver_non_cash_pledge,
    record_non_cash_pledge,
)
from funds.views.pages import form_act
from funds.views.pledges import cancel_page, donors_to_pledge_for

COLUMNS = (
    Column(gettext_lazy("Reference"), lambda p: p.reference),
    Column(gettext_lazy("Donor"), lambda p: p.donor.name),
    Column(gettext_lazy("Kind"), lambda p: str(p.get_kind_display())),
    Column(gettext_lazy("Description"), lambda p: p.description),
    Column(gettext_lazy("Date"), lambda p: p.pledged_on),
    Column(gettext_lazy("Estimated worth, in US dollars"), lambda p: p.worth_usd),
    Column(gettext_lazy("State"), lambda p: str(p.get_state_display())),
)
SORTS = {"reference": "reference", "date": "pledged_on", "donor": "donor__organisation__name_en"}


@require_GET
def non_cash_pledges(request: Request) -> HttpResponseBase:
    user = request.user
    reader_or_404(user.reads_all or user.has_role(*DONOR_ROLES))
    form = NonCashFilter(request.GET)
    rows = NonCashPledge.objects.visible_to(user).for_list()
    if form.is_valid():
        rows = rows.filter(**{name: value for name, value in form.cleaned_data.items() if value})
    may_pledge = bool(donors_to_pledge_for(user))
    return listed(
        request, "funds/non_cash_list.html", rows, form=form, name="not-cash", columns=COLUMNS, sorts=SORTS,
        may_pledge=may_pledge,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def non_cash_new(request: Request) -> HttpResponse:
    user = request.user
    reader_or_404(user.reads_all or user.has_role(*DONOR_ROLES))
    allowed = donors_to_pledge_for(user)
    require(bool(allowed), _("Only a donor's own contributors pledge for it."))
    donors = Donor.objects.filter(pk__in=[donor.pk for donor in allowed]).for_list()
    form = NonCashForm(submitted(request), donors=donors, initial={"pledged_on": clock.today()})
    sent = request.method == "POST" and form.is_valid()
    if sent and (row := attempt(form, record_non_cash_pledge, by=user, **form.cleaned_data)):
        messages.success(request, _("The contribution %(reference)s is recorded.") % {"reference": row.reference})
        return redirect(row)
    return render(request, "funds/non_cash_form.html", {"form": form, "donors": donors})


def found(request: Request, reference: str) -> NonCashPledge:
    return find(NonCashPledge.objects.visible_to(request.user).with_donor(), reference=reference)


@require_GET
def non_cash_pledge(request: Request, reference: str) -> HttpResponse:
    row = found(request, reference)
    user, moves = request.user, NonCashPledge.TRANSITIONS
    may_act = permissions.may_acknowledge_pledge(user)
    may_cancel = permissions.may_cancel_pledge(user, row.donor.organisation_id)
    context = {
        "pledge": row,
        "key": new_key(),
        "may_acknowledge": may_act and row.state in moves["acknowledge"].sources,
        "may_deliver": may_act and row.state in moves["deliver"].sources,
        "may_cancel": may_cancel and row.state in moves["cancel"].sources,
    }
    return render(request, "funds/non_cash_detail.html", context)


@require_POST
def non_cash_acknowledge(request: Request, reference: str) -> HttpResponse:
    row = found(request, reference)
    said = _("The contribution is acknowledged.")
    press(request, acknowledge_non_cash_pledge, said, pledge=row)
    return redirect(row)


@require_http_methods(["GET", "POST"])
def non_cash_deliver(request: Request, reference: str) -> HttpResponse:
    row = found(request, reference)
    require(permissions.may_acknowledge_pledge(request.user), _("The secretariat records what was delivered."))
    return form_act(
        request,
        DayForm(submitted(request), initial={"on": clock.today()}),
        deliver_non_cash_pledge,
        title=_("Record that %(reference)s was delivered") % {"reference": row.reference},
        lead=_("It moves no money and enters no sum of money."),
        submit=_("Record the delivery"),
        said=_("The delivery is recorded."),
        back=row.get_absolute_url(),
        crumbs=crumbs(row),
        pledge=row,
    )


@require_http_methods(["GET", "POST"])
def non_cash_cancel(request: Request, reference: str) -> HttpResponse:
    row = found(request, reference)
    return cancel_page(request, row, cancel_non_cash_pledge, crumbs(row))


def crumbs(row: NonCashPledge) -> list[tuple[str, str]]:
    return [(_("Not in cash"), reverse("funds:non_cash_pledges")), (row.reference, row.get_absolute_url())]
