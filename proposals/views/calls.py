"""Calls for proposals: the list, one call, publishing one."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from alliance.access import find, public, require
from alliance.core import clock
from alliance.core.requests import submitted
from alliance.pages.acts import carry_out
from alliance.pages.lists import paged
from alliance.people.models import OrganisationKind
from alliance.people.requests import Request
from proposals import permissions
from proposals.forms.calls import CallForm
from proposals.models import Call
from proposals.operations import publish_call


@public
@require_GET
def call_list(request: Request) -> HttpResponse:
    """All calls, the latest deadline first."""
    page = paged(request, Call.objects.visible_to(request.user).for_list())
    moment = clock.now()
    rows = [(row, row.is_open_at(moment)) for row in page]
    context = {
        "page": page,
        "rows": rows,
        "may_publish": request.user.is_authenticated and permissions.may_publish_calls(request.user),
    }
    return render(request, "proposals/call_list.html", context)


@public
@require_GET
def call(request: Request, reference: str) -> HttpResponse:
    """A call: its text, who may apply, until when."""
    row = find(Call.objects.visible_to(request.user), reference=reference)
    kinds = [OrganisationKind(kind).label for kind in row.applicant_kinds]
    is_open = row.is_open_at(clock.now())
    context = {
        "call": row,
        "kinds": kinds,
        "is_open": is_open,
        "may_start": request.user.is_authenticated and permissions.may_start(request.user),
    }
    return render(request, "proposals/call.html", context)


@require_http_methods(["GET", "POST"])
def call_new(request: Request) -> HttpResponse:
    """Publish a call."""
    require(permissions.may_publish_calls(request.user), _("Calls are published by the secretariat."))
    form = CallForm(submitted(request))
    if call := carry_out(request, form, publish_call, _("The call is published.")):
        return redirect(call)
    return render(request, "proposals/call_new.html", {"form": form})
