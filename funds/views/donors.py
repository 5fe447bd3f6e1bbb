"""Donors: the register with its pipeline, a new donor, and one donor with its contributions and what became of them."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from alliance.access import find, reader_or_404, require
from alliance.core import clock
from alliance.core.forms import new_key
from alliance.core.requests import submitted
from alliance.pages.lists import Column, listed
from alliance.people.models import DONOR_ROLES
from alliance.people.requests import Request
from funds import permissions
from funds.contributions.totals import chains, totals_of_donor
from funds.forms.contributions import DonorForm, StageForm
from funds.forms.filters import DonorFilter
from funds.ledger.shares import attributed_to
from funds.models import Donor
from funds.operations.donors import advance_donor_stage, register_donor
from funds.views.pages import form_act
from funds.views.pipeline import stage_history

COLUMNS = (
    Column(gettext_lazy("Donor"), lambda d: d.name),
    Column(gettext_lazy("Country"), lambda d: d.organisation.country),
    Column(gettext_lazy("Type"), lambda d: str(d.get_donor_type_display())),
    Column(gettext_lazy("Stage"), lambda d: d.get_state_display()),
    Column(gettext_lazy("Received, in US dollars"), lambda d: d.deposited_usd),
)
SORTS = {"donor": "organisation__name_en", "type": "donor_type", "usd": "deposited_usd"}


@require_GET
def donors(request: Request) -> HttpResponseBase:
    """The donor register and pipeline; a donor's own people are led to their own page."""
    user = request.user
    reader_or_404(user.reads_all or user.has_role(*DONOR_ROLES))
    own = Donor.objects.visible_to(user)
    if not user.reads_all and (only := own.for_list().first()):
        return redirect(only)
    form = DonorFilter(request.GET)
    rows = own.with_totals().for_list()
    if form.is_valid():
        asked = dict(form.cleaned_data)
        rows = rows.called(asked.pop("called")).filter(**{name: value for name, value in asked.items() if value})
    may_register = permissions.may_register_donor(user)
    return listed(
        request,
        "funds/donor_list.html",
        rows,
        form=form,
        name="donors",
        columns=COLUMNS,
        sorts=SORTS,
        may_register=may_register,
    )


@require_GET
def donor(request: Request, slug: str) -> HttpResponse:
    row = find(Donor.objects.visible_to(request.user).select_related("organisation", "owner"), organisation__slug=slug)
    can_move = any(row.stage in row.TRANSITIONS[verb].sources for verb in row.BY_HAND)
    context = {
        "donor": row,
        "totals": totals_of_donor(row),
        "chains": chains(row),
        "not_cash": row.non_cash_pledges.for_list(),
        "prospects": row.prospects.for_list(),
        "shares": attributed_to(row),
        "may_move": can_move and permissions.may_register_donor(request.user),
        "may_pledge": permissions.may_pledge(request.user, row.organisation_id),
        "may_plan": permissions.may_register_donor(request.user),
        "may_judge": permissions.may_record_diligence(request.user),
        **(_for_readers(request, row) if request.user.reads_all else {}),
    }
    return render(request, "funds/donor_detail.html", context)


def _for_readers(request: Request, row: Donor) -> dict[str, Any]:
    """Return what the secretariat and the auditor see of a donor and its own people do not."""
    return {
        "findings": row.due_diligence.newest_first().select_related("file", "recorded_by"),
        "history": stage_history(row),
        "aliases": row.aliases.standing().order_by("name", "pk"),
        "key": new_key(),
        "today": clock.today(),
    }


@require_http_methods(["GET", "POST"])
def donor_new(request: Request) -> HttpResponse:
    reader_or_404(request.user.reads_all)
    require(permissions.may_register_donor(request.user), _("The secretariat registers donors."))
    return form_act(
        request,
        DonorForm(submitted(request)),
        register_donor,
        title=_("Register a donor"),
        lead=_("An organisation of the directory becomes a donor; it starts as potential."),
        submit=_("Register the donor"),
        said=_("The donor is registered."),
        back=reverse("funds:donors"),
        crumbs=[(_("Donors"), reverse("funds:donors"))],
    )


@require_http_methods(["GET", "POST"])
def donor_stage(request: Request, slug: str) -> HttpResponse:
    row = find(Donor.objects.visible_to(request.user).select_related("organisation"), organisation__slug=slug)
    require(permissions.may_register_donor(request.user), _("The secretariat keeps the pipeline."))
    form = StageForm(submitted(request), donor=row)
    by_hand = _("Later stages follow from a pledge, an agreement or a deposit.")
    past_hand = _("The stage of this donor follows from its pledges, agreements and deposits; it is not set by hand.")
    return form_act(
        request,
        form,
        advance_donor_stage,
        title=_("Stage of %(donor)s") % {"donor": row.name},
        lead=by_hand if form.offers_a_choice else past_hand,
        submit=_("Set the stage") if form.offers_a_choice else "",
        said=_("The donor's stage is set."),
        back=row.get_absolute_url(),
        crumbs=[(_("Donors"), reverse("funds:donors")), (row.name, row.get_absolute_url())],
        donor=row,
    )
