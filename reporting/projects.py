"""What a project's public page shows: what for, who, its money, its donors, its results."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet

from alliance.forum.models import Objective, Recommendation, Theme
from alliance.rendering.charts import Target, Targets
from funds.ledger.attribution import prorated
from funds.ledger.shares import ProjectShare, shares_of_project
from governance.models import Decision
from proposals.models import Contract, Expenditure, Indicator, PartnerReport, Project, ReportedIndicator, Tranche
from proposals.querysets import ProjectQuerySet

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class ObjectivePart:
    """The part of the allocation that serves one objective, by the proposal's percentages (R47)."""

    objective: Objective
    percent: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Result:
    """An indicator with what was reached by the last accepted report that speaks of it."""

    indicator: Indicator
    actual: Decimal | None
    said_in: str = ""


@dataclass(frozen=True)
class ProjectRecord:
    """A project, whole, as anyone may read it."""

    project: Any
    summary: str
    recommendations: list[Recommendation]
    objectives: list[ObjectivePart]
    themes: list[Theme]
    attributions: list[ProjectShare]
    contracts: list[Contract]
    reports: list[PartnerReport]
    results: list[Result]
    decisions: list[Decision]

    @property
    def delivery(self) -> Decimal | None:
        """Spending over the net funded amount; none before money has gone out."""
        return self.project.spent / self.project.net_funded if self.project.net_funded else None

    @property
    def is_complementary(self) -> bool:
        """Whether it was eligible without a recommendation of the Forum (R28, R70)."""
        return not self.recommendations


def public_projects() -> ProjectQuerySet:
    """Every project is public: the committee approved it (R55)."""
    return Project.objects.with_money().select_related("lead")


def project_record(project: Any) -> ProjectRecord:
    """Gather a project of `public_projects`."""
    content = project.version.parsed
    reports = list(_accepted(project))
    return ProjectRecord(
        project=project,
        summary=content["summary"],
        recommendations=list(Recommendation.objects.filter(code__in=content["recommendations"]).order_by("code")),
        objectives=_objectives(project),
        themes=list(Theme.objects.filter(code__in=project.themes).order_by("area", "position", "pk")),
        attributions=shares_of_project(project.reference),
        contracts=list(_signed(project)),
        reports=reports,
        results=list(results(project.proposal.indicators.order_by("position"), reports)),
        decisions=list(Decision.objects.decided().for_project(project).with_outcome()),
    )


def _objectives(project: Any) -> list[ObjectivePart]:
    percents = project.version.objective_percents()
    amounts = prorated(project.allocated, percents)
    rows = Objective.objects.filter(code__in=percents).order_by("number")
    return [ObjectivePart(row, percents[row.code], amounts[row.code]) for row in rows]


def _signed(project: Project) -> QuerySet[Contract]:
    """Contracts signed on both sides: objectives, tasks and expected results are public from then on (R63)."""
    rows = project.contracts.filter(state=Contract.State.SIGNED).select_related("partner")
    tranches = Prefetch("tranches", Tranche.objects.select_related("payment"))
    return rows.prefetch_related(tranches).order_by("alliance_signed_at", "pk")


def _accepted(project: Project) -> QuerySet[PartnerReport]:
    rows = PartnerReport.objects.accepted().filter(contract__project=project).select_related("contract__partner")
    spending = Prefetch("expenditures", Expenditure.objects.select_related("category"))
    indicators = Prefetch("indicators", ReportedIndicator.objects.order_by("pk"))
    return rows.prefetch_related(spending, indicators).order_by("-period_to", "-pk")


def results(indicators: Iterable[Indicator], newest_first: Iterable[PartnerReport]) -> Iterator[Result]:
    """Yield the indicators in their order, each with what the newest of the accepted reports says that was reached."""
    newest: dict[int, tuple[Decimal, str]] = {}
    for report in newest_first:
        for row in report.indicators.all():
            if row.actual is not None:
                newest.setdefault(row.indicator_id, (row.actual, report.reference))
    for indicator in indicators:
        yield Result(indicator, *newest.get(indicator.pk, (None, "")))


def chart(record: ProjectRecord, title: str, description: str) -> Targets | None:
    """Return the picture of actual values against targets, when there is something to draw."""
    rows = tuple(
        Target(row.indicator.statement, row.indicator.baseline or ZERO, row.indicator.target, row.actual)
        for row in record.results
    )
    return Targets(title, description, rows) if any(row.actual is not None for row in record.results) else None
