"""The committee's part of each made-up project: the item put, opened, voted on and closed."""

import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta

from alliance.register import Draft, record
from alliance.register.canonical import canonical, digest_of
from alliance.register.snapshots import plain
from governance import counting
from governance.models import Ballot, Decision, DecisionAmount, FrozenDocument, FrozenSeat, Outcome, Recusal
from governance.operations.closing import written
from proposals.models import ProposalVersion
from scenarios.scale.plan import Planned, at
from scenarios.scale.world import World, numbered

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def decide(world: World, plans: list[Planned], versions: list[ProposalVersion]) -> list[Decision]:
    """Put, open, vote on and close an item for each version."""
    items = numbered("ITM", plans)
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
