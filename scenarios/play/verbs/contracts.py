"""Contracts, their tranches, and the partners' reports."""

from datetime import date
from decimal import Decimal
from typing import Any

from funds.models import Payment
from proposals.models import BudgetCategory, Contract, Indicator, PartnerReport, Project, Proposal, ReleaseCondition
from proposals.operations import (
    ReportTerms,
    Terms,
    TrancheTerms,
    accept_report,
    draft_contract,
    meet_condition,
    offer_contract,
    prepare_tranche,
    return_report,
    save_report,
    sign_contract,
    submit_report,
)
from scenarios.play.scenario import Act
from scenarios.play.stage import Stage
from scenarios.play.vocabulary import verb


def project_of(stage: Stage, act: Act) -> Project:
    """Return the project of a proposal named earlier, or the one with this reference."""
    made = stage.named.get(act.text("project"))
    if isinstance(made, Proposal):
        return stage.one(act, Project.objects.all(), "project of", proposal=made)
    return stage.made(act, "project", Project)


@verb("project partner objectives tasks expected_results amount starts_on ends_on reports tranches")
def contract(stage: Stage, act: Act) -> Contract:
    """Draft a contract and offer it for signature."""
    officer = stage.person(act, "officer")
    terms = Terms(
        objectives=act.text("objectives"), tasks=act.text("tasks"), expected_results=act.text("expected_results"),
        amount=act.amount("amount"), starts_on=act.date("starts_on"), ends_on=act.date("ends_on"),
        reports=[ReportTerms(*(_day(act, row, name) for name in ("period_from", "period_to", "due_on"))) for row in act.tables("reports")],
        tranches=[_tranche(act, row) for row in act.tables("tranches")],
    )  # fmt: skip
    partner = stage.organisation(act, "partner")
    made = draft_contract(by=officer, project=project_of(stage, act), partner=partner, terms=terms, key=act.key())
    offer_contract(by=officer, contract=made, key=act.key("offer"))
    return made


def _tranche(act: Act, row: dict[str, Any]) -> TrancheTerms:
    return TrancheTerms(act.decimal(row.get("amount"), "amount"), _day(act, row, "due_on"), row.get("report"))


def _day(act: Act, row: dict[str, Any], name: str) -> date:
    if not isinstance(row.get(name), date):
        raise act.wrong(f"a row lacks “{name}”, a date such as 2008-09-15")
    return row[name]


@verb("contract by")
def sign(stage: Stage, act: Act) -> Contract:
    return sign_contract(by=stage.person(act), contract=stage.made(act, "contract", Contract), key=act.key())


@verb("project number evidence")
def condition_met(stage: Stage, act: Act) -> ReleaseCondition:
    rows = ReleaseCondition.objects.filter(project=project_of(stage, act))
    row = stage.one(act, rows, "condition", number=act.number_of("number"))
    return meet_condition(by=stage.person(act, "officer"), condition=row, evidence=act.text("evidence"), key=act.key())


@verb("contract number")
def tranche(stage: Stage, act: Act) -> Payment:
    """Prepare the payment of a tranche; `authorise` and `pay` follow."""
    signed = stage.made(act, "contract", Contract)
    row = stage.one(act, signed.tranches.all(), "tranche", number=act.number_of("number"))
    return prepare_tranche(by=stage.person(act, "finance_officer"), tranche=row, key=act.key())


@verb("contract number by results narrative rights_follow_up", "actuals spending")
def report(stage: Stage, act: Act) -> PartnerReport:
    """Write a due report and submit it: spending = { 1 = "100.00" }, actuals = one table for each indicator."""
    author, was_there = stage.person(act), stage.is_done(act)
    signed = stage.made(act, "contract", Contract)
    row = stage.one(act, signed.reports.all(), "report", number=act.number_of("number"))
    if not was_there:
        texts = {name: act.text(name) for name in ("results", "narrative", "rights_follow_up")}
        actuals, cells = _actuals(stage, act, signed)
        save_report(by=author, report=row, texts=texts, actuals=actuals, cells=cells, spending=_spending(act))
    return submit_report(by=author, report=row, key=act.key())


def _actuals(stage: Stage, act: Act, signed: Contract) -> tuple[dict[Indicator, Any], dict[Any, Decimal | None]]:
    """Return values and remarks by indicator, and the cells of their breakdowns."""
    indicators = Indicator.objects.filter(proposal__project=signed.project_id)
    actuals: dict[Indicator, Any] = {}
    cells: dict[Any, Decimal | None] = {}
    for number, row in enumerate(act.tables("actuals"), start=1):
        indicator = stage.one(act, indicators, "indicator", position=number)
        value = act.decimal(row["actual"], "actual") if "actual" in row else None
        actuals[indicator] = (value, str(row.get("remark", "")))
        for variable, parts in row.items():
            for category, part in parts.items() if isinstance(parts, dict) else ():
                cells[indicator, variable, category] = act.decimal(part, variable)
    return actuals, cells


def _spending(act: Act) -> dict[BudgetCategory, Decimal]:
    """Return the amount of every category of the newest list; none is zero."""
    newest = BudgetCategory.objects.order_by("-version").values_list("version", flat=True).first()
    given = act.table("spending")
    rows = BudgetCategory.objects.filter(version=newest)
    return {row: act.decimal(given.get(str(row.code), "0.00"), "spending") for row in rows}


@verb("contract number")
def accept(stage: Stage, act: Act) -> PartnerReport:
    return accept_report(by=stage.person(act, "finance_officer"), report=_report(stage, act), key=act.key())


@verb("contract number reason")
def return_a_report(stage: Stage, act: Act) -> PartnerReport:
    by, reason = stage.person(act, "officer"), act.text("reason")
    return return_report(by=by, report=_report(stage, act), reason=reason, key=act.key())


def _report(stage: Stage, act: Act) -> PartnerReport:
    signed = stage.made(act, "contract", Contract)
    return stage.one(act, signed.reports.all(), "report", number=act.number_of("number"))
