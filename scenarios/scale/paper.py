"""What is written of each made-up project: proposal, version, check, and the project when it is decided."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from alliance.register import record
from alliance.register.canonical import canonical, digest_of
from governance.models import Decision
from proposals.content import FORMAT
from proposals.models import (
    BudgetLine,
    Check,
    Indicator,
    Partner,
    Project,
    Proposal,
    ProposalObjective,
    ProposalPartner,
    ProposalRecommendation,
    ProposalVersion,
    VersionObjective,
    VersionRecommendation,
)
from scenarios.scale.plan import CENT, Planned, at
from scenarios.scale.votes import decide
from scenarios.scale.world import World, numbered

TEXTS = {
    "summary": "A made-up project, for measuring: it gathers, compares and publishes what is known, and trains officials.",
    "coherence_justification": "",
    "country_reason": "",
    "context": "Made up. What is known is spread over many ministries and hard to find.",
    "approach": "Made up. Gather, compare, publish; then train those who decide.",
    "rights_and_welfare": "Made up. Each text is read for its clauses on rights.",
    "adverse_effects": "Made up. Publishing could expose negotiations: texts are cleared first.",
    "disaggregation": "By sex, and by education where known.",
    "partnership": "Made up. The ministries of both countries.",
    "sustainability": "Made up. Hosted by the ministries afterwards.",
}
STATEMENTS: tuple[tuple[str, str, str, list[str]], ...] = (
    ("Officials trained", "people", "120", ["sex"]),
    ("Texts published", "number", "40", []),
)


@dataclass
class Paper:
    """One project's rows, as the money needs them."""

    plan: Planned
    proposal: Proposal
    version: ProposalVersion
    indicators: list[Indicator]
    decision: Decision
    project: Project
    # Reports with their contract and spending, until they are written.
    accepted: list[Any] = field(default_factory=list)


def write_papers(world: World, plans: list[Planned]) -> list[Paper]:
    """Write everything that leads to the projects of a batch, and the projects; the money comes after."""
    proposals = _proposals(world, plans)
    versions = _versions(world, plans, proposals)
    checks = Check.objects.bulk_create(
        Check(
            version=version, route="recommendation", is_eligible=True, is_rights_checked=True,
            rights_marker=plan.marker, checked_at=at(plan.approved_on - timedelta(days=40)),
            checked_by=world.people["officer"],
        )
        for plan, version in zip(plans, versions, strict=True)
    )  # fmt: skip
    indicators = _parts(world, plans, proposals)
    for plan, version, check in zip(plans, versions, checks, strict=True):
        facts = {"proposal": version.proposal.reference, "version": version.number}
        submitted = facts | {"receipt": version.receipt, "applicant": plan.lead, "amount": version.amount}
        record("proposal.submitted/1", by=world.signatories[plan.lead], rows=[version], facts=submitted)
        found = facts | {"applicant": plan.lead, "recommendations": sorted(plan.recommendations)}
        record("proposal.checked/1", by=check.checked_by, rows=[check, version.proposal], facts=found)
    decisions = decide(world, plans, versions)
    projects = _projects(world, plans, versions, decisions)
    return [
        Paper(plan, proposal, version, own, decision, project)
        for plan, proposal, version, own, decision, project in zip(
            plans, proposals, versions, indicators, decisions, projects, strict=True
        )
    ]


def _proposals(world: World, plans: list[Planned]) -> list[Proposal]:
    references = numbered("ALL", plans)
    return Proposal.objects.bulk_create(
        Proposal(
            reference=reference, kind="project", state="approved", applicant=world.partners[plan.lead],
            created_by=world.signatories[plan.lead], created_at=at(plan.approved_on - timedelta(days=90)),
            saved_at=at(plan.approved_on - timedelta(days=61)), title=plan.title, countries=plan.countries,
            starts_on=plan.starts_on, ends_on=plan.ends_on, rights_marker=plan.marker,
            submitted_at=at(plan.approved_on - timedelta(days=60)), eligible_at=at(plan.approved_on - timedelta(days=40)),
            tabled_at=at(plan.approved_on - timedelta(days=30)), decided_at=at(plan.approved_on, 16),
            decision_reference="-", **TEXTS,
        )
        for plan, reference in zip(plans, references, strict=True)
    )  # fmt: skip


def budget(world: World, plan: Planned) -> list[dict[str, Any]]:
    """Return the budget lines as the frozen content has them: staff, training and support costs of each partner."""
    lines = []
    for slug, share in plan.shares().items():
        indirect = (share * 5 / 100).quantize(CENT)
        training = (share / 4).quantize(CENT)
        parts = (("1", "Staff", share - training - indirect), ("5", "Training", training), ("8", "Support", indirect))
        for code, description, amount in parts:
            category = world.categories[code]
            lines.append(
                {
                    "partner": slug, "year": plan.starts_on.year, "category_version": category.version,
                    "category": category.code, "is_indirect": category.is_indirect, "description": description,
                    "amount": format(amount, "f"),
                }
            )  # fmt: skip
    return lines


def _content(world: World, plan: Planned, proposal: Proposal) -> dict[str, Any]:
    main = max(plan.objectives, key=lambda code: plan.objectives[code])
    return {
        "format": FORMAT, "reference": proposal.reference, "kind": proposal.kind, "applicant": plan.lead,
        "applicant_kind": proposal.applicant.kind, "call": None, "contributors": [proposal.created_by.uid.hex],
        "title": plan.title, **TEXTS, "recommendations": list(plan.recommendations),
        "objectives": [
            {"code": code, "percent": percent, "is_main": code == main}
            for code, percent in sorted(plan.objectives.items())
        ],
        "countries": plan.countries, "starts_on": plan.starts_on.isoformat(), "ends_on": plan.ends_on.isoformat(),
        "rights_marker": plan.marker,
        "partners": [
            {"organisation": slug, "is_lead": slug == plan.lead, "tasks": "Made up", "share": format(share, "f")}
            for slug, share in plan.shares().items()
        ],
        "budget": budget(world, plan),
        "indicators": [
            {"statement": statement, "unit": unit, "baseline": "0.00", "target": f"{target}.00", "disaggregation": by}
            for statement, unit, target, by in STATEMENTS
        ],
        "attachments": [],
    }  # fmt: skip


def _versions(world: World, plans: list[Planned], proposals: list[Proposal]) -> list[ProposalVersion]:
    receipts = numbered("RCT", plans)
    made = []
    for plan, proposal, receipt in zip(plans, proposals, receipts, strict=True):
        content = canonical(_content(world, plan, proposal))
        made.append(
            ProposalVersion(
                proposal=proposal, number=1, title=plan.title, amount=plan.amount, content=content,
                digest=digest_of(content), receipt=receipt, submitted_at=at(plan.approved_on - timedelta(days=60)),
                submitted_by=proposal.created_by,
            )
        )  # fmt: skip
    versions = ProposalVersion.objects.bulk_create(made)
    VersionRecommendation.objects.bulk_create(
        VersionRecommendation(version=version, recommendation=world.recommendations[code])
        for plan, version in zip(plans, versions, strict=True)
        for code in plan.recommendations
    )
    VersionObjective.objects.bulk_create(
        VersionObjective(version=version, objective=world.objectives[code], percent=percent)
        for plan, version in zip(plans, versions, strict=True)
        for code, percent in plan.objectives.items()
    )
    return versions


def _parts(world: World, plans: list[Planned], proposals: list[Proposal]) -> list[list[Indicator]]:
    """Write the parts of the drafts that the versions froze; return each one's indicators."""
    objectives, links, partners, lines, indicators = [], [], [], [], []
    for plan, proposal in zip(plans, proposals, strict=True):
        main = max(plan.objectives, key=lambda code: plan.objectives[code])
        for code, percent in plan.objectives.items():
            row = world.objectives[code]
            objectives.append(
                ProposalObjective(proposal=proposal, objective=row, percent=percent, is_main=code == main)
            )
        confirmed = {"confirmed_at": proposal.eligible_at, "confirmed_by": world.people["officer"]}
        for code in plan.recommendations:
            found = world.recommendations[code]
            links.append(ProposalRecommendation(proposal=proposal, recommendation=found, **confirmed))
        for slug, share in plan.shares().items():
            organisation, lead = world.partners[slug], slug == plan.lead
            partners.append(
                ProposalPartner(
                    proposal=proposal, organisation=organisation, is_lead=lead, tasks="Made up", share=share
                )
            )
        for position, line in enumerate(budget(world, plan), start=1):
            lines.append(
                BudgetLine(
                    proposal=proposal, position=position, partner=world.partners[line["partner"]], year=line["year"],
                    category=world.categories[str(line["category"])], description=line["description"],
                    amount=Decimal(line["amount"]),
                )
            )  # fmt: skip
        for position, (statement, unit, target, by) in enumerate(STATEMENTS, start=1):
            indicators.append(
                Indicator(
                    proposal=proposal, position=position, statement=statement, unit=unit, baseline=Decimal(0),
                    target=Decimal(target), disaggregation=by,
                )
            )  # fmt: skip
    for model, rows in (
        (ProposalObjective, objectives), (ProposalRecommendation, links), (ProposalPartner, partners), (BudgetLine, lines),
    ):  # fmt: skip
        model._default_manager.bulk_create(rows)  # type: ignore[arg-type]
    Indicator.objects.bulk_create(indicators)
    each = len(STATEMENTS)
    return [indicators[start : start + each] for start in range(0, len(indicators), each)]


def _projects(
    world: World, plans: list[Planned], versions: list[ProposalVersion], decisions: list[Decision]
) -> list[Project]:
    references = numbered("PRJ", plans)
    projects, partners = [], []
    for plan, version, decision, reference in zip(plans, versions, decisions, references, strict=True):
        ref = decision.reference
        assert ref
        version.proposal.decision_reference = ref
        over, started = plan.ends_on + timedelta(days=60), at(plan.starts_on)
        projects.append(
            Project(
                reference=reference, proposal=version.proposal, version=version, lead=world.partners[plan.lead],
                title=plan.title, countries=plan.countries, starts_on=plan.starts_on, ends_on=plan.ends_on,
                rights_marker=plan.marker, amount=plan.amount, approved_on=plan.approved_on, decision_reference=ref,
                state=plan.end, started_at=None if plan.end == "approved" else started,
                completed_at=at(over) if plan.end in ("completed", "closed") else None,
                closed_at=at(over + timedelta(days=30)) if plan.end == "closed" else None,
            )
        )  # fmt: skip
        partners.append([_confirmed(world, slug, plan, ref) for slug in plan.shares()])
    Proposal.objects.bulk_update([version.proposal for version in versions], ["decision_reference"])
    Project.objects.bulk_create(projects)
    made = [[row for row in own if row is not None] for own in partners]
    Partner.objects.bulk_create([row for own in made for row in own])
    for plan, version, project, own in zip(plans, versions, projects, made, strict=True):
        facts = {
            "proposal": version.proposal.reference, "version": 1, "project": project.reference,
            "decision": project.decision_reference, "amount": plan.amount, "recommendations": plan.recommendations,
            "objectives": {code: Decimal(percent) for code, percent in plan.objectives.items()},
        }  # fmt: skip
        record("proposal.approved/1", by=None, rows=[project, *own, version.proposal], facts=facts, public=True)
    return projects


def _confirmed(world: World, slug: str, plan: Planned, ref: str) -> Partner | None:
    organisation = world.partners[slug]
    if organisation.pk in world.confirmed:
        return None
    world.confirmed.add(organisation.pk)
    return Partner(organisation=organisation, confirmed_at=at(plan.approved_on, 16), decision_reference=ref)
