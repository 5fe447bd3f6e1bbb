"""The progress page of a job, and its finished document."""

from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from alliance.access import find
from alliance.jobs.kinds import job_kind
from alliance.jobs.models import Job
from alliance.people.requests import Request
from alliance.records import files


@require_GET
def job(request: Request, uid: UUID) -> HttpResponse:
    """Show how far a document is; asks again by itself while it is open, and can be left and come back to."""
    row = find(Job.objects.visible_to(request.user).for_page(), uid=uid)
    kind = job_kind(row.kind)
    context: dict[str, Any] = {"job": row, "kind": kind, "back": kind.page(row) if kind.page else ""}
    if row.file is not None:
        context["ending"] = row.file.name.rpartition(".")[2].upper()
        context["result"] = kind.result(row) if kind.result else None
    fragment = "#progress" if request.htmx else ""
    return render(request, f"alliance/job_page.html{fragment}", context)


@require_GET
def job_file(request: Request, uid: UUID) -> FileResponse:
    """Give the finished document to those who may see its job."""
    row = find(Job.objects.visible_to(request.user).for_page(), uid=uid)
    if row.file is None:
        raise Http404
    return files.serve(row.file)
