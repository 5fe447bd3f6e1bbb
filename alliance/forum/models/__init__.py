"""Objectives, areas of work, meetings, recommendations, sources and terms: reference data in each language."""

from alliance.forum.models.glossary import GlossaryTerm
from alliance.forum.models.meetings import ChairTerm, ForumSession, Roundtable, Summit, SummitChair
from alliance.forum.models.recommendations import Recommendation, RecommendationKind
from alliance.forum.models.sources import Source
from alliance.forum.models.subjects import AreaOfWork, Objective, Theme

__all__ = [
    "AreaOfWork",
    "ChairTerm",
    "ForumSession",
    "GlossaryTerm",
    "Objective",
    "Recommendation",
    "RecommendationKind",
    "Roundtable",
    "Source",
    "Summit",
    "SummitChair",
    "Theme",
]
