"""Questions to the apps below, answered as figures. Everything is bounded by dates: nothing of another period slips in."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, Q, Sum
from django.db.models.functions import TruncDate
from django.utils.translation import gettext

from alliance.core import clock, formats
from alliance.core.countries import country_name
from alliance.core.translated import active_language
from alliance.forum.models import Objective, Recommendation, Summit
from alliance.register.knowledge import one_state
from funds.ledger.attribution import prorated
from funds.ledger.chart import GIVEN
from funds.models import Agreement, Donor, Fund
from funds.statements.funding_status import DEFINITIONS, StatusRow, funding_status
from governance.models import Decision, DecisionAmount
from proposals.models import ProposalVersion, WaitingApproval
from reporting.flow import money_flow
from reporting.forum_report.figures import (
    DecisionFigures,
    DonorRow,
    Meeting,
    ObjectiveRow,
    ProjectFigures,
    RecommendationRow,
    ReportFigures,
    StatementRow,
    WindowRow,
)
from reporting.forum_report.projects import serves, sponsored
from reporting.forum_report.scope import ReportScope, rests_on

ZERO = Decimal("0.00")


def gather(of: ReportScope) -> ReportFigures:
    """Return the figures of a report, in the active language, all read at one moment."""
    with one_state():
        return _gather(of)


def _gather(of: ReportScope) -> ReportFigures:
    known = rests_on(of)
    fund = Fund.objects.the()
    projects = sponsored(of)
    decisions = decided(of)
    recommendations = by_recommendation(of, projects)
    return ReportFigures(
        language=active_language(),
        meeting=meeting_figures(of.summit),
        previous=meeting_figures(of.previous) if of.previous else None,
        since=of.since,
        as_of=of.as_of,
        objective=of.objective.code if of.objective else "",
        objective_name=of.objective.name if of.objective else "",
        currency=fund.currency,
        fund=fund.name,
        is_demonstration=clock.is_demonstration(),
        register_n=known.n,
        register_hash=known.hash,
        register_at=known.at,
        definitions=DEFINITIONS,
        flow=money_flow(of.as_of, since=of.since, known_at=of.known_at),
        statement=statement(of),
        by_objective=by_objective(of, projects),
        by_window=by_window(decisions),
        by_recommendation=tuple(row for row in recommendations if row.projects),
        without_activity=tuple(row for row in recommendations if not row.projects),
        projects=projects,
        decisions=decisions,
        donors=donors(of),
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


def by_objective(of: ReportScope, projects: Sequence[ProjectFigures]) -> tuple[ObjectiveRow, ...]:
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


def statement(of: ReportScope) -> tuple[StatementRow, ...]:
    """Return the fund's status before the period, in it and together; the trustee's seed has its own line (R96)."""
    now = funding_status(of.as_of, known_at=of.known_at)
    before = funding_status(of.since - timedelta(days=1), known_at=of.known_at) if of.since else None
    seed_before = before.seed.amount if before else ZERO
    rows = [_statement_row(row, before.amount(row.code) if before else ZERO) for row in now.rows]
    return (rows[0], _statement_row(now.seed, seed_before), *rows[1:])


def _statement_row(row: StatusRow, before: Decimal) -> StatementRow:
    return StatementRow(row.code, str(row.label), before, row.amount - before, row.amount, row.percent, row.is_total)


def decided(of: ReportScope) -> tuple[DecisionFigures, ...]:
    """Return the decisions closed in the period, and earlier ones that waited and got their money in it, in order.

    Under one objective, those on its projects.
    """
    funded = WaitingApproval.objects.filter(of.done_in_period("funded_at")).values("decision_reference")
    rows = Decision.objects.filter(of.done_in_period("closed_at") | Q(reference__in=funded), state="closed")
    rows = rows.annotate(closed_on=TruncDate("closed_at"))
    rows = rows.select_related("outcome", "version__proposal__applicant").prefetch_related(
        Prefetch("amounts", DecisionAmount.objects.select_related("window").order_by("window__code"))
    )
    found = [row for row in rows.order_by("closed_at", "pk") if serves(of, row.version)]
    short = [row.reference for row in found if row.outcome.money == "waiting"]
    waited = WaitingApproval.objects.in_bulk(short, field_name="decision_reference")
    return tuple(decision_figures(of, row, waited.get(row.reference)) for row in found)


def _outcome(of: ReportScope, decision: Any, waited: WaitingApproval | None) -> str:
    """Return the outcome in words: an approval that waits, lapsed or got its money in a later period says so."""
    funded_at = waited.funded_at if waited else None
    if funded_at is not None and of.is_done(funded_at):
        if of.since and decision.closed_on < of.since:
            day = formats.long_date(funded_at.date())
            return gettext("Approved earlier, money allocated on %(day)s") % {"day": day}
    elif decision.outcome.money == "waiting":
        has_lapsed = waited is not None and waited.stands_until < of.as_of
        return gettext("Approved, lapsed without money") if has_lapsed else gettext("Approved, waiting for money")
    return str(decision.outcome.get_result_display())


def decision_figures(of: ReportScope, decision: Any, waited: WaitingApproval | None) -> DecisionFigures:
    amounts = tuple(WindowRow(row.window.code, row.window.name, row.amount) for row in decision.amounts.all())
    applicant = decision.version.proposal.applicant.name if decision.version else ""
    is_funded = waited is not None and of.is_done(waited.funded_at)
    return DecisionFigures(
        reference=decision.name,
        closed_on=decision.closed_on,
        subject=decision.title,
        applicant=applicant,
        outcome=_outcome(of, decision, waited),
        outcome_code=decision.outcome.result,
        is_consensus=decision.outcome.is_consensus,
        is_allocated=decision.outcome.money == "allocated" or is_funded,
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


def by_recommendation(of: ReportScope, projects: Sequence[ProjectFigures]) -> list[RecommendationRow]:
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


def asked_by(of: ReportScope) -> dict[str, Decimal]:
    """Return what the newest versions sent in during the period ask for, by the recommendations they name."""
    sent = ProposalVersion.objects.filter(of.done_in_period("submitted_at")).exclude(of.done("proposal__withdrawn_at"))
    newest = {version.proposal_id: version for version in sent.order_by("number", "pk")}
    asked: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for version in newest.values():
        for code in version.parsed["recommendations"]:
            asked[code] += version.amount
    return asked


def donors(of: ReportScope) -> tuple[DonorRow, ...]:
    """Return who signed for how much in the period, and what came in during it, less what was reversed, by name."""
    signed = _signed(of)
    came = _came(of)
    rows = Donor.objects.filter(Q(pk__in=signed) | Q(organisation__slug__in=came)).select_related("organisation")
    made = [
        DonorRow(
            donor.name,
            str(donor.get_donor_type_display()),
            signed.get(donor.pk, ZERO),
            came.get(donor.organisation.slug, ZERO),
            donor.is_trustee,
        )
        for donor in rows
    ]
    return tuple(sorted(made, key=lambda row: (row.is_seed, row.name)))


def _came(of: ReportScope) -> dict[str, Decimal]:
    """Return what came in during the period by the donor's slug, from the postings: a reversal takes it back."""
    rows = of.postings().filter(of.dated_in_period("effective_on")).order_by()
    rows = rows.filter(Q(credit__kind__in=GIVEN) | Q(debit__kind__in=GIVEN))
    found: dict[str, Decimal] = defaultdict(lambda: ZERO)
    sides = ("credit__kind", "credit__subject", "debit__subject")
    for kind, credited, debited, amount in rows.values_list(*sides).annotate(Sum("amount")):
        found[credited if kind in GIVEN else debited] += amount if kind in GIVEN else -amount
    return dict(found)


def _signed(of: ReportScope) -> dict[int, Decimal]:
    """Return what was signed for in the period by donor: its agreements, and what its amendments changed of earlier ones."""
    before = of.since - timedelta(days=1) if of.since else date.min
    rows = Agreement.objects.filter(of.recorded("recorded_at"), signed_on__lte=of.as_of)
    rows = rows.exclude(of.done("cancelled_at"))
    rows = rows.worth_on(of.as_of, known_by=of.known_by).worth_on(before, known_by=of.known_by, named="before")
    sums = (
        rows.order_by()
        .values_list("donor")
        .annotate(now=Sum("usd_then"), was=Sum("usd_before", filter=Q(signed_on__lte=before), default=ZERO))
    )
    found = {donor: now - was for donor, now, was in sums}
    return {donor: amount for donor, amount in found.items() if amount}
