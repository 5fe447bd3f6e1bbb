"""A project's activity: as its public page has it, with every movement of its money."""

import functools
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch
from django.db.models.functions import Collate

from funds.attribution import prorated
from proposals.models import Contract, PartnerReport, Project, ReleaseCondition, ReportedIndicator, Tranche
from reporting.iati import codes, movements
from reporting.iati.known import Known, marked
from reporting.iati.movements import Kind, Movement
from reporting.iati.shape import Activity, Coded, Link, Measured, Participant, Planned, Transaction, Year

BATCH = 100  # projects read together


def projects() -> Iterable[Any]:
    """Read projects by reference, letter by letter, with what is public of their contracts, reports and results."""
    actual = Prefetch("indicators", ReportedIndicator.objects.exclude(actual=None).order_by("pk"), to_attr="measured")
    accepted = PartnerReport.objects.accepted().prefetch_related(actual)
    signed = Contract.objects.filter(state=Contract.State.SIGNED).select_related("partner").prefetch_related(
        Prefetch("tranches", Tranche.objects.select_related("payment").order_by("number"), to_attr="parts"),
        Prefetch("reports", accepted, to_attr="accepted"),
    )  # fmt: skip
    conditions = ReleaseCondition.objects.filter(project=OuterRef("pk"))
    rows = Project.objects.select_related("lead", "version", "proposal").annotate(is_conditional=Exists(conditions))
    contracts = Prefetch("contracts", signed.order_by("alliance_signed_at", "pk"), to_attr="signed")
    # All of the proposal's: the page about a project has them in this order.
    return rows.prefetch_related(contracts, "proposal__indicators").order_by(Collate("reference", "C")).iterator(BATCH)


def project_activity(known: Known, project: Any, moved: Iterable[Movement]) -> Activity:
    content = project.version.parsed
    return Activity(
        identifier=codes.project_id(project.reference),
        hierarchy=2,
        title=marked(known.head.mark, (("en", project.title),)),
        descriptions=(("1", (("en", content["summary"] or project.title),)),),
        participants=tuple(_taking_part(known, project)),
        other_identifiers=(("A1", project.reference), ("A9", project.decision_reference)),
        status=codes.PROJECT_STATES[project.state],
        dates=tuple(_dates(project)),
        scope="4" if len(set(project.countries)) == 1 else "3" if project.countries else "1",
        countries=equal_parts(project.countries),
        sectors=(Coded(codes.MIGRATION, "1"), *_objectives(known, project)),
        aid_type=codes.PROJECT_TYPE,
        transactions=movements.transactions(moved, movements.OF_PROJECT, functools.partial(_of_project, known)),
        tags=tuple(
            Coded(code, codes.OWN_VOCABULARY, name=known.recommendations[code])
            for code in content["recommendations"]
            if code in known.recommendations
        ),
        markers=(
            Coded(
                "RIGHTS",
                codes.OWN_VOCABULARY,
                name="Migrants’ rights and welfare",
                significance=str(project.rights_marker),
            ),
        ),
        budget_status=codes.INDICATIVE,
        budgets=tuple(_budgets(project)),
        planned=tuple(_planned(known, project)),
        links=_links(project),
        related=(("1", codes.fund_id()),),
        has_conditions=project.is_conditional,
        results=tuple(_results(project)),
    )


def _taking_part(known: Known, project: Any) -> Iterator[Participant]:
    yield Participant(codes.FUNDING, known.of_fund)
    yield Participant(codes.ACCOUNTABLE, known.of_fund)
    yield Participant(codes.EXTENDING, known.trustee(known.today) or known.of_fund)
    slugs = dict.fromkeys([project.lead.slug, *(contract.partner.slug for contract in project.signed)])
    for slug in slugs:
        yield Participant(codes.IMPLEMENTING, known.parties[slug])


def _dates(project: Project) -> Iterator[tuple[str, date]]:
    yield codes.PLANNED_START, project.starts_on
    if project.started_at:
        yield codes.ACTUAL_START, project.started_at.date()
    yield codes.PLANNED_END, project.ends_on
    if project.completed_at:
        yield codes.ACTUAL_END, project.completed_at.date()


def equal_parts(found: list[str]) -> tuple[Coded, ...]:
    """Return the countries in equal parts of a hundred, which are ours: a proposal names countries and no parts."""
    once = sorted(set(found))
    if len(once) < 2:
        return tuple(Coded(code) for code in once)
    parts = prorated(Decimal(100), dict.fromkeys(once, Decimal(1)))
    return tuple(Coded(code, percent=part) for code, part in parts.items())


def _objectives(known: Known, project: Any) -> Iterator[Coded]:
    percents = project.version.objective_percents()
    for code, percent in percents.items():
        yield Coded(code, codes.OWN_VOCABULARY, percent, known.objectives[code].name_en)


def _budgets(project: Project) -> Iterator[Year]:
    """Split what was approved over the calendar years by their days in the project: no budget by year is public."""
    days = {}
    for year in range(project.starts_on.year, project.ends_on.year + 1):
        first, last = max(date(year, 1, 1), project.starts_on), min(date(year, 12, 31), project.ends_on)
        days[first, last] = Decimal((last - first + timedelta(days=1)).days)
    for (first, last), amount in prorated(project.amount, days).items():
        yield Year(first, last, amount, project.approved_on)


def _planned(known: Known, project: Any) -> Iterator[Planned]:
    """Yield the tranches that are still to be paid; once the work is over none is."""
    for contract in project.signed if project.state in (Project.State.APPROVED, Project.State.ACTIVE) else ():
        for tranche in contract.parts:
            if tranche.payment is None or tranche.payment.paid_on is None or tranche.payment.is_over:
                receiver = known.parties[contract.partner.slug]
                yield Planned(tranche.due_on, tranche.amount, contract.alliance_signed_at.date(), receiver)


def _of_project(known: Known, moved: Movement, kind: Kind, amount: Decimal) -> Transaction:
    """Return a movement as the project's: from the fund, or spent by its partner."""
    found = Transaction(f"{moved.entry}/{moved.line}", kind.code, moved.on, amount, kind.words)
    partner = known.parties.get(moved.partner)
    if kind.code == codes.EXPENDITURE:
        return found._replace(provider=partner)
    return found._replace(provider=known.of_fund, receiver=partner)


def _links(project: Any) -> tuple[Link, ...]:
    """Return the project's page, which holds its contracts and results."""
    url = codes.page("reporting:project", project.reference)
    kinds = [("A12", True), ("A06", project.signed), ("A08", any(one.accepted for one in project.signed))]
    return (Link(url, project.title, tuple(code for code, has_any in kinds if has_any)),) if url else ()


def _results(project: Any) -> Iterator[Measured]:
    """Yield each indicator with what was reached by the last accepted report that speaks of it."""
    reports = [report for contract in project.signed for report in contract.accepted]
    newest: dict[int, tuple[Decimal, str]] = {}
    for report in sorted(reports, key=lambda row: (row.period_to, row.pk), reverse=True):
        for row in report.measured:
            newest.setdefault(row.indicator_id, (row.actual, report.reference))
    for indicator in sorted(project.proposal.indicators.all(), key=lambda row: row.position):
        actual, reference = newest.get(indicator.pk, (None, ""))
        measure = codes.MEASURES[indicator.unit]
        yield Measured(indicator.statement, measure, indicator.baseline, indicator.target, actual, reference)
