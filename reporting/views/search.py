"""One search over what is public: recommendations, projects, others' activities, decisions, organisations."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliance.access import public
from alliance.core.errors import Text
from alliance.core.search import matching
from alliance.core.translated import columns
from alliance.forum.models import Recommendation
from alliance.people.models import Organisation
from governance.models import Decision
from proposals.models import OutsideActivity, Project

AT_MOST = 20
NAMES = columns("name", "acronym")


class Search(forms.Form):
    """The words looked for."""

    q = forms.CharField(
        label=_("Words"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )


@dataclass(frozen=True)
class Hit:
    """Something found: its name and its page."""

    label: str
    url: str
    reference: str = ""


@dataclass(frozen=True)
class Hits:
    """What was found of one kind; `more` says that there is more than is shown."""

    title: Text
    rows: list[Hit]
    more: bool


@public
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Find by words in any of the portal’s languages, accents and capitals apart (R58)."""
    form = Search(request.GET or None)
    words = form.cleaned_data["q"].strip() if form.is_valid() else ""
    hits = [group for group in _found(words) if group.rows] if words else []
    return render(request, "reporting/search.html", {"form": form, "words": words, "hits": hits})


def _found(words: str) -> list[Hits]:
    recommendations = Recommendation.objects.search(words).order_by("code")
    projects = matching(Project.objects.all(), words, "reference", "title").order_by("-approved_on", "-pk")
    others = matching(OutsideActivity.objects.standing(), words, "reference", "title").order_by("-starts_on", "-pk")
    decisions = matching(Decision.objects.decided(), words, "reference", "title").order_by("-closed_at", "-pk")
    places = matching(Organisation.objects.exclude(confirmed_at=None), words, *NAMES).order_by("name_en", "pk")
    return [
        _hits(_("Recommendations"), recommendations, lambda row: Hit(row.text, row.get_absolute_url(), row.code)),
        _hits(_("Projects"), projects, lambda row: Hit(row.title, _page("project", row), row.reference)),
        _hits(
            _("Activities outside the fund"), others, lambda row: Hit(row.title, row.get_absolute_url(), row.reference)
        ),
        _hits(_("Decisions"), decisions, lambda row: Hit(row.title, _page("decision", row), row.reference)),
        _hits(_("Organisations"), places, lambda row: Hit(row.name, row.get_absolute_url())),
    ]


def _page(name: str, row: Any) -> str:
    return reverse(f"reporting:{name}", args=[row.reference])


def _hits(title: Text, rows: QuerySet[Any], hit: Any) -> Hits:
    found = list(rows[: AT_MOST + 1])
    return Hits(title, [hit(row) for row in found[:AT_MOST]], len(found) > AT_MOST)
