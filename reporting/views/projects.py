"""Public pages of projects."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliance.access import find, public
from reporting.paging import page_of
from reporting.projects import chart, project_record, public_projects


@public
@require_safe
def projects(request: HttpRequest) -> HttpResponse:
    """All projects that the committee approved, newest first."""
    return render(request, "reporting/projects.html", {"page": page_of(public_projects().for_list(), request)})


@public
@require_safe
def project(request: HttpRequest, reference: str) -> HttpResponse:
    """One project: what for, who, its money and whose it is, its contracts, its results."""
    record = project_record(find(public_projects().select_related("lead", "version", "proposal"), reference=reference))
    picture = chart(
        record, _("Results against targets"), _("For each indicator: baseline, target and the value reached.")
    )
    return render(request, "reporting/project.html", {"record": record, "project": record.project, "picture": picture})
