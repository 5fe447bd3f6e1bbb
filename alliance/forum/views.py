"""Pages where reference data is kept; the public pages that follow it are above."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alliance.access import require
from alliance.core.forms import attempt
from alliance.core.requests import submitted
from alliance.forum.forms import AreaForm
from alliance.forum.operations import add_area_of_work
from alliance.forum.permissions import may_add_area


@require_http_methods(["GET", "HEAD", "POST"])
def area_new(request: HttpRequest) -> HttpResponse:
    """Add an area of work (R72)."""
    require(may_add_area(request.user), _("Only the head of the secretariat adds areas of work."))
    form = AreaForm(submitted(request))
    if request.method == "POST" and form.is_valid():
        area = attempt(form, add_area_of_work, by=request.user, **form.cleaned_data)
        if area:
            messages.success(request, _("Added: %(area)s") % {"area": area})
            return redirect("reporting:objectives")
    return render(request, "alliance/area_new.html", {"form": form})
