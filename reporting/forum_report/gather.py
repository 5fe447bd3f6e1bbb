"""Questions to the apps below, answered as figures. Everything is bounded by dates: nothing of another period slips in."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, Sum
from django.db.models.functions import TruncDate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from alliance.core import clock
from alliance.core.countries import country_name
from alliance.core.errors import Refused
from alliance.forum.models import Objective, Recommendation, Summit
from alliance.rendering.checkpoint import checkpoint, one_state
from funds.attribution import prorated
from funds.models import Agreement, Deposit, Donor, Fund, Posting
from funds.statements import FundingStatus, funding_status
from governance.models import Decision, DecisionAmount
from proposals.models import (
    PartnerReport,
    Project,
    ProposalRecommendation,
    ProposalVersion,
    ReportedIndicator,
    RightsMarker,
)
from reporting.flow import money_flow
from reporting.forum_report.figures import (
    Account,
    DecisionFigures,
    DonorRow,
    Figures,
    IndicatorRow,
    Meeting,
    ObjectiveRow,
    Part,
    ProjectFigures,
    RecommendationRow,
    StatementRow,
    WindowRow,
)

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Scope:
    """What a report is about: the meeting, the days it covers, and one objective or all."""

    summit: Summit
    previous: Summit | None
    as_of: date
    objective: Objective | None

    @property
    def since(self) -> date | None:
        """The first day covered: the day after the meeting before ended."""
        return self.previous.ends_on + timedelta(days=1) if self.previous else None

    def covers(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and day <= self.as_of


def scope(summit: str, *, objective: str = "", as_of: date | None = None) -> Scope:
    """Return the scope of a report; raises Refused, naming the field, for what cannot be reported on."""
    meetings = Summit.objects.in_order().with_chairs()
    meeting = meetings.filter(code=summit).first()
    if meeting is None:
        raise Refused(_("There is no meeting of the Forum with the code %(code)s.") % {"code": summit}, field="summit")
    aim = Objective.objects.filter(code=objective).first()
    if objective and aim is None:
        raise Refused(_("There is no objective %(code)s.") % {"code": objective}, field="objective")
    previous = meetings.filter(number=meeting.number - 1).first()
    made = Scope(meeting, previous, _as_of(meeting, as_of), aim)
    if made.since and made.as_of < made.since:
        raise Refused(_("This date lies before the period that the report covers."), field="as_of")
    return made


def _as_of(meeting: Summit, asked: date | None) -> date:
    today = clock.today()
    if asked is None:
        return min(today, meeting.ends_on)
    if asked > today:
        raise Refused(_("This date lies in the future."), field="as_of")
    if asked > meeting.ends_on:
        raise Refused(_("A report to this meeting covers no date after the meeting’s last day."), field="as_of")
    return asked


def gather(of: Scope) -> Figures:
    """Return the figures of a report, in the active language, all read at one moment."""
    with one_state():
        return _gather(of)


def _gather(of: Scope) -> Figures:
    known = checkpoint()
    status = funding_status(of.as_of)
    fund = Fund.objects.the()
    projects = sponsored(of)
    decisions = decided(of)
    recommendations = by_recommendation(of, projects)
    return Figures(
        language=(get_language() or "en")[:2],
        meeting=meeting_figures(of.summit),
        previous=meeting_figures(of.previous) if of.previous else None,
        since=of.since,
        as_of=of.as_of,
        objective=of.objective.code if of.objective else "",
        objective_name=of.objective.name if of.objective else "",
        currency=fund.currency,
        fund=fund.name,
        fund_status=str(fund.get_status_display()),
        is_demonstration=clock.is_demonstration(),
        register_n=known.n,
        register_hash=known.hash,
        register_at=known.at,
        definitions=status.definitions,
        flow=money_flow(of.as_of),
        statement=statement_rows(status),
        by_objective=by_objective(of, projects),
        by_window=by_window(decisions),
        by_recommendation=tuple(row for row in recommendations if row.projects),
        without_activity=tuple(row for row in recommendations if not row.projects),
        projects=projects,
        decisions=decisions,
        donors=donors(of.as_of),
    )


def meeting_figures(summit: Summit) -> Meeting:
    return Meeting(
        code=summit.code,
        number=summit.number,
        name=summit.name,
        country=country_name(summit.country),
        chairs=tuple(country_name(chair.country) for chair in summit.chairs.all()),
        theme=summit.theme,
        starts_on=summit.starts_on,
        ends_on=summit.ends_on,
    )


# Projects


def sponsored(of: Scope) -> tuple[ProjectFigures, ...]:
    """Return the projects approved in the period, with money and results up to its last day (R104)."""
    rows = Project.objects.approved_between(of.since or date.min, of.as_of)
    if of.objective:
        rows = rows.serving(of.objective)
    rows = rows.select_related("lead", "version").prefetch_related(
        "contracts__partner",
        Prefetch(
            "proposal__recommendations",
            ProposalRecommendation.objects.select_related("recommendation").order_by("recommendation__code"),
        ),
        Prefetch("proposal__indicators"),
    )
    projects = list(rows.order_by("reference"))
    money = balances(of.as_of, [project.reference for project in projects])
    reports = accepted(of, projects)
    names = {objective.code: objective.name for objective in Objective.objects.all()}
    return tuple(project_figures(project, money[project.reference], reports[project.pk], names) for project in projects)


def project_figures(
    project: Project, money: dict[str, Decimal], reports: Sequence[PartnerReport], names: dict[str, str]
) -> ProjectFigures:
    net_funded = money["partner"] + money["spent"]
    allocated = net_funded + money["project"] + money["refunds_in_transit"]
    partners = {
        c.partner.name: None for c in project.contracts.all() if c.state == "signed" and c.partner_id != project.lead_id
    }
    return ProjectFigures(
        reference=project.reference,
        title=project.title,
        summary=project.version.parsed["summary"],
        lead=project.lead.name,
        partners=tuple(sorted(partners)),
        countries=tuple(country_name(code) for code in project.countries),
        state=str(project.get_state_display()),
        starts_on=project.starts_on,
        ends_on=project.ends_on,
        decision=project.decision_reference,
        approved_on=project.approved_on,
        recommendations=tuple(link.recommendation.code for link in project.proposal.recommendations.all()),
        parts=parts(allocated, project.version.objective_percents(), names),
        rights_marker=project.rights_marker,
        rights_label=str(RightsMarker(project.rights_marker).label),
        allocated=allocated,
        net_funded=net_funded,
        spent=money["spent"],
        delivery=(money["spent"] / net_funded).quantize(Decimal("0.0001")) if net_funded else None,
        indicators=indicator_rows(project, reports),
        accounts=tuple(
            Account(r.reference, r.period_from, r.period_to, r.results, r.rights_follow_up) for r in reports
        ),
    )


def parts(amount: Decimal, percents: dict[str, Decimal], names: dict[str, str]) -> tuple[Part, ...]:
    """Split an amount by the objectives' percentages, to the cent; the parts add up to it."""
    split = prorated(amount, percents)
    return tuple(Part(code, names[code], percents[code], split[code]) for code in sorted(percents))


def balances(day: date, references: Iterable[str]) -> dict[str, dict[str, Decimal]]:
    """Return what each project's accounts held on that day, by kind of account, from the postings themselves."""
    held: dict[str, dict[str, Decimal]] = {reference: defaultdict(lambda: ZERO) for reference in references}
    kinds = ("project", "partner", "spent", "refunds_in_transit")
    until = Posting.objects.filter(effective_on__lte=day)
    for side, sign in (("debit", 1), ("credit", -1)):
        rows = until.filter(**{f"{side}__kind__in": kinds}).values_list(f"{side}__kind", f"{side}__subject")
        for kind, subject, amount in rows.annotate(total=Sum("amount")).order_by():
            project = subject.partition(":")[0]
            if project in held:
                held[project][kind] += sign * amount
    return held


def accepted(of: Scope, projects: Sequence[Project]) -> dict[int, list[PartnerReport]]:
    """Return the reports accepted by the report's date, by project, in order."""
    reports: dict[int, list[PartnerReport]] = defaultdict(list)
    rows = PartnerReport.objects.accepted().filter(contract__project__in=projects, accepted_at__date__lte=of.as_of)
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


# Sums


def by_objective(of: Scope, projects: Sequence[ProjectFigures]) -> tuple[ObjectiveRow, ...]:
    """Return allocations and spending by objective, split by the projects' percentages; the rows add up exactly."""
    objectives = [of.objective] if of.objective else list(Objective.objects.order_by("number"))
    allocated: dict[str, Decimal] = defaultdict(lambda: ZERO)
    spent: dict[str, Decimal] = defaultdict(lambda: ZERO)
    count: dict[str, int] = defaultdict(int)
    for project in projects:
        shares = prorated(project.spent, {part.code: part.percent for part in project.parts})
        for part in project.parts:
            allocated[part.code] += part.amount
            spent[part.code] += shares[part.code]
            count[part.code] += 1
    total = sum((allocated[objective.code] for objective in objectives), ZERO)
    return tuple(
        ObjectiveRow(
            one.code, one.name, count[one.code], allocated[one.code], spent[one.code],
            (allocated[one.code] / total).quantize(Decimal("0.0001")) if total else None,
        )
        for one in objectives
    )  # fmt: skip


def statement_rows(status: FundingStatus) -> tuple[StatementRow, ...]:
    """Return the fund's status, with the trustee's seed capital on a line of its own (R96)."""
    rows = [StatementRow(row.code, str(row.label), row.amount, row.percent, row.is_total) for row in status.rows]
    rows.insert(1, StatementRow(status.seed.code, str(status.seed.label), status.seed.amount, None, False))
    return tuple(rows)


def decided(of: Scope) -> tuple[DecisionFigures, ...]:
    """Return the decisions closed in the period, by number; under one objective, those on its projects."""
    rows = Decision.objects.filter(closed_at__date__lte=of.as_of, state="closed").annotate(
        closed_on=TruncDate("closed_at")
    )
    if of.since:
        rows = rows.filter(closed_at__date__gte=of.since)
    rows = rows.select_related("outcome", "version__proposal__applicant").prefetch_related(
        Prefetch("amounts", DecisionAmount.objects.select_related("window").order_by("window__code"))
    )
    found = [row for row in rows.order_by("closed_at", "pk") if of.objective is None or _concerns(row, of.objective)]
    return tuple(decision_figures(row) for row in found)


def _concerns(decision: Decision, objective: Objective) -> bool:
    version = decision.version
    return version is not None and objective.code in version.objective_percents()


def decision_figures(decision: Any) -> DecisionFigures:
    amounts = tuple(WindowRow(row.window.code, row.window.name, row.amount) for row in decision.amounts.all())
    applicant = decision.version.proposal.applicant.name if decision.version else ""
    return DecisionFigures(
        reference=decision.name,
        closed_on=decision.closed_on,
        subject=decision.title,
        applicant=applicant,
        outcome=str(decision.outcome.get_result_display()),
        outcome_code=decision.outcome.result,
        is_consensus=decision.outcome.is_consensus,
        is_allocated=decision.outcome.money == "allocated",
        amounts=amounts,
        total=sum((row.amount for row in amounts), ZERO),
    )


def by_window(decisions: Iterable[DecisionFigures]) -> tuple[WindowRow, ...]:
    """Return what the period's decisions allocated from each window."""
    totals: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for decision in decisions:
        if decision.is_allocated:
            for row in decision.amounts:
                totals[row.code, row.name] += row.amount
    return tuple(WindowRow(code, name, amount) for (code, name), amount in sorted(totals.items()))


def by_recommendation(of: Scope, projects: Sequence[ProjectFigures]) -> list[RecommendationRow]:
    """Return the recommendations that projects follow, and all of the meeting before, with what came of each (R37)."""
    following: dict[str, list[ProjectFigures]] = defaultdict(list)
    for project in projects:
        for code in project.recommendations:
            following[code].append(project)
    rows = Recommendation.objects.for_list()
    before = rows.filter(summit=of.previous) if of.previous else rows.none()
    if of.objective:
        before = before.serving(of.objective.code)
    wanted = {row.code: row for row in (*before, *rows.filter(code__in=following))}
    asked = asked_by(of)
    return [recommendation_row(row, following[code], asked[code]) for code, row in sorted(wanted.items())]


def recommendation_row(row: Recommendation, projects: Sequence[ProjectFigures], asked: Decimal) -> RecommendationRow:
    return RecommendationRow(
        code=row.code,
        text=row.text,
        mark=str(row.mark),
        is_reconstructed=row.is_reconstructed,
        roundtable=str(row.roundtable.label),
        projects=tuple(project.reference for project in projects),
        asked=asked,
        allocated=sum((project.allocated for project in projects), ZERO),
        spent=sum((project.spent for project in projects), ZERO),
    )


def asked_by(of: Scope) -> dict[str, Decimal]:
    """Return what the newest versions sent in during the period ask for, by recommendation, as their pages say."""
    sent = ProposalVersion.objects.filter(submitted_at__date__lte=of.as_of).exclude(proposal__state="withdrawn")
    if of.since:
        sent = sent.filter(submitted_at__date__gte=of.since)
    sent = sent.defer("content").prefetch_related("proposal__recommendations__recommendation")
    newest = {version.proposal_id: version for version in sent.order_by("number", "pk")}
    asked: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for version in newest.values():
        for link in version.proposal.recommendations.all():
            asked[link.recommendation.code] += version.amount
    return asked


def donors(day: date) -> tuple[DonorRow, ...]:
    """Return who signed for how much and what came in, up to that day, by name."""
    signed = dict(
        Agreement.objects.filter(signed_on__lte=day)
        .exclude(state="cancelled")
        .values_list("donor")
        .annotate(Sum("amount_usd"))
        .order_by()
    )
    came = dict(Deposit.objects.until(day).values_list("donor").annotate(Sum("amount_usd")).order_by())
    rows = Donor.objects.filter(pk__in={*signed, *came}).select_related("organisation")
    made = [
        DonorRow(
            donor.name,
            str(donor.get_donor_type_display()),
            signed.get(donor.pk, ZERO),
            came.get(donor.pk, ZERO),
            donor.is_trustee,
        )
        for donor in rows
    ]
    return tuple(sorted(made, key=lambda row: (row.is_seed, row.name)))
