"""Public pages of the Forum's side: summits, recommendations and what came of them, objectives, glossary, about."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliance.access import find, public
from alliance.core import clock
from alliance.core.countries import sort_key
from alliance.core.translated import translation
from alliance.forum.models import AreaOfWork, GlossaryTerm, Objective, Recommendation, Summit, Theme
from alliance.forum.permissions import may_add_area
from alliance.pages.lists import DOWNLOADS, paged, wanted
from reporting.forum_forms import RecommendationFilter
from reporting.outcomes import outcome_of
from reporting.rules import rules

ROWS = 25
EXPORTED = (
    gettext_lazy("Code"), gettext_lazy("Recommendation"), gettext_lazy("Meeting"), gettext_lazy("Session"),
    gettext_lazy("Type"), gettext_lazy("Objectives"), pgettext_lazy("export", "Notice"),
)  # fmt: skip


@public
@require_safe
def summits(request: HttpRequest) -> HttpResponse:
    """All meetings of the Forum, those to come apart."""
    rows = list(Summit.objects.visible_to(request.user).with_chairs().with_recommendation_counts().in_order())
    today = clock.today()
    held = [row for row in rows if row.ends_on < today]
    return render(request, "reporting/summits.html", {"held": held, "coming": rows[len(held) :]})


@public
@require_safe
def summit(request: HttpRequest, code: str) -> HttpResponse:
    """One meeting with its roundtables, sessions and recommendations."""
    row = find(Summit.objects.visible_to(request.user).with_chairs().with_programme(), code=code)
    recommendations = row.recommendations.with_objectives().order_by("code", "pk")
    context = {
        "summit": row,
        "programme": programme(row.roundtables.all(), recommendations),
        "recommendation_count": len(recommendations),
        "sources": row.sources.shown(),
        "is_to_come": row.ends_on >= clock.today(),
    }
    return render(request, "reporting/summit.html", context)


def programme(roundtables: Iterable[Any], recommendations: Iterable[Recommendation]) -> list[dict[str, Any]]:
    """Return each roundtable with its sessions, and under each session what it recommended."""
    by_session = defaultdict(list)
    for recommendation in recommendations:
        by_session[recommendation.session_id].append(recommendation)
    return [
        {
            "roundtable": roundtable,
            "sessions": [
                {"session": session, "recommendations": by_session[session.pk]} for session in roundtable.sessions.all()
            ],
        }
        for roundtable in roundtables
    ]


@public
@require_safe
def recommendations(request: HttpRequest) -> HttpResponseBase:
    """Recommendations by meeting, objective, type, area and words in any language."""
    form = RecommendationFilter(request.GET)
    rows = form.chosen(Recommendation.objects.visible_to(request.user)).for_list()
    if kind := wanted(request):
        return DOWNLOADS[kind](EXPORTED, [exported(row) for row in rows], "recommendations")
    return render(request, "reporting/recommendations.html", {"form": form, "page": paged(request, rows, ROWS)})


def exported(row: Recommendation) -> tuple[str, ...]:
    """A line of the download: a line that is copied elsewhere takes its notice along (R22)."""
    ours = (
        _("Our paraphrase, not official; reconstructed") if row.is_reconstructed else _("Our paraphrase, not official")
    )
    separate = _(
        "The Alliance is separate from the Forum; listing a recommendation implies no endorsement by the Forum."
    )
    objectives = ", ".join(objective.code for objective in row.objectives.all())
    return (
        row.code, translation(row, "text").text, row.summit.name, str(row.session.label), str(row.get_kind_display()),
        objectives, f"{ours}. {separate}",
    )  # fmt: skip


@public
@require_safe
def recommendation(request: HttpRequest, code: str) -> HttpResponse:
    """One recommendation: where it comes from, how sure we are, and what came of it."""
    rows = Recommendation.objects.visible_to(request.user).with_place().with_objectives().with_sources()
    row = find(rows, code=code)
    return render(request, "reporting/recommendation.html", {"recommendation": row, "outcome": outcome_of(row)})


@public
@require_safe
def objectives(request: HttpRequest) -> HttpResponse:
    """The objectives as the document numbers them, their sub-themes, and the areas of work of the day."""
    today = clock.today()
    themes = Prefetch("themes", Theme.objects.on(today).order_by("position", "pk"), to_attr="themes_today")
    objectives = Objective.objects.prefetch_related(themes).order_by("number")
    areas = AreaOfWork.objects.on(today).prefetch_related(themes).order_by("code")
    return render(
        request,
        "reporting/objectives.html",
        {"objectives": objectives, "areas": areas, "may_add_area": may_add_area(request.user)},
    )


@public
@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """The field's terms in each language, in the order of the reader's language."""
    languages = sorted(settings.LANGUAGES, key=lambda language: language[0] != get_language())
    terms = sorted(GlossaryTerm.objects.visible_to(request.user), key=lambda term: sort_key(term.term))
    rows = [{"term": term, "cells": cells(term, languages)} for term in terms]
    return render(request, "reporting/glossary.html", {"rows": rows, "languages": languages})


def cells(term: GlossaryTerm, languages: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    """Return the term in each language, the reader's first."""
    return [{"language": code, "name": name, "text": getattr(term, f"term_{code}")} for code, name in languages]


@public
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What the Alliance is, the document it follows, and which rules are ours."""
    return render(request, "reporting/about.html", {"rules": rules()})
