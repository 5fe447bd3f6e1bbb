"""Invitations: those that are open, a new one, one sent again or withdrawn."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alliance.access import find, reader_or_404, require
from alliance.accounts.people_forms import InvitationForm
from alliance.celery import ring
from alliance.core.errors import Text
from alliance.core.forms import new_key
from alliance.core.requests import submitted
from alliance.pages.acts import form_act, press
from alliance.pages.lists import paged
from alliance.people.models import Invitation, Role, User
from alliance.people.operations import invite, send_again, withdraw_invitation
from alliance.people.permissions import WHO_KEEPS, may_give, may_keep_everybody, may_read_people
from alliance.people.requests import Request


@require_GET
def invitations(request: Request) -> HttpResponse:
    """The open invitations, newest first."""
    reader_or_404(may_read_people(request.user))
    rows = Invitation.objects.visible_to(request.user).open().newest_first()
    page = paged(request, rows)
    context = {"page": page, "rows": with_state(page), **may_of(request.user)}
    return render(request, "accounts/invitation_list.html", context)


def may_of(user: User) -> dict[str, Any]:
    return {"may_keep": may_keep_everybody(user), "key": new_key()}


def with_state(rows: Any) -> list[tuple[Invitation, bool]]:
    """Return each invitation with whether it has ended."""
    now = timezone.now()
    return [(row, row.has_expired(now)) for row in rows]


@require_http_methods(["GET", "POST"])
def invitation_new(request: Request) -> HttpResponse:
    """Invite somebody to any role, for any organisation."""
    reader_or_404(may_read_people(request.user))
    require(may_keep_everybody(request.user), WHO_KEEPS)
    answer = form_act(
        request,
        InvitationForm(submitted(request), roles=tuple(Role)),
        invite,
        title=_("Invite somebody"),
        lead=_("They get a mail. Its address lets them take up the role, and open an account if they have none."),
        submit=_("Send the invitation"),
        said=_("The invitation is on its way."),
        back=reverse("people:invitations"),
        crumbs=[(_("People"), reverse("people:people")), (_("Open invitations"), reverse("people:invitations"))],
    )
    return rung(request, answer)


def rung(request: Request, answer: HttpResponse) -> HttpResponse:
    """Have the mail go out at once after a form was sent: the schedule would look soon anyway."""
    if request.method == "POST" and answer.status_code == 302:
        ring("alliance.mail_invitations")
    return answer


@require_POST
def invitation_again(request: Request, uid: UUID) -> HttpResponse:
    return rung(request, _pressed(request, uid, send_again, _("The invitation is on its way again. The address sent before no longer works.")))  # fmt: skip


@require_POST
def invitation_withdraw(request: Request, uid: UUID) -> HttpResponse:
    return _pressed(request, uid, withdraw_invitation, _("The invitation is withdrawn: its address no longer works."))


def _pressed(request: Request, uid: UUID, operation: Callable[..., Any], said: Text) -> HttpResponse:
    invitation = find(Invitation.objects.visible_to(request.user).select_related("organisation"), uid=uid)
    require(may_give(request.user, invitation.organisation_id, invitation.role), WHO_KEEPS)
    press(request, operation, said, invitation=invitation)
    if may_read_people(request.user):
        return redirect("people:invitations")
    return redirect("people:people_of", invitation.organisation.slug)
