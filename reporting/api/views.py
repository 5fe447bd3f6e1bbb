"""Public endpoints: no sign-in, reading only."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import generics
from rest_framework.pagination import BasePagination
from rest_framework.permissions import AllowAny

from funds.models import Posting
from governance.models import Decision
from proposals.models import OutsideActivity
from reporting.api.pages import Keyset
from reporting.api.serializers import (
    ActivitySerializer,
    DecisionDetailSerializer,
    DecisionSerializer,
    PostingSerializer,
    ProjectSerializer,
)
from reporting.postings import for_list
from reporting.projects import public_projects


class PublicList(generics.ListAPIView):
    """A list that everybody may read."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    ordering: tuple[str, ...] = ("-id",)  # a cursor leads on from the first column: rows differ in it

    @property
    def paginator(self) -> BasePagination:
        if not hasattr(self, "_keyset"):
            self._keyset = Keyset(self.ordering)
        return self._keyset


class PublicDetail(generics.RetrieveAPIView):
    """One row by its reference."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    lookup_field = "reference"


def _projects() -> QuerySet[Any]:
    return public_projects().select_related("lead", "version")


def _decisions() -> QuerySet[Any]:
    return Decision.objects.decided().for_list()


def _activities() -> QuerySet[Any]:
    return OutsideActivity.objects.standing().select_related("organisation")


class Activities(PublicList):
    """Activities outside the fund, the latest recorded first."""

    serializer_class = ActivitySerializer

    def get_queryset(self) -> QuerySet[Any]:
        return _activities()


class ActivityDetail(PublicDetail):
    serializer_class = ActivitySerializer

    def get_queryset(self) -> QuerySet[Any]:
        return _activities()


class Projects(PublicList):
    """Projects, the latest recorded first."""

    serializer_class = ProjectSerializer

    def get_queryset(self) -> QuerySet[Any]:
        return _projects()


class ProjectDetail(PublicDetail):
    serializer_class = ProjectSerializer

    def get_queryset(self) -> QuerySet[Any]:
        return _projects()


class Decisions(PublicList):
    """Closed decisions, newest first."""

    serializer_class = DecisionSerializer
    ordering = ("-closed_at", "-pk")

    def get_queryset(self) -> QuerySet[Any]:
        return _decisions()


class DecisionDetail(PublicDetail):
    serializer_class = DecisionDetailSerializer

    def get_queryset(self) -> QuerySet[Any]:
        return _decisions()


class Postings(PublicList):
    """Every movement of money, the latest entered first."""

    serializer_class = PostingSerializer

    def get_queryset(self) -> QuerySet[Any]:
        return for_list(Posting.objects.all())
