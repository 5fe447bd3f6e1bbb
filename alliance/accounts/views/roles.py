"""Giving a person a role, and ending it."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alliance.access import find, reader_or_404, require
from alliance.accounts.people_forms import EndForm, RoleForm
from alliance.core.formats import labelled
from alliance.core.requests import submitted
from alliance.pages.acts import form_act
from alliance.people.models import Membership, User
from alliance.people.operations import end_membership, give_role
from alliance.people.permissions import WHO_KEEPS, may_give, may_keep_everybody, may_read_people
from alliance.people.requests import Request


@require_http_methods(["GET", "POST"])
def role_new(request: Request, uid: UUID) -> HttpResponse:
    reader_or_404(may_read_people(request.user))
    person = find(User.objects.visible_to(request.user), uid=uid)
    require(may_keep_everybody(request.user), WHO_KEEPS)
    back = reverse("people:person", args=[uid])
    return form_act(
        request,
        RoleForm(submitted(request)),
        give_role,
        title=_("A role for %(person)s") % {"person": person},
        submit=_("Give the role"),
        said=_("The role is given."),
        back=back,
        crumbs=[(_("People"), reverse("people:people")), (str(person), back)],
        user=person,
    )


@require_http_methods(["GET", "POST"])
def role_end(request: Request, uid: UUID, pk: int) -> HttpResponse:
    rows = Membership.objects.visible_to(request.user).select_related("user", "organisation")
    membership = find(rows, user__uid=uid, pk=pk)
    require(may_give(request.user, membership.organisation_id, membership.role), WHO_KEEPS)
    crumbs, back = way_back(request, membership)
    return form_act(
        request,
        EndForm(submitted(request)),
        end_membership,
        title=_("End a role of %(person)s") % {"person": membership.user},
        lead=labelled(membership.get_role_display(), membership.organisation.name),
        submit=_("End the role"),
        said=_("The role is ended."),
        back=back,
        crumbs=crumbs,
        membership=membership,
    )


def way_back(request: Request, membership: Membership) -> tuple[list[tuple[Any, str]], str]:
    """Return where the page of this role lies: under the person, or under the organisation for its own people."""
    if may_read_people(request.user):
        page = reverse("people:person", args=[membership.user.uid])
        return [(_("People"), reverse("people:people")), (str(membership.user), page)], page
    page = reverse("people:people_of", args=[membership.organisation.slug])
    return [(_("People of %(organisation)s") % {"organisation": membership.organisation.name}, page)], page
