"""What the files are of: the fund, its projects, the organisation. To be read inside one state of the database.

The number of queries does not follow the postings; it grows by a few for each hundred projects. Transactions are read
while they are written, so that a large fund needs no more memory than a small one.
"""

import functools
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Collate
from django.utils import translation
from django.utils.translation import gettext as _

from alliance.core import clock
from alliance.core.translated import LANGUAGES
from alliance.forum.models import Objective, Recommendation
from alliance.people.models import Organisation
from alliance.rendering.checkpoint import checkpoint
from funds.attribution import prorated
from funds.models import Agreement, Deposit, Donor, Fund, Instalment, Pledge, Posting, TrusteeTerm
from funds.statements import LABELS, amounts
from proposals.models import (
    Contract,
    PartnerReport,
    Project,
    ReleaseCondition,
    ReportedIndicator,
    Tranche,
)
from reporting.iati import codes, movements
from reporting.iati.movements import ByProject, Kind, Movement
from reporting.iati.shape import (
    Activities,
    Activity,
    Coded,
    Head,
    Link,
    Measured,
    OrganisationFile,
    Participant,
    Party,
    Planned,
    Text,
    Transaction,
    Year,
)
from reporting.statements.scope import Scope

ZERO = Decimal("0.00")
BATCH = 100  # projects read together
NET_OF_REFUNDS = (
    "transfers_partners",
    "transfers_other_funds",
    "refunds_partners",
    "fee",
    "direct_cost",
    "bank_charges",
)


class Known:
    """What is read once for a file: who there is, and what is named by codes."""

    def __init__(self) -> None:
        self.fund = Fund.objects.the()
        self.today = clock.today()
        self.head = self._head()
        self.parties = {row.slug: party(row) for row in Organisation.objects.order_by("pk").iterator()}
        self.terms = list(TrusteeTerm.objects.for_list())
        self.objectives = {row.code: row for row in Objective.objects.order_by("number")}
        self.recommendations = {row.code: row.text_en for row in Recommendation.objects.order_by("code")}
        self.projects = set(Project.objects.values_list("reference", flat=True))

    def _head(self) -> Head:
        name = _in_each(self.fund)
        mark = _said(_mark) if clock.is_demonstration() else ()
        reporter = Party(marked(mark, name)[0][1], codes.MULTILATERAL, codes.publisher())
        return Head(checkpoint().at, self.today, self.fund.currency, reporter, name, mark)

    @property
    def of_fund(self) -> Party:
        return self.head.reporter._replace(activity=codes.fund_id())

    def trustee(self, day: date) -> Party | None:
        """Return the trustee of a day."""
        held = (one for one in self.terms if one.starts_on <= day and (one.ends_on is None or day <= one.ends_on))
        return next((self.parties[one.organisation.slug] for one in held), None)


def _mark() -> str:
    return _("[Demonstration]")


def _said(words: Any) -> Text:
    """Return a text of ours in each language."""
    found = []
    for language in LANGUAGES:
        with translation.override(language):
            found.append((language, str(words())))
    return tuple(found)


def _in_each(row: Any, field: str = "name") -> Text:
    """Return a row's text in each language that it has."""
    texts = ((language, getattr(row, f"{field}_{language}")) for language in LANGUAGES)
    return tuple((language, text) for language, text in texts if text)


def marked(mark: Text, text: Text) -> Text:
    """Return the text behind the mark that a demonstration bears."""
    marks = dict(mark)
    return tuple((language, f"{marks[language]} {words}" if marks else words) for language, words in text)


def party(row: Organisation) -> Party:
    kind = codes.ORGANISATION_TYPES.get(row.kind, "90")
    if row.kind == "civil_society" and row.country:
        kind = codes.NATIONAL_NGO
    return Party(row.name_en, kind, row.iati_id)


def activities() -> Activities:
    """Return the fund's activity and, in the order of their references, each project's."""
    known = Known()
    return Activities(known.head, _activities(known))


def _activities(known: Known) -> Iterator[Activity]:
    yield _fund(known)
    read = ByProject(movements.of_projects(known.today))
    for project in _projects():
        yield _project(known, project, read.of(project.reference))


def _fund(known: Known) -> Activity:
    statements = codes.page("reporting:statements")
    return Activity(
        identifier=codes.fund_id(),
        hierarchy=1,
        title=marked(known.head.mark, known.head.name),
        descriptions=(("1", _said(_what_it_is)), ("2", _aims(known))),
        participants=tuple(_taking_part_in_fund(known)),
        other_identifiers=(("A1", known.fund.code),),
        status=codes.FUND_STATES[known.fund.status],
        dates=(_begun(known),),
        scope="1",
        countries=(),
        sectors=(Coded(codes.MIGRATION, "1"),),
        aid_type=codes.POOLED,
        transactions=_fund_transactions(known),
        budget_status=codes.COMMITTED,
        budgets=_income(known),
        links=(Link(statements, _("Financial statements"), ("A12",)),) if statements else (),
        related=(("2", codes.project_id(reference)) for reference in sorted(known.projects)),
    )


def _what_it_is() -> str:
    return _(
        "A multi-donor trust fund. Contributions are pooled in windows, and an oversight committee decides on each project together with its allocation."
    )


def _aims(known: Known) -> Text:
    texts: dict[str, list[str]] = defaultdict(list)
    for objective in known.objectives.values():
        for language, text in _in_each(objective, "text"):
            texts[language].append(text)
    return tuple((language, " ".join(parts)) for language, parts in texts.items())


def _begun(known: Known) -> tuple[str, date]:
    """Return when it began: with the first money; until then its present status says since when it is meant."""
    first = Posting.objects.filter(effective_on__lte=known.today).order_by("effective_on")
    day = first.values_list("effective_on", flat=True).first()
    return (codes.ACTUAL_START, day) if day else (codes.PLANNED_START, known.fund.status_on)


def _taking_part_in_fund(known: Known) -> Iterator[Participant]:
    for slug in Donor.objects.public().order_by("pk").values_list("organisation__slug", flat=True):
        yield Participant(codes.FUNDING, known.parties[slug])
    yield Participant(codes.ACCOUNTABLE, known.of_fund)
    yield Participant(codes.EXTENDING, known.trustee(known.today) or known.of_fund)
    signed = Contract.objects.filter(state=Contract.State.SIGNED).order_by("partner__slug")
    for slug in signed.values_list("partner__slug", flat=True).distinct():
        yield Participant(codes.IMPLEMENTING, known.parties[slug])


def _income(known: Known) -> tuple[Year, ...]:
    """Return what agreements say is paid in each year: by their instalments, or when they are signed without any."""
    due: dict[int, Decimal] = defaultdict(lambda: ZERO)
    agreements = _agreements(known.today).prefetch_related(
        Prefetch("instalments", Instalment.objects.order_by("number"), to_attr="parts")
    )
    for agreement in agreements.iterator(BATCH):
        parts = {part.pk: part.amount for part in agreement.parts}
        years = {part.pk: part.due_on.year for part in agreement.parts}
        if not parts:
            due[agreement.signed_on.year] += agreement.usd_then
            continue
        for pk, amount in prorated(agreement.usd_then, parts).items():
            due[years[pk]] += amount
    return tuple(_whole_year(year, due[year]) for year in sorted(due) if due[year])


def _whole_year(year: int, amount: Decimal) -> Year:
    return Year(date(year, 1, 1), date(year, 12, 31), amount, date(year, 1, 1))


def _agreements(day: date) -> QuerySet[Any]:
    standing = Agreement.objects.filter(signed_on__lte=day).exclude(cancelled_at__date__lte=day)
    return standing.select_related("donor__organisation").worth_on(day).order_by("signed_on", "pk")


def _fund_transactions(known: Known) -> Iterator[Transaction]:
    yield from _pledged(known)
    yield from _agreed(known)
    read = movements.of_fund(known.today)
    yield from movements.transactions(read, movements.OF_FUND, functools.partial(_of_fund, known))


def _pledged(known: Known) -> Iterator[Transaction]:
    """Yield what was promised: acknowledged pledges that stand, each with what it is worth now."""
    public = Pledge.objects.public().filter(pledged_on__lte=known.today, acknowledged_at__date__lte=known.today)
    rows = public.exclude(state="cancelled").select_related("donor__organisation").worth_on(known.today)
    for row in rows.order_by("pledged_on", "pk").iterator():
        donor = known.parties[row.donor.organisation.slug]
        yield Transaction(
            row.reference, codes.PLEDGE, row.pledged_on, row.usd_then, "Pledge, acknowledged", donor, known.of_fund
        )


def _agreed(known: Known) -> Iterator[Transaction]:
    """Yield what donors signed for, and what came without an agreement that stands: it was committed when it came.

    They add up to the commitments of the statement. See also `reporting.statements.donors.committed_by_donor`.
    """
    for row in _agreements(known.today).iterator():
        donor = known.parties[row.donor.organisation.slug]
        yield Transaction(
            row.reference, codes.INCOMING_COMMITMENT, row.signed_on, row.usd_then, "Contribution agreement",
            donor, known.of_fund,
        )  # fmt: skip
    cancelled = Q(agreement__cancelled_at__date__lte=known.today)
    rows = (
        Deposit.ever.standing(known.today).filter(Q(agreement=None) | cancelled).select_related("donor__organisation")
    )
    for row in rows.order_by("received_on", "pk").iterator():
        donor = known.parties[row.donor.organisation.slug]
        yield Transaction(
            row.reference, codes.INCOMING_COMMITMENT, row.received_on, row.amount_usd, "Deposit without an agreement",
            donor, known.of_fund,
        )  # fmt: skip


def _of_fund(known: Known, moved: Movement, kind: Kind, amount: Decimal) -> Transaction:
    """Return a movement as the fund's: from a donor, to a project or its partner, or for a cost."""
    found = Transaction(f"{moved.entry}/{moved.line}", kind.code, moved.on, amount, kind.words)
    if kind.code == codes.INCOMING:
        return found._replace(provider=known.parties.get(moved.donor), receiver=known.of_fund)
    found = found._replace(provider=known.of_fund)
    activity = codes.project_id(moved.project) if moved.project in known.projects else ""
    if kind.code == codes.COMMITMENT:
        return found._replace(receiver=known.head.reporter._replace(activity=activity))
    if moved.project:
        partner = known.parties.get(moved.partner)
        return found._replace(receiver=partner._replace(activity=activity) if partner else None)
    if kind.code == codes.EXPENDITURE:
        is_fee = movements.KIND.FEE in (moved.debit, moved.credit)
        receiver = known.trustee(moved.on) if is_fee else None
        return found._replace(receiver=receiver, aid_type=codes.ADMINISTRATIVE)
    return found


def _projects() -> Iterable[Any]:
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


def _project(known: Known, project: Any, moved: Iterable[Movement]) -> Activity:
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
        countries=_countries(project.countries),
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


def _countries(found: list[str]) -> tuple[Coded, ...]:
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
    for contract in project.signed:
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


def organisation() -> OrganisationFile:
    """Return the organisation's file: its income by year as agreed, and what it used in each year, as the statement has it."""
    known = Known()
    url = codes.page("reporting:statements")
    links = (Link(url, _("Financial statements"), ("B16",)),) if url else ()
    return OrganisationFile(known.head, _income(known), tuple(_spending(known.today)), links)


def _spending(day: date) -> Iterator[Year]:
    moves = Scope(day).moves()
    for year in moves.years:
        found = amounts(functools.partial(moves.net, year=year))
        if not any(found[code] for code in NET_OF_REFUNDS):
            continue
        ends_on = min(date(year, 12, 31), day)
        signed = {code: -found[code] if code == "refunds_partners" else found[code] for code in NET_OF_REFUNDS}
        parts = tuple((code, amount, str(LABELS[code])) for code, amount in signed.items() if amount)
        yield Year(date(year, 1, 1), ends_on, found["total_uses"], ends_on, parts)
