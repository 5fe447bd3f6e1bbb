from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliance.access import require
from alliance.core.forms import KeyedForm, new_key
from alliance.people.models import Role
from alliance.styleguide import samples
from alliance.styleguide.forms import BallotSample, FilterSample, LineSamples, SampleForm


def may_look(user: Any) -> bool:
    return user.has_role(Role.OFFICER, Role.HEAD)


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Show every component in its states."""
    require(may_look(request.user), _("The style guide is for the secretariat."))
    return render(request, "alliance/styleguide.html", {**parts(request), **samples.charts()})


def parts(request: HttpRequest) -> dict[str, Any]:
    wrong = SampleForm({"key": new_key(), "title": "", "amount": "12,x", "currency": "SEK", "pledged_on": "2008-09-31"})
    return {
        **samples.rows(),
        "sample_form": SampleForm(),
        "wrong_form": wrong,
        "ballot_form": BallotSample(),
        "filter_form": FilterSample(request.GET or None),
        "lines_form": KeyedForm(),
        "line_forms": LineSamples(),
        "page": Paginator(range(420), 50).get_page(request.GET.get("page", 2)),
    }
