"""Pages of the report: asked for by the secretariat, read by all once published, its figures as a page."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.access import find, public, require
from alliance.core.errors import Refused
from alliance.core.forms import attempt
from alliance.core.requests import submitted
from alliance.forum.models import Summit
from alliance.jobs.models import Job
from alliance.people.models import READ_ALL_ROLES, Role, User
from alliance.people.requests import Request
from alliance.records import files
from alliance.rendering import pdf
from reporting.forum_report import document, jobs
from reporting.forum_report.forms import ReportForm, ScopeForm
from reporting.forum_report.gather import gather
from reporting.forum_report.scope import reportable, scope

SHOWN = 30


@public
def forum_reports(request: HttpRequest) -> HttpResponse:
    """The published reports; and for the secretariat, the drafts and the form that asks for one."""
    user = request.user if isinstance(request.user, User) else None
    if user is None or not user.has_role(Role.OFFICER, Role.HEAD):
        require(request.method != "POST", _("Forum reports are asked for by the secretariat’s officers and head."))
        return render(request, "reporting/forum_report_list.html", _list_context(user, None))
    form = ReportForm(submitted(request), initial=_first_choices())
    if request.method == "POST" and form.is_valid():
        made = attempt(form, jobs.request_reports, by=user, **form.cleaned_data)
        if made:
            return redirect(made[0] if len(made) == 1 else "reporting:forum_reports")
    return render(request, "reporting/forum_report_list.html", _list_context(user, form))


def _list_context(user: User | None, form: ReportForm | None) -> dict[str, Any]:
    published = Job.objects.filter(kind=jobs.FINAL).done().for_page().order_by("-finished_at", "-pk")
    requests = list(_requests(user)[:SHOWN]) if user and user.has_role(*READ_ALL_ROLES) else None
    names = {one.code: one.name for one in Summit.objects.all()}
    reads_figures = user is not None and user.has_role(*READ_ALL_ROLES, Role.FORUM_CHAIR)
    return {
        "form": form,
        "published": jobs.report_rows(published[:SHOWN], names),
        "requests": None if requests is None else jobs.report_rows(requests, names),
        "may_publish": user is not None and user.has_role(Role.HEAD),
        "reportable": reportable() if reads_figures else None,
        "missing_parts": ", ".join(pdf.missing_parts()) if form else "",
        "is_busy": any(job.is_open for job in requests or ()),
    }


def _requests(user: User) -> QuerySet[Job]:
    """Return what was asked for and is not published, newest first."""
    asked = Job.objects.visible_to(user).filter(kind__in=(jobs.DRAFT, jobs.FINAL))
    return asked.exclude(kind=jobs.FINAL, state="done").for_page().order_by("-requested_at", "-pk")


def _first_choices() -> dict[str, Any]:
    """Return the meeting to come, or the last one there was."""
    return {"summit": reportable()[-1].code}


@require_safe
def forum_report_figures(request: Request, code: str) -> HttpResponse:
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
def forum_report_publish(request: Request, uid: UUID) -> HttpResponse:
    """Ask for the final edition of a draft."""
    require(request.user.has_role(Role.HEAD), _("The head of the secretariat publishes Forum reports."))
    draft = find(Job.objects.visible_to(request.user).filter(kind=jobs.DRAFT).done(), uid=uid)
    final = jobs.publish_report(by=request.user, draft=draft)
    messages.info(request, _("The final edition is being made. It is open to everyone as soon as it is finished."))
    return redirect(final)


@public
@require_safe
def forum_report_file(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """A published report, for everyone."""
    job = find(Job.objects.filter(kind=jobs.FINAL).done().for_page(), uid=uid)
    return files.serve(job.document)
