"""A person's notices."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from alliance.access import find
from alliance.people.requests import Request
from alliance.records import operations
from alliance.records.models import Notice
from alliance.records.named import name_files
from alliance.records.relay import local_path

PAGE = 25
DIGITS = 18  # of the largest number of a register entry


@require_GET
def notices(request: Request) -> HttpResponse:
    """The person's notices, newest first."""
    rows = Notice.objects.visible_to(request.user)
    page = Paginator(rows.for_list(), PAGE).get_page(request.GET.get("page"))
    name_files(page.object_list)
    context = {"page": page, "unread": rows.unread().count(), "up_to": max((n.entry.n for n in page), default=0)}
    return render(request, "alliance/notice_list.html", context)


@require_GET
def notice(request: Request, pk: int) -> HttpResponse:
    """Mark one notice as read, and go where it leads."""
    row = find(Notice.objects.visible_to(request.user), pk=pk)
    operations.mark_read(by=request.user, notice=row)
    return redirect(local_path(row.url) or "records:notices")


@require_POST
def mark_all_read(request: Request) -> HttpResponse:
    """Mark as read everything up to the newest notice that the person was shown."""
    up_to = request.POST.get("up_to", "")
    if up_to.isdecimal() and len(up_to) <= DIGITS:
        operations.mark_all_read(by=request.user, up_to=int(up_to))
    return redirect("records:notices")
