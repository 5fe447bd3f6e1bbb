"""Activities outside the fund: the list, one activity, and what the secretariat does with it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from alliance.access import find, public, require
from alliance.core.forms import attempt
from alliance.core.requests import submitted
from alliance.forum.models import Theme
from alliance.pages.lists import paged
from alliance.people.requests import Request
from proposals import permissions
from proposals.forms.activities import ActivityForm
from proposals.models import OutsideActivity
from proposals.operations import Particulars, amend_activity, record_activity, withdraw_activity
from proposals.views.pages import with_reason


def may_record(request: Request) -> bool:
    return request.user.is_authenticated and permissions.may_record_activities(request.user)


def require_recorder(request: Request) -> None:
    require(may_record(request), _("Activities outside the fund are recorded by the secretariat."))


@public
@require_GET
def activity_list(request: Request) -> HttpResponse:
    """Activities outside the fund, the latest start first."""
    rows = OutsideActivity.objects.visible_to(request.user).for_list()
    page = paged(request, rows)
    return render(request, "proposals/activity_list.html", {"page": page, "may_record": may_record(request)})


@public
@require_GET
def activity(request: Request, reference: str) -> HttpResponse:
    """An activity: who, what, where, when, and where that is known from."""
    rows = OutsideActivity.objects.visible_to(request.user).select_related("organisation")
    row = find(rows, reference=reference)
    context = {
        "activity": row,
        "themes": Theme.objects.filter(code__in=row.themes).order_by("area", "position", "pk"),
        "may_change": may_record(request) and row.state == OutsideActivity.State.RECORDED,
    }
    return render(request, "proposals/activity.html", context)


@require_http_methods(["GET", "POST"])
def activity_new(request: Request) -> HttpResponse:
    """Record an activity outside the fund."""
    require_recorder(request)
    form = ActivityForm(submitted(request))
    if request.method == "POST" and form.is_valid():
        given = Particulars(**form.values())
        row = attempt(form, record_activity, by=request.user, particulars=given, key=form.cleaned_data["key"])
        if row:
            messages.success(request, _("The activity %(reference)s is recorded.") % {"reference": row.reference})
            return redirect(row)
    return render(request, "proposals/activity_form.html", {"form": form})


@require_http_methods(["GET", "POST"])
def activity_edit(request: Request, reference: str) -> HttpResponse:
    """Correct what is recorded of an activity."""
    row = to_change(request, reference)
    form = ActivityForm(submitted(request), activity=row)
    if request.method == "POST" and form.is_valid():
        given, key = Particulars(**form.values()), form.cleaned_data["key"]
        if attempt(form, amend_activity, by=request.user, activity=row, particulars=given, key=key):
            messages.success(request, _("The activity is amended."))
            return redirect(row)
    return render(request, "proposals/activity_form.html", {"form": form, "activity": row})


@require_http_methods(["GET", "POST"])
def activity_withdraw(request: Request, reference: str) -> HttpResponse:
    """Take an activity off the public pages, with the reason."""
    row = to_change(request, reference)
    return with_reason(
        request,
        withdraw_activity,
        row,
        title=_("Withdraw %(reference)s") % {"reference": row.reference},
        submit=_("Withdraw the activity"),
        done=_("The activity is withdrawn. It stays on record."),
        activity=row,
    )


def to_change(request: Request, reference: str) -> OutsideActivity:
    require_recorder(request)
    return find(OutsideActivity.objects.visible_to(request.user).select_related("organisation"), reference=reference)
