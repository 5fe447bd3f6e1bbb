"""A project's activity: as its public page has it, with every movement of its money."""

import functools
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch
from django.db.models.functions import Collate

from funds.ledger.attribution import prorated
from proposals.models import Contract, PartnerReport, Project, ReleaseCondition, ReportedIndicator
from reporting.iati import codes, movements
from reporting.iati.context import Known, in_each, marked
from reporting.iati.movements import Movement, TransactionKind
from reporting.iati.shape import Activity, Coded, Link, Measured, Participant, Party, Text, Transaction, Year
from reporting.projects import results

BATCH = 100  # projects read together
RIGHTS: Text = (("en", "Migrants’ rights and welfare"),)


def projects() -> Iterable[Any]:
    """Read projects by reference, letter by letter, with what is public of their contracts, reports and results."""
    indicators = Prefetch("indicators", ReportedIndicator.objects.order_by("pk"))
    accepted = Prefetch("reports", PartnerReport.objects.accepted().prefetch_related(indicators), to_attr="accepted")
    signed = Contract.objects.filter(state=Contract.State.SIGNED).select_related("partner").prefetch_related(accepted)
    conditions = ReleaseCondition.objects.filter(project=OuterRef("pk"))
    rows = Project.objects.with_money().select_related("lead", "version", "proposal")
    rows = rows.annotate(is_conditional=Exists(conditions))
    contracts = Prefetch("contracts", signed.order_by("alliance_signed_at", "pk"), to_attr="signed")
    # All of the proposal's: the page about a project has them in this order.
    return rows.prefetch_related(contracts, "proposal__indicators").order_by(Collate("reference", "C")).iterator(BATCH)


def project_activity(known: Known, project: Any, moved: Iterable[Movement]) -> Activity:
    content = project.version.parsed
    return Activity(
        identifier=codes.project_id(project.reference),
        title=marked(known.mark, (("en", project.title),)),
        descriptions=(("1", (("en", content["summary"] or project.title),)),),
        participants=tuple(_taking_part(known, project)),
        other_identifiers=(("A1", project.reference), ("A9", project.decision_reference)),
        status=codes.PROJECT_STATES[project.state],
        dates=tuple(_dates(project)),
        scope="4" if len(set(project.countries)) == 1 else "3" if project.countries else "1",
        countries=equal_parts(project.countries),
        sectors=(Coded(codes.MIGRATION, "1"), *_objectives(known, project)),
        aid_type=codes.PROJECT_TYPE,
        transactions=movements.transactions(
            moved, movements.OF_PROJECT, functools.partial(_of_project, known, known.parties[project.lead.slug])
        ),
        tags=tuple(_recommendations(known, content["recommendations"])),
        markers=(_ours("RIGHTS", RIGHTS)._replace(significance=str(project.rights_marker)),),
        budgets=tuple(_budgets(project)),
        are_budgets_revised=project.allocated != project.amount,
        links=_links(project),
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
        name = in_each(known.objectives[code])
        yield _ours(code, name, codes.page("reporting:objectives"))._replace(percent=percent)


def _recommendations(known: Known, named: Iterable[str]) -> Iterator[Coded]:
    for code in named:
        if code in known.recommendations:
            yield _ours(code, known.recommendations[code], codes.page("reporting:recommendations"))


def _ours(code: str, name: Text, page: str = "") -> Coded:
    """Return a code of our own vocabulary: it says what it means, or is at least written out."""
    return Coded(code, codes.OWN_VOCABULARY, name=name or (("en", code),), page=page)


def _budgets(project: Any) -> Iterator[Year]:
    """Split what is allocated over the calendar years by their days in the project: no budget by year is public."""
    days = {}
    for year in range(project.starts_on.year, project.ends_on.year + 1):
        first, last = max(date(year, 1, 1), project.starts_on), min(date(year, 12, 31), project.ends_on)
        days[first, last] = Decimal((last - first + timedelta(days=1)).days)
    for (first, last), amount in prorated(project.allocated, days).items():
        yield Year(first, last, amount, project.approved_on)


def _of_project(known: Known, lead: Party, moved: Movement, kind: TransactionKind, amount: Decimal) -> Transaction:
    """Return a movement as the project's: from the fund to its lead, to which it was allocated, or to the partner paid."""
    receiver = lead if kind.code == codes.COMMITMENT else known.parties.get(moved.partner)
    return Transaction(f"{moved.entry}/{moved.line}", kind.code, moved.on, amount, kind.words, known.of_fund, receiver)


def _links(project: Any) -> tuple[Link, ...]:
    """Return the project's page, which holds its contracts and results."""
    url = codes.page("reporting:project", project.reference)
    kinds = [("A12", True), ("A06", project.signed), ("A08", any(one.accepted for one in project.signed))]
    return (Link(url, project.title, tuple(code for code, has_any in kinds if has_any)),) if url else ()


def _results(project: Any) -> Iterator[Measured]:
    """Yield each indicator as the project's page has it."""
    reports = [report for contract in project.signed for report in contract.accepted]
    newest_first = sorted(reports, key=lambda row: (row.period_to, row.pk), reverse=True)
    indicators = sorted(project.proposal.indicators.all(), key=lambda row: row.position)
    for row in results(indicators, newest_first):
        one = row.indicator
        measure = codes.MEASURES[one.unit]
        yield Measured(one.statement, measure, one.baseline, one.target, row.actual, row.said_in)
