"""Public pages of projects."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliance.access import find, public
from alliance.pages.filters import ListFilter
from proposals.models import Project
from reporting.paging import page_of
from reporting.projects import chart, project_record, public_projects


@public
@require_safe
def projects(request: HttpRequest) -> HttpResponse:
    """All projects that the committee approved, newest first."""
    form = ListFilter(request.GET, Project.State.choices)
    rows = form.chosen(public_projects(), "title", "reference")
    return render(request, "reporting/projects.html", {"page": page_of(rows.for_list(), request), "form": form})


@public
@require_safe
def project(request: HttpRequest, reference: str) -> HttpResponse:
    """One project: what for, who, its money and whose it is, its contracts, its results."""
    record = project_record(find(public_projects().select_related("lead", "version", "proposal"), reference=reference))
    picture = chart(
        record, _("Results against targets"), _("For each indicator: baseline, target and the value reached.")
    )
    return render(request, "reporting/project.html", {"record": record, "project": record.project, "picture": picture})
