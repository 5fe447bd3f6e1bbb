"""The people who act for a donor: who they are, a new one, and the end of a role."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alliance.access import find, require
from alliance.core import clock
from alliance.core.forms import new_key
from alliance.core.requests import submitted
from alliance.pages.acts import press
from alliance.people.models import DONOR_ROLES, Membership
from alliance.people.operations import end_membership, welcome_person
from alliance.people.requests import Request
from funds import permissions
from funds.forms.donors import PersonForm
from funds.models import Donor
from funds.views.pages import form_act


def found(request: Request, slug: str) -> Donor:
    return find(Donor.objects.visible_to(request.user).select_related("organisation"), organisation__slug=slug)


def require_keeper(request: Request, donor: Donor) -> None:
    why = _("A donor's people are kept by its signatories and by the head of the secretariat.")
    require(permissions.may_keep_people(request.user, donor.organisation_id), why)


@require_GET
def people(request: Request, slug: str) -> HttpResponse:
    row = found(request, slug)
    held = Membership.objects.on(clock.today()).filter(organisation=row.organisation, role__in=DONOR_ROLES)
    context = {
        "donor": row,
        "memberships": held.select_related("user").order_by("user__name", "pk"),
        "key": new_key(),
        "may_keep": permissions.may_keep_people(request.user, row.organisation_id),
    }
    return render(request, "funds/donor_people.html", context)


@require_http_methods(["GET", "POST"])
def person_new(request: Request, slug: str) -> HttpResponse:
    row = found(request, slug)
    require_keeper(request, row)
    back = reverse("funds:donor_people", args=[slug])
    return form_act(
        request,
        PersonForm(submitted(request)),
        welcome_person,
        title=_("Somebody who acts for %(donor)s") % {"donor": row.name},
        lead=_("Viewers read, contributors pledge, signatories also amend, cancel, and keep this list."),
        submit=_("Give the role"),
        said=_("The role is given, from today on."),
        back=back,
        crumbs=[(row.name, row.get_absolute_url()), (_("People"), back)],
        organisation=row.organisation,
    )


@require_POST
def person_end(request: Request, slug: str, pk: int) -> HttpResponse:
    row = found(request, slug)
    require_keeper(request, row)
    membership = find(Membership.objects.filter(organisation=row.organisation, role__in=DONOR_ROLES), pk=pk)
    after = reverse("funds:donor_people", args=[slug])
    press(request, end_membership, _("The role is ended."), membership=membership)
    return redirect(after)
