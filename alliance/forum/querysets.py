"""Questions about many rows of the Forum's reference data."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from alliance.core.search import matching
from alliance.core.translated import columns

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from alliance.people.models import User


class PublicQuerySet(models.QuerySet):
    """Rows that everybody may read."""

    def visible_to(self, user: "User | AnonymousUser | None") -> Self:
        """All of them: the Forum's reference data is public."""
        return self.all()


class ValidQuerySet(PublicQuerySet):
    """Rows that can be chosen from one day to another (R72)."""

    def on(self, day: date) -> Self:
        """Rows that can be chosen on that day."""
        return self.filter(Q(valid_from__lte=day), Q(valid_until=None) | Q(valid_until__gte=day))


class ThemeQuerySet(ValidQuerySet):
    def tags(self) -> Self:
        """Sub-themes of an objective, by which a proposal can be tagged (R17)."""
        return self.exclude(objective=None)


class ChairTermQuerySet(PublicQuerySet):
    def on(self, day: date) -> Self:
        """Terms in force on that day: none, one, or co-chairs (R10, R12)."""
        return self.filter(Q(starts_on__lte=day), Q(ends_on=None) | Q(ends_on__gte=day))


class SummitQuerySet(PublicQuerySet):
    def with_chairs(self) -> Self:
        return self.prefetch_related(models.Prefetch("chairs", self._chairs()))

    def with_programme(self) -> Self:
        """With roundtables and their sessions, in the order of the programme."""
        from alliance.forum.models import ForumSession, Roundtable

        sessions = models.Prefetch("sessions", ForumSession.objects.order_by("position", "pk"))
        return self.prefetch_related(
            models.Prefetch("roundtables", Roundtable.objects.order_by("position", "pk").prefetch_related(sessions))
        )

    def with_recommendation_counts(self) -> Self:
        return self.annotate(recommendation_count=models.Count("recommendations"))

    def in_order(self) -> Self:
        return self.order_by("number", "pk")

    @staticmethod
    def _chairs() -> models.QuerySet:
        from alliance.forum.models import SummitChair

        return SummitChair.objects.order_by("position", "pk")


class RecommendationQuerySet(PublicQuerySet):
    """Recommendations of the Forum, in our paraphrase."""

    def search(self, text: str) -> Self:
        """Recommendations that hold every word of `text`, in any language, accents and capitals apart (R58)."""
        return matching(self, text, "code", *columns("text"))

    def serving(self, objective: str) -> Self:
        """Recommendations that serve the objective with this code."""
        return self.filter(objectives__code=objective)

    def with_place(self) -> Self:
        """With the summit, roundtable and session that each came from."""
        return self.select_related("summit", "session__roundtable", "area", "target")

    def with_objectives(self) -> Self:
        from alliance.forum.models import Objective

        return self.prefetch_related(models.Prefetch("objectives", Objective.objects.order_by("number")))

    def with_sources(self) -> Self:
        """With the sources that may be shown (never a mirror, a blog or memory)."""
        from alliance.forum.models import Source

        return self.prefetch_related(models.Prefetch("sources", Source.objects.shown(), to_attr="shown_sources"))

    def for_list(self) -> Self:
        """In the order of meetings and codes, with all that a list shows."""
        return self.with_place().with_objectives().order_by("summit__number", "code", "pk")


class SourceQuerySet(PublicQuerySet):
    def shown(self) -> Self:
        return self.filter(is_shown=True).order_by("key")
