"""The projects that a donor's money is attributed to: what for, by whom, how far, with which results."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.urls import reverse

from alliance.core import tones
from proposals.models import Indicator, Project, ReportedIndicator
from proposals.models.versions import VersionObjective
from reporting.donor_area.contributions import translated
from reporting.donor_area.shape import Badge, DonorPart, IndicatorRow, ProjectRow

State = Project.State


def project_rows(
    parts: Iterable[DonorPart], day: date, *, first: int = 0, size: int | None = None
) -> tuple[tuple[ProjectRow, ...], bool]:
    """Return the projects of these parts, the newest approval first, and whether there are more after `size` of them."""
    by_project = {part.project: part for part in parts}
    last = None if size is None else first + size + 1
    found = list(_projects(by_project)[first:last])
    shown = found[:size]
    results = indicators([row.reference for row in shown], day)
    rows = tuple(_row(row, by_project[row.reference], results, day) for row in shown)
    return rows, len(found) > len(shown)


def _projects(references: Iterable[str]) -> QuerySet[Any]:
    links = VersionObjective.objects.filter(version=OuterRef("version")).order_by("-percent", "objective__number")
    rows: QuerySet[Any] = Project.objects.filter(reference__in=list(references)).select_related("lead")
    return rows.annotate(
        objective_codes=ArraySubquery(links.values("objective__code")),
        objective_names=ArraySubquery(links.values(name=translated("objective__name"))),
    ).order_by("-approved_on", "-pk")


def _row(project: Any, part: DonorPart, results: Mapping[str, list[IndicatorRow]], day: date) -> ProjectRow:
    return ProjectRow(
        reference=project.reference,
        title=project.title,
        url=reverse("reporting:project", args=[project.reference]),
        objectives=tuple(zip(project.objective_codes, project.objective_names, strict=True)),
        partner=project.lead.name,
        partner_url=project.lead.get_absolute_url(),
        badge=_badge(project, day),
        part=part,
        indicators=tuple(results.get(project.reference, ())),
    )


def _badge(project: Any, day: date) -> Badge:
    """Return the project's state at the end of the day, from its stamps."""
    stamps = (
        (State.CLOSED, project.closed_at),
        (State.COMPLETED, project.completed_at),
        (State.ACTIVE, project.started_at),
    )
    state = next((state for state, at in stamps if at is not None and at < end_of(day)), State.APPROVED)
    return Badge(str(state.label), tones.of_state(state))


def end_of(day: date) -> datetime:
    """Return the moment at which a day is over."""
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def indicators(references: Iterable[str], day: date) -> dict[str, list[IndicatorRow]]:
    """Return each project's indicators, with the value of the last report accepted by the day that gives one."""
    reported = ReportedIndicator.objects.filter(
        indicator=OuterRef("pk"), actual__isnull=False, report__state="accepted", report__accepted_at__lt=end_of(day)
    ).order_by("-report__period_to", "-report__pk")
    rows: QuerySet[Any] = Indicator.objects.filter(proposal__project__reference__in=list(references))
    rows = rows.annotate(project=F("proposal__project__reference"), actual=Subquery(reported.values("actual")[:1]))
    found: dict[str, list[IndicatorRow]] = defaultdict(list)
    for row in rows.order_by("proposal", "position"):
        found[row.project].append(
            IndicatorRow(row.statement, str(row.get_unit_display()), row.baseline, row.target, row.actual)
        )
    return found
