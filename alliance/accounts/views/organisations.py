"""Organisations as the secretariat enters and confirms them, and the people of each as it keeps them itself."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alliance.access import find, reader_or_404, require
from alliance.accounts.people_forms import InvitedForm, OrganisationForm
from alliance.accounts.views.invitations import rung, with_state
from alliance.core import clock
from alliance.core.countries import sort_key
from alliance.core.forms import new_key
from alliance.core.requests import submitted
from alliance.pages.acts import form_act, press
from alliance.pages.lists import paged
from alliance.people.models import ORGANISATIONS_ROLES, Invitation, Membership, Organisation
from alliance.people.operations import confirm_organisation, invite, register_organisation
from alliance.people.permissions import (
    WHO_KEEPS,
    may_enter_organisations,
    may_give_roles,
    may_read_people,
    may_read_people_of,
)
from alliance.people.requests import Request


@require_GET
def organisations(request: Request) -> HttpResponse:
    """All organisations: those to be confirmed first, then by name."""
    reader_or_404(may_read_people(request.user))
    rows = sorted(Organisation.objects.all(), key=lambda row: (bool(row.confirmed_at), sort_key(row.name), row.pk))
    context = {"page": paged(request, rows), "may_enter": may_enter_organisations(request.user), "key": new_key()}
    return render(request, "accounts/organisation_list.html", context)


@require_http_methods(["GET", "POST"])
def organisation_new(request: Request) -> HttpResponse:
    reader_or_404(may_read_people(request.user))
    require(may_enter_organisations(request.user), _("The secretariat enters organisations."))
    back = reverse("people:organisations")
    return form_act(
        request,
        OrganisationForm(submitted(request)),
        register_organisation,
        title=_("Enter an organisation"),
        lead=_("It can then become donor, applicant, partner or hold a seat in the committee."),
        submit=_("Enter the organisation"),
        said=_("The organisation is entered."),
        back=back,
        crumbs=[(_("People"), reverse("people:people")), (_("Organisations"), back)],
    )


@require_POST
def organisation_confirm(request: Request, slug: str) -> HttpResponse:
    reader_or_404(may_read_people(request.user))
    require(may_enter_organisations(request.user), _("The secretariat confirms organisations."))
    row = find(Organisation.objects.all(), slug=slug)
    press(request, confirm_organisation, _("The organisation is confirmed."), organisation=row)
    return redirect("people:organisations")


def _found(request: Request, slug: str) -> Organisation:
    row = find(Organisation.objects.all(), slug=slug)
    reader_or_404(may_read_people_of(request.user, row.pk))
    return row


@require_GET
def people_of(request: Request, slug: str) -> HttpResponse:
    """Who acts for an organisation, and who is invited to."""
    row = _found(request, slug)
    today, given = clock.today(), may_give_roles(request.user, row.pk)
    held = Membership.objects.visible_to(request.user).not_over(today).filter(organisation=row)
    invited = Invitation.objects.visible_to(request.user).open().newest_first().filter(organisation=row)
    context = {
        "organisation": row,
        "memberships": [(m, m.role in given) for m in held.select_related("user").order_by("user__name", "pk")],
        "rows": [(i, expired, i.role in given) for i, expired in with_state(invited)] if given else [],
        "may_invite": bool(given),
        "key": new_key(),
    }
    return render(request, "accounts/organisation_people.html", context)


@require_http_methods(["GET", "POST"])
def people_of_invite(request: Request, slug: str) -> HttpResponse:
    row = _found(request, slug)
    given = may_give_roles(request.user, row.pk)
    require(bool(given), WHO_KEEPS)
    back = reverse("people:people_of", args=[slug])
    answer = form_act(
        request,
        InvitedForm(submitted(request), roles=given),
        invite,
        title=_("Invite somebody to act for %(organisation)s") % {"organisation": row.name},
        lead=_("They get a mail. Its address lets them take up the role, and open an account if they have none."),
        submit=_("Send the invitation"),
        said=_("The invitation is on its way."),
        back=back,
        crumbs=[(_("People of %(organisation)s") % {"organisation": row.name}, back)],
        organisation=row,
    )
    return rung(request, answer)


@require_GET
def ours(request: Request) -> HttpResponse:
    """Lead to the people of the organisation for which one acts."""
    held = [m for m in request.user.memberships_today if m.role in ORGANISATIONS_ROLES]
    if not held:
        raise Http404
    acting = request.acting if request.acting in held else held[0]
    return redirect("people:people_of", acting.organisation.slug)
