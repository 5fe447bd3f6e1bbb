"""The directory of people, and one person with the roles that it has and had."""

from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from alliance.access import find, reader_or_404
from alliance.accounts.people_forms import PeopleFilter
from alliance.core import clock
from alliance.pages.lists import in_order, paged
from alliance.people.models import Invitation, Membership, User
from alliance.people.permissions import may_enter_organisations, may_keep_everybody, may_read_people
from alliance.people.requests import Request

SORTS = {"name": "name", "email": "email"}


@require_GET
def people(request: Request) -> HttpResponse:
    """Everybody with an account, by name."""
    reader_or_404(may_read_people(request.user))
    form = PeopleFilter(request.GET)
    today = Membership.objects.on(clock.today()).select_related("organisation").order_by("role", "pk")
    rows = form.chosen(User.objects.visible_to(request.user)).order_by("name", "pk")
    rows = rows.prefetch_related(Prefetch("memberships", today, to_attr="held_today"))
    context = {
        "form": form,
        "page": paged(request, in_order(rows, request.GET.get("sort", ""), SORTS)),
        "open_invitations": Invitation.objects.visible_to(request.user).open().count(),
        "may_keep": may_keep_everybody(request.user),
        "may_enter": may_enter_organisations(request.user),
    }
    return render(request, "accounts/person_list.html", context)


@require_GET
def person(request: Request, uid: UUID) -> HttpResponse:
    reader_or_404(may_read_people(request.user))
    row = find(User.objects.visible_to(request.user), uid=uid)
    today = clock.today()
    held = row.memberships.select_related("organisation").order_by("-starts_on", "-pk")
    context = {
        "person": row,
        "memberships": [(membership, membership.is_over(today)) for membership in held],
        "may_keep": may_keep_everybody(request.user),
        "may_remove": row != request.user and Authenticator.objects.filter(user=row).exists(),
    }
    return render(request, "accounts/person_detail.html", context)
