"""The other names of a donor and its paying agencies."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alliance.access import find, require
from alliance.core.requests import submitted
from alliance.pages.acts import press
from alliance.people.requests import Request
from funds import permissions
from funds.forms.donors import AliasForm
from funds.models import Donor
from funds.operations.aliases import name_donor, withdraw_alias
from funds.views.pages import form_act


@require_http_methods(["GET", "POST"])
def alias_new(request: Request, slug: str) -> HttpResponse:
    row = find(Donor.objects.visible_to(request.user).select_related("organisation"), organisation__slug=slug)
    require(permissions.may_register_donor(request.user), _("The secretariat keeps the donors' names."))
    return form_act(
        request,
        AliasForm(submitted(request)),
        name_donor,
        title=_("Another name of %(donor)s") % {"donor": row.name},
        lead=_("Imports and searches find the donor by it; a deposit can name the agency that paid."),
        submit=_("Add the name"),
        said=_("The name is added."),
        back=row.get_absolute_url(),
        crumbs=[(_("Donors"), reverse("funds:donors")), (row.name, row.get_absolute_url())],
        donor=row,
    )


@require_POST
def alias_withdraw(request: Request, slug: str, pk: int) -> HttpResponse:
    donor = find(Donor.objects.visible_to(request.user).select_related("organisation"), organisation__slug=slug)
    require(permissions.may_register_donor(request.user), _("The secretariat keeps the donors' names."))
    alias = find(donor.aliases.standing(), pk=pk)
    said = _("The name no longer means this donor.")
    press(request, withdraw_alias, said, alias=alias)
    return redirect(donor)
