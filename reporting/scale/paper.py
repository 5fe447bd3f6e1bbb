"""What is written and decided of each made-up project: proposal, version, check, vote, outcome, project."""

import secrets
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from alliance.core.references import next_references
from alliance.register import Draft, record
from alliance.register.canonical import canonical, digest_of
from alliance.register.snapshots import plain
from governance import counting
from governance.models import Ballot, Decision, DecisionAmount, FrozenDocument, FrozenSeat, Outcome, Recusal
from governance.operations.closing import written
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
from reporting.scale.plan import CENT, Planned
from reporting.scale.world import World

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
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@dataclass
class Paper:
    """One project's rows, as the money needs them."""

    plan: Planned
    proposal: Proposal
    version: ProposalVersion
    indicators: list[Indicator]
    decision: Decision
    project: Project
    accepted: list[Any] = field(
        default_factory=list
    )  # reports with their contract and spending, until they are written


def at(day: date, hour: int = 9) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=UTC)


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
    decisions = _decisions(world, plans, versions)
    projects = _projects(world, plans, versions, decisions)
    return [
        Paper(plan, proposal, version, own, decision, project)
        for plan, proposal, version, own, decision, project in zip(
            plans, proposals, versions, indicators, decisions, projects, strict=True
        )
    ]


def _proposals(world: World, plans: list[Planned]) -> list[Proposal]:
    references = _numbered("ALL", plans)
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


def _numbered(prefix: str, plans: list[Planned]) -> list[str]:
    """Return one reference for each plan, in the year of its approval."""
    return [
        f"{prefix}-{plan.approved_on.year}-{reference.rpartition('-')[2]}"
        for plan, reference in zip(plans, next_references(prefix, len(plans), year=0), strict=True)
    ]


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
    receipts = _numbered("RCT", plans)
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


def _decisions(world: World, plans: list[Planned], versions: list[ProposalVersion]) -> list[Decision]:
    """Put, open, vote on and close an item for each version."""
    items = _numbered("ITM", plans)
    decisions = Decision.objects.bulk_create(
        Decision(
            body=world.body, item=item, kind="proposal", procedure="vote", version=version, title=plan.title,
            put_by=world.people["officer"], put_at=at(plan.approved_on - timedelta(days=30)),
            closes_at=at(plan.approved_on, 15),
        )
        for plan, version, item in zip(plans, versions, items, strict=True)
    )  # fmt: skip
    amounts = DecisionAmount.objects.bulk_create(
        DecisionAmount(decision=decision, window=world.windows[code], amount=amount)
        for plan, decision in zip(plans, decisions, strict=True)
        for code, amount in sorted(plan.amounts.items())
    )
    asked: dict[int, list[DecisionAmount]] = {}
    for row in amounts:
        asked.setdefault(row.decision_id, []).append(row)
    opened = {decision.pk: _open(world, plan, decision, asked[decision.pk]) for plan, decision in zip(plans, decisions, strict=True)}  # fmt: skip
    names = ("state", "year", "number", "reference", "rule_set", "is_sealed", "subject_digest", "opened_at", "opened_by", "opening_entry")  # fmt: skip
    Decision.objects.bulk_update(decisions, names)
    votes = _votes(world, plans, decisions, opened)
    for decision, plan in zip(decisions, plans, strict=True):
        decision.state, decision.closed_at = "closed", at(plan.approved_on, 16)
    Decision.objects.bulk_update(decisions, ["state", "closed_at"])
    _close(world, decisions, votes)
    return decisions


def _open(world: World, plan: Planned, decision: Decision, amounts: list[DecisionAmount]) -> Draft:
    """Set the item open in memory, with its next number, and hand its opening to the register."""
    on = plan.approved_on - timedelta(days=21)
    number = world.numbers[on.year] = world.numbers.get(on.year, 0) + 1
    entry = record("decision.opened/1", by=world.people["officer"], public=True)
    subject = {
        "kind": decision.kind, "procedure": decision.procedure, "title": decision.title, "text": "", "conditions": "",
        "amounts": dict(sorted(plan.amounts.items())),
        "documents": [decision.version.digest],  # type: ignore[union-attr]
    }  # fmt: skip
    decision.state, decision.year, decision.number = "open", on.year, number
    decision.reference = f"DEC-{on.year}-{number:03d}"
    decision.rule_set, decision.is_sealed = world.rules, world.rules.is_sealed
    decision.opened_at, decision.opened_by, decision.opening_entry_id = at(on), world.people["officer"], entry.id
    decision.subject_digest = digest_of(canonical(plain(subject)))
    entry.rows += [decision, *amounts]
    entry.facts |= {"decision": decision.reference, "item": decision.item, "closes_at": decision.closes_at}
    return entry


@dataclass
class Voted:
    seats: list[FrozenSeat]
    recusals: list[Recusal]
    ballots: list[Ballot]


def _votes(world: World, plans: list[Planned], decisions: list[Decision], opened: dict[int, Draft]) -> dict[int, Voted]:
    """Freeze documents and seats, recuse by rule, and cast one approval for each seat that may vote."""
    votes: dict[int, Voted] = {decision.pk: Voted([], [], []) for decision in decisions}
    documents = []
    for plan, decision in zip(plans, decisions, strict=True):
        version = decision.version
        assert version is not None
        documents.append(FrozenDocument(decision=decision, position=1, title=version.receipt, sha256=version.digest))
        parties = {world.partners[slug].pk for slug in plan.shares()}
        for seat, held in world.seats:
            frozen = FrozenSeat(
                decision=decision, seat=seat, constituency=seat.constituency, member=held.get(counting.MEMBER),
                alternate=held.get(counting.ALTERNATE),
            )  # fmt: skip
            votes[decision.pk].seats.append(frozen)
            if seat.organisation_id in parties:
                votes[decision.pk].recusals += [
                    Recusal(
                        decision=decision, frozen_seat=frozen, holder=holder, reason="automatic",
                        organisation_id=seat.organisation_id, recorded_at=at(plan.approved_on - timedelta(days=21)),
                        entry_id=opened[decision.pk].id,
                    )
                    for holder in frozen.holders
                ]  # fmt: skip
    FrozenDocument.objects.bulk_create(documents)
    FrozenSeat.objects.bulk_create([seat for vote in votes.values() for seat in vote.seats])
    for vote in votes.values():
        for recusal in vote.recusals:
            recusal.frozen_seat_id = recusal.frozen_seat.pk
    Recusal.objects.bulk_create([recusal for vote in votes.values() for recusal in vote.recusals])
    for document in documents:
        vote = votes[document.decision_id]
        opened[document.decision_id].rows += [document, *vote.seats, *vote.recusals]
        vote.ballots = _ballots(document.decision, vote)
    Ballot.objects.bulk_create([ballot for vote in votes.values() for ballot in vote.ballots])
    return votes


def _ballots(decision: Decision, vote: Voted) -> list[Ballot]:
    recused = {recusal.frozen_seat_id for recusal in vote.recusals}
    facts = {"decision": decision.reference}
    entry = record("ballot.cast/1", by=None, facts=facts, public=True)
    entry.rows += (ballots := [
        Ballot(
            decision=decision, frozen_seat=seat, holder=seat.member, user_id=seat.member.user_id, capacity=counting.MEMBER,
            choice=counting.APPROVE, cast_at=decision.closes_at - timedelta(days=5), receipt=_receipt(), entry_id=entry.id,
        )
        for seat in vote.seats
        if seat.member is not None and seat.pk not in recused
    ])  # fmt: skip
    return ballots


def _receipt() -> str:
    code = "".join(secrets.choice(ALPHABET) for _place in range(12))
    return f"BAL-{code[:4]}-{code[4:8]}-{code[8:]}"


def _close(world: World, decisions: list[Decision], votes: dict[int, Voted]) -> None:
    entries, outcomes = [], []
    for decision in decisions:
        vote = votes[decision.pk]
        found = counting.count(
            [ballot.as_cast for ballot in vote.ballots],
            [seat.at_vote for seat in vote.seats],
            frozenset(recusal.holder_id for recusal in vote.recusals),
            world.rules.rules,
        )
        assert found.result == counting.CARRIED, asdict(found)
        version = decision.version
        assert version is not None
        facts = {
            "decision": decision.reference, "result": "carried", "money": "allocated",
            "proposal": version.proposal.reference, "version": version.number,
        }  # fmt: skip
        entry = record("decision.closed/1", by=None, rows=[decision], facts=facts, public=True)
        entries.append(entry)
        outcomes.append(
            Outcome(
                decision=decision, result="carried", is_consensus=found.is_consensus, is_quorate=found.is_quorate,
                do_conditions_apply=False, money="allocated", tally=written(found), recorded_at=at(decision.closes_at.date(), 16),
                entry_id=entry.id,
            )
        )  # fmt: skip
    for entry, outcome in zip(entries, Outcome.objects.bulk_create(outcomes), strict=True):
        entry.rows.append(outcome)


def _projects(
    world: World, plans: list[Planned], versions: list[ProposalVersion], decisions: list[Decision]
) -> list[Project]:
    references = _numbered("PRJ", plans)
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


__all__ = ["Paper", "at", "write_papers"]
