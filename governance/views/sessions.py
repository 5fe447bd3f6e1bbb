"""Sessions of the committee: the list, calling one, noting who is there."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from alliance.access import find, require
from alliance.core.requests import submitted
from alliance.pages.acts import carry_out
from alliance.pages.lists import paged
from alliance.people.requests import Request
from governance import permissions
from governance.forms.committee import AttendanceForm, SessionForm
from governance.models import Constituency, Decision, RuleSet, Session
from governance.operations import call_session, record_attendance

PAGE = 20


def require_reader(request: Request) -> None:
    require(permissions.may_read_committee(request.user), _("Read by the committee, the secretariat and the auditor."))


@require_GET
def session_list(request: Request) -> HttpResponse:
    """All sessions, the newest first."""
    require_reader(request)
    rows = Session.objects.visible_to(request.user).for_list()
    page = paged(request, rows, PAGE)
    context = {"page": page, "may_call": permissions.may_table(request.user)}
    return render(request, "governance/session_list.html", context)


@require_http_methods(["GET", "POST"])
def session_new(request: Request) -> HttpResponse:
    """Call a session."""
    require_reader(request)
    require(permissions.may_table(request.user), _("Sessions are prepared and recorded by the secretariat."))
    form = SessionForm(submitted(request))
    if called := carry_out(request, form, call_session, _("The session is called. Its members are told.")):
        return redirect(called)
    return render(request, "governance/session_new.html", {"form": form})


@require_http_methods(["GET", "POST"])
def session(request: Request, reference: str) -> HttpResponse:
    """A session: its items, who is present, and whether its composition lets it decide (R61)."""
    row = find(Session.objects.visible_to(request.user), reference=reference)
    form = AttendanceForm(submitted(request), session=row)
    if request.method == "POST":
        require(permissions.may_table(request.user), _("Sessions are prepared and recorded by the secretariat."))
        if carry_out(request, form, record_attendance, _("Attendance is recorded."), session=row):
            return redirect(row)
    rules = RuleSet.objects.in_force(row.held_on)
    composition = row.composition(rules) if rules else None
    context = {
        "session": row,
        "form": form,
        "composition": composition,
        "groups": [(group.label, composition.present[group]) for group in Constituency] if composition else [],
        "has_met": row.has_met(),
        "items": list(Decision.objects.visible_to(request.user).filter(session=row).for_list().order_by("pk")),
        "may_record": permissions.may_table(request.user),
    }
    return render(request, "governance/session.html", context)
