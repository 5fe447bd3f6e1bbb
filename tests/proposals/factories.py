"""Proposals at each stage of their life, made through the operations."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from alliance.access import grant, withdraw
from alliance.core import clock
from alliance.forum.models import Objective, Recommendation
from alliance.people.models import Organisation, User
from alliance.register import operation, record
from funds.models import Donor, Window
from funds.operations.deposits import record_deposit
from funds.operations.donors import register_donor
from funds.operations.payments import authorise_payment, pay_payment
from proposals.models import (
    BudgetCategory,
    Contract,
    Indicator,
    OutsideActivity,
    PartnerReport,
    Project,
    Proposal,
    ProposalVersion,
)
from proposals.operations import (
    Particulars,
    ReportTerms,
    Terms,
    TrancheTerms,
    accept_report,
    approve_version,
    check_version,
    draft_contract,
    mark_tabled,
    offer_contract,
    prepare_tranche,
    record_activity,
    save_report,
    save_section,
    sign_contract,
    start_proposal,
    submit_proposal,
    submit_report,
)

D = Decimal


def organisation_of(user: User) -> Organisation:
    return user.memberships_today[0].organisation


def category(code: int) -> BudgetCategory:
    return BudgetCategory.objects.get(version="2012", code=code)


def values_of(
    applicant: Organisation,
    *,
    title: str = "Compendium of bilateral labour arrangements",
    recommendations: tuple[str, ...] = ("B04",),
    objectives: dict[str, int] | None = None,
    main: str = "O3",
    amount: Decimal | str = "250000.00",
    justification: str = "",
    countries: tuple[str, ...] = ("PH", "MA"),
    themes: tuple[str, ...] = (),
    second: Organisation | None = None,
    days: tuple[date, date] = (date(2008, 7, 1), date(2009, 12, 31)),
) -> dict[str, dict[str, Any]]:
    """Return complete values for every section. A `second` partner has a fifth of the budget."""
    percents = objectives or {"O1": 40, "O3": 60}
    known = {row.code: row for row in Objective.objects.all()}
    total = D(amount)
    travel = (total / 5).quantize(D("0.01"))
    lines = [
        {
            "partner": applicant,
            "year": 2008,
            "category": category(1),
            "description": "Two analysts",
            "amount": total - travel,
        },
        {
            "partner": second or applicant,
            "year": 2009,
            "category": category(5),
            "description": "Visits to ministries",
            "amount": travel,
        },
    ]
    partners = [{"organisation": applicant, "is_lead": True, "tasks": "Gather and publish the texts", "share": total}]
    if second:
        partners[0]["share"] = total - travel
        partners += [{"organisation": second, "is_lead": False, "tasks": "Visit the ministries", "share": travel}]
    indicator = {
        "statement": "Officials trained in negotiating labour arrangements",
        "unit": Indicator.Unit.PEOPLE,
        "baseline": D(0),
        "target": D(120),
        "disaggregation": ["sex"],
    }
    return {
        "summary": {"title": title, "summary": "Gathers, compares and publishes bilateral labour arrangements."},
        "route": {
            "recommendations": list(Recommendation.objects.filter(code__in=recommendations)),
            "coherence_justification": justification,
        },
        "objectives": {
            "percents": {known[code]: share for code, share in percents.items()},
            "main": known[main],
            "themes": list(themes),
        },
        "places": {
            "countries": list(countries),
            "country_reason": "",
            "starts_on": days[0],
            "ends_on": days[1],
        },
        "context": {"context": "Arrangements are many and hard to find."},
        "approach": {"approach": "Gather the texts, compare them, publish them."},
        "rights": {"rights_and_welfare": "Each arrangement is read for its clauses on rights.", "rights_marker": 2},
        "adverse_effects": {"adverse_effects": "Publishing could expose negotiations: texts are cleared first."},
        "disaggregation": {"disaggregation": "By sex, and by education where known."},
        "partnership": {
            "partnership": "Ministries of labour of both countries.",
            "partners": partners,
        },
        "budget": {"lines": lines},
        "indicators": {"indicators": [indicator]},
        "sustainability": {"sustainability": "Hosted by the ministries afterwards."},
    }


def particulars(**changes: Any) -> Particulars:
    """Return an activity outside the fund in the place, on the theme and at the time of `values_of` with that theme."""
    values: dict[str, Any] = {
        "organisation": Organisation.objects.get(slug="undp"),
        "title": "Advice on labour arrangements",
        "language": "en",
        "themes": ["mobility-agreements"],
        "countries": ["MA"],
        "starts_on": date(2008, 1, 1),
        "ends_on": date(2009, 6, 30),
        "source": "Letter of 3 March 2008",
    }
    return Particulars(**{**values, **changes})


def recorded_activity(officer: User, **changes: Any) -> OutsideActivity:
    return record_activity(by=officer, particulars=particulars(**changes))


def draft_proposal(
    by: User, *, kind: str = "project", call: Any = None, but: tuple[str, ...] = (), **choices: Any
) -> Proposal:
    """Return a complete draft of the person's organisation; sections named in `but` are left as they start."""
    applicant = organisation_of(by)
    title = choices.get("title", "Compendium of bilateral labour arrangements")
    proposal = start_proposal(by=by, applicant=applicant, kind=kind, title=title, call=call)
    for section, values in values_of(applicant, **choices).items():
        if section not in but:
            proposal = save_section(by=by, proposal=proposal, section=section, values=values)
    return proposal


def submitted_version(by: User, **choices: Any) -> ProposalVersion:
    return submit_proposal(by=by, proposal=draft_proposal(by, **choices))


def checked_version(by: User, officer: User, *, rights: bool = True, **choices: Any) -> ProposalVersion:
    return found_eligible(submitted_version(by, **choices), officer, rights=rights)


def found_eligible(version: ProposalVersion, officer: User, *, rights: bool = True) -> ProposalVersion:
    """Find a version eligible, by its recommendations when it names any."""
    codes = version.parsed["recommendations"]
    check_version(
        by=officer, version=version, is_eligible=True, route="recommendation" if codes else "justified",
        confirmed=Recommendation.objects.filter(code__in=codes), is_rights_checked=rights,
        rights_marker=version.parsed["rights_marker"] if rights else None,
    )  # fmt: skip
    return ProposalVersion.objects.get(pk=version.pk)


def tabled_version(by: User, officer: User, **choices: Any) -> ProposalVersion:
    return put_on_table(checked_version(by, officer, **choices), officer)


def put_on_table(version: ProposalVersion, officer: User) -> ProposalVersion:
    mark_tabled(by=officer, version=version)
    return ProposalVersion.objects.get(pk=version.pk)


def window(code: str = "GEN") -> Window:
    return Window.objects.get(code=code)


def money_in(finance_officer: User, amount: Decimal | str, *, donor: str = "sweden-mfa", code: str = "GEN") -> None:
    """Receive a deposit, so that there is something to allocate."""
    organisation = Organisation.objects.get(slug=donor)
    giver = Donor.objects.filter(organisation=organisation).first()
    giver = giver or register_donor(by=None, organisation=organisation, donor_type="state", stage="agreed")
    record_deposit(
        by=finance_officer,
        donor=giver,
        window=window(code),
        amount=D(amount),
        currency="USD",
        received_on=clock.today(),
    )


def approved_project(
    by: User,
    officer: User,
    finance_officer: User,
    *,
    conditions: tuple[str, ...] = (),
    code: str = "GEN",
    **choices: Any,
) -> Project:
    """Return a project approved for all that it asks, from one window."""
    version = tabled_version(by, officer, **choices)
    return approved(version, finance_officer, conditions=conditions, code=code)


def approved(
    version: ProposalVersion, finance_officer: User, *, conditions: tuple[str, ...] = (), code: str = "GEN"
) -> Project:
    """Approve a version that is before the committee, with the money that it asks."""
    money_in(finance_officer, version.amount * 2, code=code)
    return approve_version(
        by=None, version=version, amounts={window(code): version.amount}, decision_ref="DEC-2008-001",
        conditions=conditions, on=clock.today(),
    )  # fmt: skip


def terms_of(project: Project, **changes: Any) -> Terms:
    """Return terms for the whole allocation: half at once, half after the first report."""
    today = clock.today()
    half = (project.amount / 2).quantize(D("0.01"))
    values: dict[str, Any] = {
        "objectives": "Make arrangements comparable.",
        "tasks": "Gather, compare, publish.",
        "expected_results": "A public compendium.",
        "amount": project.amount,
        "starts_on": project.starts_on,
        "ends_on": project.ends_on,
        "reports": [
            ReportTerms(today, today + timedelta(days=90), today + timedelta(days=120)),
            ReportTerms(today + timedelta(days=91), today + timedelta(days=180), today + timedelta(days=210)),
        ],
        "tranches": [
            TrancheTerms(half, today),
            TrancheTerms(project.amount - half, today + timedelta(days=130), report=1),
        ],
    }
    return Terms(**{**values, **changes})


def offered_contract(project: Project, officer: User, **changes: Any) -> Contract:
    contract = draft_contract(by=officer, project=project, partner=project.lead, terms=terms_of(project, **changes))
    return offer_contract(by=officer, contract=contract)


def signed_contract(project: Project, officer: User, signatory: User, head: User, **changes: Any) -> Contract:
    return signed_by_both(offered_contract(project, officer, **changes), signatory, head)


def signed_by_both(contract: Contract, signatory: User, head: User) -> Contract:
    sign_contract(by=signatory, contract=contract)
    return sign_contract(by=head, contract=contract)


def paid_first_tranche(contract: Contract, finance_officer: User, second_finance_officer: User) -> Decimal:
    """Pay the first tranche and return its amount."""
    tranche = contract.tranches.get(number=1)
    payment = prepare_tranche(by=finance_officer, tranche=tranche)
    authorise_payment(by=second_finance_officer, payment=payment)
    pay_payment(by=finance_officer, payment=payment, on=clock.today())
    return tranche.amount


def write_report(by: User, report: PartnerReport, *, spent: Decimal | str = "1000.00", **texts: str) -> PartnerReport:
    """Fill in a report: every indicator with an even breakdown by sex, spending on staff."""
    words = {
        "results": "40 officials trained",
        "narrative": "On time.",
        "rights_follow_up": "Clauses are read.",
        **texts,
    }
    indicators = list(report.contract.project.proposal.indicators.order_by("position"))
    return save_report(
        by=by,
        report=report,
        texts=words,
        actuals={row: (D(40), "") for row in indicators},
        cells={(row, "sex", category_): D(20) for row in indicators for category_ in ("female", "male")},
        spending={category(1): D(spent)},
    )


def accepted_report(contract: Contract, by: User, officer: User, *, spent: Decimal | str = "1000.00") -> PartnerReport:
    report = write_report(by, contract.reports.order_by("number").first(), spent=spent)
    submit_report(by=by, report=report)
    return accept_report(by=officer, report=report)


@operation
def give_grant(*, user, permission, row):
    """Grant inside an act, as every grant is."""
    grant(user, permission, row)
    record("proposal.co_author_invited/1", by=None, facts={"person": user.uid.hex})


@operation
def take_grant(*, user, permission, row):
    withdraw(user, permission, row)
    record("proposal.co_author_removed/1", by=None, facts={"person": user.uid.hex})
