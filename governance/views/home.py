"""The committee's home: what is open, what is on the agenda, what was decided."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from alliance.access import require
from alliance.pages.lists import paged
from alliance.people.requests import Request
from governance import permissions
from governance.gather import open_rows
from governance.models import Body, Decision
from governance.operations import close_due

PAGE = 20


@require_GET
def home(request: Request) -> HttpResponse:
    """Open decisions first, those that await the reader's ballot before the others."""
    require(permissions.may_read_committee(request.user), _("Read by the committee, the secretariat and the auditor."))
    close_due()
    rows = Decision.objects.visible_to(request.user)
    page = paged(request, rows.decided().newest_first().for_list(), PAGE)
    context = {
        "body": Body.objects.the(),
        "open": sorted(open_rows(request.user), key=lambda row: row.place != "to_vote"),
        "agenda": list(rows.on_agenda().for_list()),
        "page": page,
        "may_table": permissions.may_table(request.user),
    }
    return render(request, "governance/home.html", context)
