"""Calls and proposals: drafted, submitted, checked, returned."""

from datetime import date
from typing import Any

from alliance.core.translated import column, columns
from alliance.forum.models import Objective, Recommendation
from proposals.models import BudgetCategory, Call, OutsideActivity, Proposal, ProposalVersion
from proposals.operations import (
    Particulars,
    check_version,
    publish_call,
    record_activity,
    return_proposal,
    save_section,
    start_proposal,
    submit_proposal,
    withdraw_proposal,
)
from scenarios.play.scenario import Act
from scenarios.play.stage import Stage
from scenarios.play.vocabulary import verb

TEXTS = ("context", "approach", "adverse_effects", "disaggregation", "sustainability")
CALL_TEXTS = columns("title", "text")
TRANSLATIONS = [name for name in CALL_TEXTS if name not in {column("title"), column("text")}]
SECTIONS = (
    "summary recommendations justification objectives main themes countries country_reason starts_on ends_on rights "
    "rights_marker partners partnership budget indicators " + " ".join(TEXTS)
)


@verb("title_en text_en closes_at applicant_kinds", " ".join([*TRANSLATIONS, "zone opens_at"]))
def call(stage: Stage, act: Act) -> Call:
    """Publish a call for proposals; it opens at once unless it says when."""
    return publish_call(
        by=stage.person(act, "officer"), opens_at=act.instant("opens_at", act.moment), zone=act.text("zone", "UTC"),
        closes_at=act.instant("closes_at"), applicant_kinds=act.texts("applicant_kinds"), key=act.key(),
        **{name: act.text(name, "") for name in CALL_TEXTS},
    )  # fmt: skip


@verb("organisation title language themes countries starts_on ends_on source", "amount currency source_url")
def activity(stage: Stage, act: Act) -> OutsideActivity:
    """Record an activity outside the fund."""
    texts = {name: act.text(name, "") for name in ("title", "language", "source", "source_url", "currency")}
    given = Particulars(
        organisation=stage.organisation(act), themes=act.texts("themes"), countries=act.texts("countries"),
        starts_on=act.date("starts_on"), ends_on=act.date("ends_on"),
        amount=act.amount("amount") if act.has("amount") else None, **texts,
    )  # fmt: skip
    return record_activity(by=stage.person(act, "officer"), particulars=given, key=act.key())


@verb("applicant kind title by", f"call {SECTIONS}")
def proposal(stage: Stage, act: Act) -> Proposal:
    """Start a draft and write the sections that the act gives."""
    author, was_there = stage.person(act), stage.is_done(act)
    made = start_proposal(
        by=author, applicant=stage.organisation(act, "applicant"), kind=act.text("kind"), title=act.text("title"),
        call=stage.made(act, "call", Call) if act.has("call") else None, key=act.key(),
    )  # fmt: skip
    for section, values in {} if was_there else _sections(stage, act):
        save_section(by=author, proposal=made, section=section, values=values)
    return made


@verb("proposal by")
def submit(stage: Stage, act: Act) -> ProposalVersion:
    return submit_proposal(by=stage.person(act), proposal=stage.made(act, "proposal", Proposal), key=act.key())


@verb("proposal", "route confirmed rights_marker note is_eligible")
def check(stage: Stage, act: Act) -> Any:
    """Check the newest version: eligible and by which route; with a marker, its rights section too."""
    codes, marked = act.texts("confirmed"), act.has("rights_marker")
    return check_version(
        by=stage.person(act, "officer"), version=latest_version(stage, act),
        is_eligible=act.truth("is_eligible", True), route=act.text("route", "recommendation"),
        confirmed=[_recommendation(stage, act, code) for code in codes], is_rights_checked=marked,
        rights_marker=act.number_of("rights_marker") if marked else None, note=act.text("note", ""), key=act.key(),
    )  # fmt: skip


@verb("proposal reason")
def give_back(stage: Stage, act: Act) -> Proposal:
    """Return a proposal to its authors, with the reason."""
    by, reason = stage.person(act, "officer"), act.text("reason")
    return return_proposal(by=by, version=latest_version(stage, act), reason=reason, key=act.key())


@verb("proposal by")
def withdraw(stage: Stage, act: Act) -> Proposal:
    return withdraw_proposal(by=stage.person(act), proposal=stage.made(act, "proposal", Proposal), key=act.key())


def latest_version(stage: Stage, act: Act) -> ProposalVersion:
    """Return the newest version of the proposal that the act names."""
    made = stage.made(act, "proposal", Proposal)
    version = made.versions.order_by("-number").first()
    if version is None:
        raise act.wrong(f"{made.reference} has not been submitted")
    return version


def _sections(stage: Stage, act: Act) -> list[tuple[str, dict[str, Any]]]:
    """Return the values of each section that the act writes."""
    given: list[tuple[str, dict[str, Any]]] = []
    if act.has("summary"):
        given.append(("summary", {"title": act.text("title"), "summary": act.text("summary")}))
    if act.has("recommendations") or act.has("justification"):
        chosen = [_recommendation(stage, act, code) for code in act.texts("recommendations")]
        given.append(("route", {"recommendations": chosen, "coherence_justification": act.text("justification", "")}))
    if act.has("objectives"):
        given.append(("objectives", _objectives(stage, act)))
    if act.has("starts_on"):
        given.append(("places", _places(act)))
    if act.has("rights"):
        given.append(
            ("rights", {"rights_and_welfare": act.text("rights"), "rights_marker": act.number_of("rights_marker")})
        )
    given += [(name, {name: act.text(name)}) for name in TEXTS if act.has(name)]
    if act.has("partners"):
        given.append(("partnership", _partners(stage, act)))
    if act.has("budget"):
        given.append(("budget", {"lines": [_budget_line(stage, act, row) for row in act.tables("budget")]}))
    if act.has("indicators"):
        given.append(("indicators", {"indicators": [_indicator(act, row) for row in act.tables("indicators")]}))
    return given


def _recommendation(stage: Stage, act: Act, code: str) -> Recommendation:
    return stage.one(act, Recommendation.objects.all(), "recommendation", code=code)


def _objectives(stage: Stage, act: Act) -> dict[str, Any]:
    rows = {code: stage.one(act, Objective.objects.all(), "objective", code=code) for code in act.table("objectives")}
    main = act.text("main", max(act.table("objectives"), key=act.table("objectives").__getitem__))
    percents = {row: act.table("objectives")[code] for code, row in rows.items()}
    return {"percents": percents, "main": rows.get(main), "themes": act.texts("themes")}


def _places(act: Act) -> dict[str, Any]:
    return {
        "countries": act.texts("countries"),
        "country_reason": act.text("country_reason", ""),
        "starts_on": act.date("starts_on"),
        "ends_on": act.date("ends_on"),
    }


def _partners(stage: Stage, act: Act) -> dict[str, Any]:
    rows = [
        {
            "organisation": stage.organisation_called(act, str(_of(act, row, "organisation"))),
            "is_lead": bool(row.get("is_lead", False)),
            "tasks": str(_of(act, row, "tasks")),
            "share": act.decimal(row.get("share", "0.00"), "share"),
        }
        for row in act.tables("partners")
    ]
    return {"partners": rows, "partnership": act.text("partnership", "")}


def _budget_line(stage: Stage, act: Act, row: dict[str, Any]) -> dict[str, Any]:
    newest = BudgetCategory.objects.order_by("-version")
    return {
        "partner": stage.organisation_called(act, str(row.get("partner", act.text("applicant")))),
        "year": int(row.get("year", act.date("starts_on", date(act.day.year, 1, 1)).year)),
        "category": stage.one(act, newest, "budget category", code=_of(act, row, "category")),
        "description": str(_of(act, row, "description")),
        "amount": act.decimal(_of(act, row, "amount"), "amount"),
    }


def _indicator(act: Act, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "statement": str(_of(act, row, "statement")),
        "unit": str(row.get("unit", "number")),
        "baseline": act.decimal(row.get("baseline", "0"), "baseline"),
        "target": act.decimal(_of(act, row, "target"), "target"),
        "disaggregation": [str(item) for item in row.get("disaggregation", [])],
    }


def _of(act: Act, row: dict[str, Any], name: str) -> Any:
    if name not in row:
        raise act.wrong(f"a row lacks “{name}”")
    return row[name]
