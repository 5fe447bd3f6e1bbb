"""The projects of a report: who carries them out, their money, their results, each as of the report's last day."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db.models import Prefetch, Sum

from alliance.core.countries import country_name
from alliance.forum.models import Objective
from funds.ledger.attribution import prorated
from funds.ledger.chart import OF_PROJECTS
from proposals.models import PartnerReport, Project, ProposalVersion, ReportedIndicator, RightsMarker
from reporting.forum_report.figures import AcceptedReport, IndicatorRow, ObjectivePart, ProjectFigures
from reporting.forum_report.scope import ReportScope

ZERO = Decimal("0.00")


def sponsored(of: ReportScope) -> tuple[ProjectFigures, ...]:
    """Return the projects approved in the period, with money and results up to its last day (R104)."""
    rows = Project.objects.filter(of.dated_in_period("approved_on")).select_related("lead", "version")
    rows = rows.prefetch_related("contracts__partner", "proposal__indicators").order_by("reference")
    money = balances(of, [row.reference for row in rows])
    # A project is made together with its allocation: one without any was not known yet.
    projects = [row for row in rows if money[row.reference] and serves(of, row.version)]
    reports = accepted(of, projects)
    names = {objective.code: objective.name for objective in Objective.objects.all()}
    return tuple(
        project_figures(of, project, money[project.reference], reports[project.pk], names) for project in projects
    )


def serves(of: ReportScope, version: ProposalVersion | None) -> bool:
    """Say whether the report's objective, if it has one, is among those of a frozen version."""
    if of.objective is None:
        return True
    return version is not None and of.objective.code in version.objective_percents()


def project_figures(
    of: ReportScope,
    project: Project,
    money: dict[str, Decimal],
    reports: Sequence[PartnerReport],
    names: dict[str, str],
) -> ProjectFigures:
    content = project.version.parsed
    net_funded = money["partner"] + money["spent"]
    allocated = sum(money.values(), Decimal("0.00"))
    return ProjectFigures(
        reference=project.reference,
        title=project.title,
        summary=content["summary"],
        lead=project.lead.name,
        partners=partners(of, project),
        countries=tuple(country_name(code) for code in project.countries),
        state=state_of(of, project),
        starts_on=project.starts_on,
        ends_on=project.ends_on,
        decision=project.decision_reference,
        approved_on=project.approved_on,
        recommendations=tuple(content["recommendations"]),
        parts=parts(allocated, project.version.objective_percents(), names),
        rights_marker=project.rights_marker,
        rights_label=str(RightsMarker(project.rights_marker).label),
        allocated=allocated,
        net_funded=net_funded,
        spent=money["spent"],
        delivery=(money["spent"] / net_funded).quantize(Decimal("0.0001")) if net_funded else None,
        indicators=indicator_rows(project, reports),
        accounts=tuple(
            AcceptedReport(r.reference, r.period_from, r.period_to, r.results, r.rights_follow_up) for r in reports
        ),
    )


def partners(of: ReportScope, project: Project) -> tuple[str, ...]:
    """Return who, beside the lead, had a contract signed on both sides by the report's date."""
    signed = [
        contract.partner.name
        for contract in project.contracts.all()
        if of.is_done(contract.partner_signed_at) and of.is_done(contract.alliance_signed_at)
        if contract.partner_id != project.lead_id
    ]
    return tuple(sorted(set(signed)))


def state_of(of: ReportScope, project: Project) -> str:
    """Return the project's state on the report's date, from its stamps."""
    stamps = {
        Project.State.CLOSED: project.closed_at,
        Project.State.COMPLETED: project.completed_at,
        Project.State.ACTIVE: project.started_at,
    }
    return str(next((state for state, at in stamps.items() if of.is_done(at)), Project.State.APPROVED).label)


def parts(amount: Decimal, percents: dict[str, Decimal], names: dict[str, str]) -> tuple[ObjectivePart, ...]:
    """Split an amount by the objectives' percentages, to the cent; the parts add up to it."""
    split = prorated(amount, percents)
    return tuple(ObjectivePart(code, names[code], percents[code], split[code]) for code in sorted(percents))


def balances(of: ReportScope, references: Iterable[str]) -> dict[str, dict[str, Decimal]]:
    """Return what each project's accounts held on the last day, by kind of account, from the postings themselves."""
    held: dict[str, dict[str, Decimal]] = {reference: defaultdict(lambda: ZERO) for reference in references}
    for side, sign in (("debit", 1), ("credit", -1)):
        rows = (
            of.postings().filter(**{f"{side}__kind__in": OF_PROJECTS}).values_list(f"{side}__kind", f"{side}__subject")
        )
        for kind, subject, amount in rows.annotate(total=Sum("amount")).order_by():
            project = subject.partition(":")[0]
            if project in held:
                held[project][kind] += sign * amount
    return held


def accepted(of: ReportScope, projects: Sequence[Project]) -> dict[int, list[PartnerReport]]:
    """Return the reports accepted by the report's date, by project, in order."""
    reports: dict[int, list[PartnerReport]] = defaultdict(list)
    rows = PartnerReport.objects.accepted().filter(of.done("accepted_at"), contract__project__in=projects)
    rows = rows.select_related("contract").prefetch_related(
        Prefetch("indicators", ReportedIndicator.objects.order_by("pk"))
    )
    for report in rows.order_by("period_to", "reference"):
        reports[report.contract.project_id].append(report)
    return reports


def indicator_rows(project: Project, reports: Sequence[PartnerReport]) -> tuple[IndicatorRow, ...]:
    """Return the project's indicators, each with its actual value from the last report that gives one."""
    actual = {
        row.indicator_id: row.actual for report in reports for row in report.indicators.all() if row.actual is not None
    }
    ordered = sorted(project.proposal.indicators.all(), key=lambda row: row.position)
    return tuple(
        IndicatorRow(row.statement, str(row.get_unit_display()), row.baseline, row.target, actual.get(row.pk))
        for row in ordered
    )
