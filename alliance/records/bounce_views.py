"""Mail that came back: reported by a mail server, shown to the secretariat."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F, Max, OuterRef, Q, Subquery
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from alliance.access import find, public, reader_or_404
from alliance.core.errors import Refused
from alliance.people.models import User
from alliance.people.requests import Request
from alliance.records import operations
from alliance.records.bounces import read
from alliance.records.models import Bounce

PAGE = 25


@public
@csrf_exempt
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Take reports from whoever has the secret, as a mail server's notification or as JSON; say how many were of our mail."""
    if not settings.ALLIANCE_BOUNCE_SECRET:
        raise Http404
    if not constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {settings.ALLIANCE_BOUNCE_SECRET}"):
        return JsonResponse(
            {"error": "Authorization: Bearer SECRET"}, status=401, headers={"WWW-Authenticate": "Bearer"}
        )
    try:
        reports = read(request.body, request.content_type or "")
    except Refused as refusal:
        return JsonResponse({"error": str(refusal.message)}, status=400)
    return JsonResponse({"taken": sum(operations.note_bounce(report=report) for report in reports)})


@require_GET
def bounces(request: Request) -> HttpResponse:
    """The people whose mail came back lately, and whose mail was stopped for it."""
    reader_or_404(request.user.reads_all)
    newest = Bounce.objects.filter(user=OuterRef("pk"), is_settled=False).order_by("-at", "-pk")
    rows = (
        User.objects.filter(bounces__is_settled=False)
        .annotate(
            times=Count("bounces", Q(bounces__is_settled=False)),
            last_at=Max("bounces__at", filter=Q(bounces__is_settled=False)),
            last_why=Subquery(newest.values("why")[:1]),
            last_status=Subquery(newest.values("status")[:1]),
            stopped_for=F("mail_choice__stopped_for"),
        )
        .order_by("-last_at", "pk")
    )
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "alliance/bounce_list.html", {"page": page, "may_settle": request.user.is_secretariat})


@require_POST
def again(request: Request, person: UUID) -> HttpResponse:
    """Mail a person's address again."""
    reader_or_404(request.user.reads_all)
    row = find(User.objects.filter(bounces__is_settled=False).distinct(), uid=person)
    operations.mail_again(by=request.user, person=row)
    messages.success(request, _("Mail is sent to %(address)s again.") % {"address": row.email})
    return redirect("records:bounces")
