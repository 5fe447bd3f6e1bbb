"""Pages of the report: asked for by the secretariat, read by all once published, its figures as a page."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.access import find, public, require
from alliance.core.errors import Refused
from alliance.core.forms import attempt
from alliance.core.requests import submitted
from alliance.forum.models import Summit
from alliance.people.models import READ_ALL_ROLES, Role
from alliance.records import files
from alliance.rendering import pdf
from alliance.rendering.models import Job
from reporting.forum_report import document, jobs
from reporting.forum_report.forms import ReportForm, ScopeForm
from reporting.forum_report.gather import gather, scope

SHOWN = 30


@public
def forum_reports(request: HttpRequest) -> HttpResponse:
    """The published reports; and for the secretariat, the drafts and the form that asks for one."""
    user = request.user
    may_ask = user.is_authenticated and user.has_role(Role.OFFICER, Role.HEAD)
    form = ReportForm(submitted(request), initial=_first_choices()) if may_ask else None
    if request.method == "POST":
        require(may_ask, _("Forum reports are asked for by the secretariat’s officers and head."))
        made = form.is_valid() and attempt(form, jobs.request_reports, by=user, **form.cleaned_data)
        if made:
            return redirect(made[0]) if len(made) == 1 else redirect("reporting:forum_reports")
    return render(request, "reporting/forum_report_list.html", _list_context(request, form, may_ask))


def _list_context(request: HttpRequest, form: ReportForm | None, may_ask: bool) -> dict[str, Any]:
    user = request.user
    published = Job.objects.filter(kind=jobs.FINAL).done().for_page().order_by("-finished_at", "-pk")
    reads = user.is_authenticated and user.has_role(*READ_ALL_ROLES)
    own = Job.objects.visible_to(user).filter(kind__in=(jobs.DRAFT, jobs.FINAL)) if reads else Job.objects.none()
    requests = list(own.exclude(kind=jobs.FINAL, state="done").for_page().order_by("-requested_at", "-pk")[:SHOWN])
    names = {one.code: one.name for one in Summit.objects.in_order()}
    return {
        "form": form,
        "published": jobs.report_rows(published[:SHOWN], names),
        "requests": jobs.report_rows(requests, names) if reads else None,
        "names": names,
        "may_publish": may_ask and user.has_role(Role.HEAD),
        "may_read_figures": reads or (user.is_authenticated and user.has_role(Role.FORUM_CHAIR)),
        "missing_parts": ", ".join(pdf.missing_parts()) if may_ask else "",
        "is_busy": any(job.is_open for job in requests),
    }


def _first_choices() -> dict[str, Any]:
    """Return the meeting to come, or the last one there was."""
    from alliance.core import clock

    coming = Summit.objects.filter(ends_on__gte=clock.today()).in_order().first() or Summit.objects.in_order().last()
    return {"summit": coming.code if coming else ""}


@require_safe
def forum_report_figures(request: HttpRequest, code: str) -> HttpResponse:
    """The figures of a report as they stand now: what the document would say."""
    allowed = request.user.has_role(*READ_ALL_ROLES, Role.FORUM_CHAIR)
    require(
        allowed, _("These figures are for the secretariat, the auditor and the Forum’s chair until they are published.")
    )
    summit = find(Summit.objects.all(), code=code)
    form = ScopeForm(request.GET or {})
    figures = None
    if form.is_valid():
        try:
            figures = gather(scope(code, **form.cleaned_data))
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    context = document.context(figures, is_final=False) if figures else {}
    return render(request, "reporting/forum_report_figures.html", {**context, "form": form, "summit": summit})


@require_POST
def forum_report_publish(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask for the final edition of a draft."""
    require(request.user.has_role(Role.HEAD), _("The head of the secretariat publishes Forum reports."))
    draft = find(Job.objects.visible_to(request.user).filter(kind=jobs.DRAFT).done(), uid=uid)
    final = jobs.publish_report(by=request.user, draft=draft)
    messages.info(request, _("The final edition is being made. It is open to everyone as soon as it is finished."))
    return redirect(final)


@public
@require_safe
def forum_report_file(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A published report, for everyone."""
    job = find(Job.objects.filter(kind=jobs.FINAL).done().for_page(), uid=uid)
    return files.serve(job.file)
