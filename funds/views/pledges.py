"""Pledges: the list, a new one, one with its chain, and what the secretariat does with it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alliance.access import find, reader_or_404, require
from alliance.core import clock, formats
from alliance.core.display import MoneyStep
from alliance.core.forms import attempt, new_key
from alliance.core.requests import submitted
from alliance.pages.acts import press
from alliance.pages.lists import Column, listed
from alliance.people.models import DONOR_ROLES
from alliance.people.requests import Request
from funds import permissions
from funds.contributions.positions import Position, position
from funds.forms.contributions import DayForm, PledgeForm, ReasonForm
from funds.forms.filters import PledgeFilter
from funds.ledger.shares import allocated_to
from funds.models import Donor, NonCashPledge, Pledge, PledgeState
from funds.operations.amendments import AMENDABLE
from funds.operations.pledges import accept_as_paid, acknowledge_pledge, cancel_pledge, record_pledge, write_off_pledge
from funds.views.pages import form_act, narrowed

COLUMNS = (
    Column(gettext_lazy("Reference"), lambda p: p.reference),
    Column(gettext_lazy("Donor"), lambda p: p.donor.name),
    Column(gettext_lazy("Window"), lambda p: p.window.code if p.window else "GEN"),
    Column(gettext_lazy("Date"), lambda p: p.pledged_on),
    Column(gettext_lazy("Currency"), lambda p: p.currency),
    Column(gettext_lazy("Amount"), lambda p: p.amount),
    Column(gettext_lazy("Indicative amount in US dollars"), lambda p: p.amount_usd),
    Column(gettext_lazy("State"), lambda p: str(p.get_state_display())),
)
SORTS = {"reference": "reference", "date": "pledged_on", "donor": "donor__organisation__name_en", "usd": "amount_usd"}


@require_GET
def pledges(request: Request) -> HttpResponseBase:
    user = request.user
    reader_or_404(user.reads_all or user.has_role(*DONOR_ROLES))
    form = PledgeFilter(request.GET)
    rows = narrowed(Pledge.objects.visible_to(user).for_list(), form, day="pledged_on")
    may_pledge = bool(donors_to_pledge_for(user))
    return listed(
        request,
        "funds/pledge_list.html",
        rows,
        form=form,
        name="pledges",
        columns=COLUMNS,
        sorts=SORTS,
        may_pledge=may_pledge,
    )


def donors_to_pledge_for(user: object) -> list[Donor]:
    """Return the donors whose pledges this person may enter."""
    rows = Donor.objects.visible_to(user).for_list()
    return [donor for donor in rows if permissions.may_pledge(user, donor.organisation_id)]


@require_http_methods(["GET", "POST"])
def pledge_new(request: Request) -> HttpResponse:
    user = request.user
    reader_or_404(user.reads_all or user.has_role(*DONOR_ROLES))
    allowed = donors_to_pledge_for(user)
    require(bool(allowed), _("Only a donor's own contributors pledge for it."))
    donors = Donor.objects.filter(pk__in=[donor.pk for donor in allowed]).for_list()
    form = PledgeForm(submitted(request), donors=donors, initial={"pledged_on": clock.today()})
    sent = request.method == "POST" and form.is_valid()
    if sent and (pledge := attempt(form, record_pledge, by=user, **form.cleaned_data)):
        messages.success(request, _("The pledge %(reference)s is recorded.") % {"reference": pledge.reference})
        return redirect(pledge)
    return render(request, "funds/pledge_form.html", {"form": form, "donors": donors})


def found(request: Request, reference: str) -> Pledge:
    rows = Pledge.objects.visible_to(request.user).with_donor().select_related("noted_by", "acknowledged_by")
    return find(rows, reference=reference)


def asked_pledge(request: Request) -> Pledge | None:
    """Return the pledge that an address names for what is to follow it, if it names one."""
    reference = request.GET.get("pledge")
    return find(Pledge.objects.visible_to(request.user).with_donor(), reference=reference) if reference else None


@require_GET
def pledge(request: Request, reference: str) -> HttpResponse:
    row = found(request, reference)
    agreements = list(row.agreements.order_by("pk"))
    came = list(row.deposits(manager="ever").order_by("received_on", "pk"))
    deposits = [one for one in came if not one.is_reversed]
    stands = position(row, deposits)
    user = request.user
    open_state = row.state == PledgeState.ACKNOWLEDGED
    context = {
        "pledge": row,
        "agreements": agreements,
        "deposits": came,
        "position": stands,
        "chain": chain(row, agreements, deposits, stands),
        "key": new_key(),
        "may_acknowledge": row.state == PledgeState.PLEDGED and permissions.may_acknowledge_pledge(user),
        "amendments": row.amendments.select_related("window").order_by("-number"),
        "may_amend": _may_amend(user, row),
        "may_cancel": _may_cancel(user, row, bool(agreements or deposits)),
        "may_sign": open_state and _has_room(row, agreements) and permissions.may_record_money(user),
        "may_receive": open_state and not agreements and not row.is_settled and permissions.may_record_money(user),
        "may_accept": open_state and bool(deposits) and not row.is_settled and permissions.may_write_off(user),
        "may_write_off": open_state and stands.pledged_unpaid > 0 and permissions.may_write_off(user),
        "import_row": row.import_rows.filter(outcome="imported").select_related("batch").first()
        if user.reads_all
        else None,
    }
    return render(request, "funds/pledge_detail.html", context)


def _has_room(row: Pledge, agreements: list) -> bool:
    """Say whether another agreement fits: the first one always does, more only within the pledge."""
    amounts = [one.amount for one in agreements if one.state != "cancelled"]
    return not amounts or (None not in (row.amount, *amounts) and sum(amounts) < row.amount)


def _may_amend(user: object, row: Pledge) -> bool:
    is_open = row.state in AMENDABLE and not row.is_settled and not row.written_off_on
    return is_open and permissions.may_amend_pledge(user, row.donor.organisation_id)


def _may_cancel(user: object, row: Pledge, stands_under_it: bool) -> bool:
    moves = Pledge.TRANSITIONS["cancel"].sources
    return row.state in moves and not stands_under_it and permissions.may_cancel_pledge(user, row.donor.organisation_id)


def chain(row: Pledge, agreements: list, deposits: list, stands: Position) -> list[MoneyStep]:
    """Return pledge, agreement, deposit and attribution as one line of stages, never added up."""
    promised = formats.money(row.amount_usd) if row.amount is None else formats.money(row.amount, row.currency)
    agreed = sum((a.amount_usd for a in agreements if a.state != "cancelled"), start=0)
    attributed = allocated_to(row.donor) if deposits else 0
    return [
        MoneyStep(_("Pledged"), promised, note=formats.long_date(row.pledged_on)),
        MoneyStep(
            _("Agreed"), formats.money(agreed) if agreements else "", agreements[0].get_absolute_url() if agreements else "",
            done=bool(agreements),
        ),
        MoneyStep(
            _("Received"), formats.money(stands.received) if deposits else "", deposits[0].get_absolute_url() if deposits else "",
            done=bool(deposits),
        ),
        MoneyStep(
            _("Attributed to projects"), formats.money(attributed) if attributed else "",
            row.donor.get_absolute_url() if attributed else "", note=_("of all this donor's money") if attributed else "",
            done=bool(attributed),
        ),
    ]  # fmt: skip


@require_POST
def pledge_acknowledge(request: Request, reference: str) -> HttpResponse:
    row = found(request, reference)
    said = _("The pledge is acknowledged and public from now on.")
    press(request, acknowledge_pledge, said, pledge=row)
    return redirect(row)


@require_http_methods(["GET", "POST"])
def pledge_cancel(request: Request, reference: str) -> HttpResponse:
    row = found(request, reference)
    return cancel_page(request, row, cancel_pledge, crumbs(row))


def cancel_page(
    request: Request, row: Pledge | NonCashPledge, operation: Callable[..., Any], crumbs: list[tuple[str, str]]
) -> HttpResponse:
    """Ask why a pledge, of money or of something else, is cancelled, and cancel it."""
    require(
        permissions.may_cancel_pledge(request.user, row.donor.organisation_id),
        _("A pledge is withdrawn by its donor's signatory or by the secretariat."),
    )
    return form_act(
        request,
        ReasonForm(submitted(request)),
        operation,
        title=_("Cancel the pledge %(reference)s") % {"reference": row.reference},
        lead=_("The pledge stays on record, marked as cancelled, with the reason."),
        submit=_("Cancel the pledge"),
        said=_("The pledge is cancelled."),
        back=row.get_absolute_url(),
        crumbs=crumbs,
        pledge=row,
    )


@require_http_methods(["GET", "POST"])
def pledge_accept(request: Request, reference: str) -> HttpResponse:
    row = found(request, reference)
    require(permissions.may_write_off(request.user), _("A finance officer accepts a pledge as paid."))
    return form_act(
        request,
        DayForm(submitted(request), initial={"on": clock.today()}),
        accept_as_paid,
        title=_("Accept the pledge %(reference)s as paid") % {"reference": row.reference},
        lead=_("Nothing more is owed from then on. A difference in dollars counts as an exchange difference."),
        submit=_("Accept as paid"),
        said=_("The pledge is accepted as paid."),
        back=row.get_absolute_url(),
        crumbs=crumbs(row),
        pledge=row,
    )


@require_http_methods(["GET", "POST"])
def pledge_write_off(request: Request, reference: str) -> HttpResponse:
    row = found(request, reference)
    require(permissions.may_write_off(request.user), _("Finance officers and the head write pledges off."))
    owed = formats.money(position(row, row.deposits.all()).pledged_unpaid)
    return form_act(
        request,
        DayForm(submitted(request), initial={"on": clock.today()}),
        write_off_pledge,
        title=_("Write off the pledge %(reference)s") % {"reference": row.reference},
        lead=_("What is still owed is written off: %(owed)s.") % {"owed": owed},
        submit=_("Write off"),
        said=_("What was still owed is written off."),
        back=row.get_absolute_url(),
        crumbs=crumbs(row),
        pledge=row,
    )


def crumbs(row: Pledge) -> list[tuple[str, str]]:
    return [(_("Pledges"), reverse("funds:pledges")), (row.reference, row.get_absolute_url())]
