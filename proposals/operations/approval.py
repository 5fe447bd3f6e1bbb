"""What the committee's outcome does here. Called by the committee's operations, inside their act.

No role is asked for: the decision is the authority, and `by` may be None when a deadline closed it.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import cast

from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.errors import OutOfState, Refused
from alliance.core.references import next_reference
from alliance.core.states import advance
from alliance.people.models import Organisation, User
from alliance.register import operation, record
from funds.models import Window
from funds.operations.money import allocate
from proposals.models import (
    Partner,
    Project,
    Proposal,
    ProposalVersion,
    ReleaseCondition,
    WaitingAmount,
    WaitingApproval,
)
from proposals.operations.checking import give_back
from proposals.operations.rows import lock_version

type Amounts = Mapping[Window, Decimal]


@operation
def mark_tabled(*, by: User | None, version: ProposalVersion) -> Proposal:
    """Note that the version is before the committee. Refused while the rights check is not done (R46).

    An approval that waited for money and lapsed can be put again; one that still stands cannot.
    """
    proposal, version = lock_version(version)
    _require_checked(version)
    if WaitingApproval.objects.standing(clock.today()).filter(version=version).exists():
        raise OutOfState(_("This proposal is approved and waits for money."))
    advance(proposal, "table")
    proposal.tabled_at, proposal.decided_at, proposal.decision_reference = clock.now(), None, ""
    proposal.eligible_at = proposal.eligible_at or proposal.tabled_at
    proposal.save(update_fields=["state", "tabled_at", "eligible_at", "decided_at", "decision_reference"])
    record("proposal.tabled/1", by=by, rows=[proposal], facts=_facts(version))
    return proposal


@operation
def untable(*, by: User | None, version: ProposalVersion) -> Proposal:
    """Take the version off the table: cancelled, deferred, or no quorum. It can be put there again.

    A version that the committee approved in principle before is approved in principle again, by that decision (R6).
    """
    proposal, version = lock_version(version)
    if proposal.principle_version == version.number:
        advance(proposal, "restore_in_principle")
        proposal.decided_at, proposal.decision_reference = proposal.principle_at, proposal.principle_reference
    else:
        advance(proposal, "take_off_table")
        proposal.tabled_at = None
    proposal.save(update_fields=["state", "tabled_at", "decided_at", "decision_reference"])
    record("proposal.untabled/1", by=by, rows=[proposal], facts=_facts(version))
    return proposal


@operation
def approve_version(
    *,
    by: User | None,
    version: ProposalVersion,
    amounts: Amounts,
    decision_ref: str,
    conditions: Iterable[str] = (),
    on: date,
) -> Project:
    """Approve the version and allocate the money: the project and its allocation come together (R59, R60).

    Raises InsufficientFunds when the pools do not hold the amounts, and then nothing is changed; OutOfState when the
    version is not before the committee; Refused when the rights check is missing (R46).
    """
    proposal, version = lock_version(version)
    if proposal.state == Proposal.State.APPROVED_IN_PRINCIPLE:
        raise OutOfState(_("This proposal is approved in principle only: no money can be committed on it."))
    _require_checked(version)
    total = _total(version, amounts)
    advance(proposal, "approve")
    _stamp_decision(proposal, decision_ref)
    return make_project(proposal, version, by, amounts, total, decision_ref, conditions, on)


@operation
def approve_waiting(
    *,
    by: User | None,
    version: ProposalVersion,
    amounts: Amounts,
    decision_ref: str,
    conditions: Iterable[str] = (),
    on: date,
) -> WaitingApproval:
    """Approve the version while the pools are short: nothing is posted, and no contract can be made of it."""
    proposal, version = lock_version(version)
    _require_checked(version)
    total = _total(version, amounts)
    advance(proposal, "approve_waiting")
    _stamp_decision(proposal, decision_ref)
    waiting = WaitingApproval.objects.create(
        version=version, decision_reference=decision_ref, approved_on=on, conditions=_worded(conditions)
    )
    rows = [WaitingAmount(approval=waiting, window=window, amount=amount) for window, amount in amounts.items()]
    WaitingAmount.objects.bulk_create(rows)
    facts = {**_facts(version), "decision": decision_ref, "amount": total}
    record("proposal.approved_waiting/1", by=by, rows=[waiting, *rows, proposal], facts=facts, public=True)
    return waiting


@operation
def approve_in_principle(*, by: User | None, version: ProposalVersion, decision_ref: str, on: date) -> Proposal:
    """Approve in principle: a status, a date, the deciding body's decision, and no money (R6).

    The approval stays known while the full item is before the committee, and after it.
    """
    proposal, version = lock_version(version)
    advance(proposal, "approve_in_principle")
    proposal.principle_version, proposal.principle_at = version.number, (moment := clock.now())
    proposal.principle_reference = decision_ref
    _stamp_decision(proposal, decision_ref, moment, "principle_version", "principle_at", "principle_reference")
    facts = {**_facts(version), "decision": decision_ref, "on": on}
    record("proposal.approved_in_principle/1", by=by, rows=[proposal], facts=facts, public=True)
    return proposal


@operation
def return_version(*, by: User | None, version: ProposalVersion, decision_ref: str, reasons: list[str]) -> Proposal:
    """Give the version back to its authors, with the committee's reasons."""
    proposal, version = lock_version(version)
    advance(proposal, "send_back")
    reason = "\n\n".join(_worded(reasons)) or str(_("The committee returned the proposal without giving reasons."))
    return give_back(proposal, version, by=by, reason=reason, decision_reference=decision_ref)


@operation
def reject_version(*, by: User | None, version: ProposalVersion, decision_ref: str, reasons: list[str]) -> Proposal:
    """Note that the committee did not approve the proposal. Its reasons stand with the decision."""
    proposal, version = lock_version(version)
    advance(proposal, "reject")
    _stamp_decision(proposal, decision_ref)
    facts = {**_facts(version), "decision": decision_ref}
    record("proposal.rejected/1", by=by, rows=[proposal], facts=facts, public=True)
    return proposal


def make_project(
    proposal: Proposal,
    version: ProposalVersion,
    by: User | None,
    amounts: Amounts,
    total: Decimal,
    decision_ref: str,
    conditions: Iterable[str],
    on: date,
) -> Project:
    content = version.parsed
    leads = [item["organisation"] for item in content["partners"] if item["is_lead"]]
    project = Project.objects.create(
        reference=next_reference("PRJ"), proposal=proposal, version=version, title=version.title,
        lead=Organisation.objects.get(slug=leads[0]), countries=content["countries"],
        themes=content.get("themes", []),
        starts_on=date.fromisoformat(content["starts_on"]), ends_on=date.fromisoformat(content["ends_on"]),
        rights_marker=cast("int", version.check_made.rights_marker), amount=total, approved_on=on, decision_reference=decision_ref,
    )  # fmt: skip
    partners = _confirm_partners(content, by, decision_ref)
    rows = [
        ReleaseCondition(project=project, number=number, text=text, source=decision_ref)
        for number, text in enumerate(_worded(conditions), start=1)
    ]
    ReleaseCondition.objects.bulk_create(rows)
    allocate(by=by, project=project.reference, amounts=amounts, on=on, objectives=version.objective_percents().keys())
    facts = {
        **_facts(version), "project": project.reference, "decision": decision_ref, "amount": total,
        "recommendations": content["recommendations"], "objectives": version.objective_percents(),
    }  # fmt: skip
    record("proposal.approved/1", by=by, rows=[project, *rows, *partners, proposal], facts=facts, public=True)
    return project


def _confirm_partners(content: dict, by: User | None, decision_ref: str) -> list[Partner]:
    """Approval confirms the organisations that it names as partners."""
    slugs = [item["organisation"] for item in content["partners"]]
    missing = Organisation.objects.filter(slug__in=slugs, partner=None).order_by("pk")
    moment = clock.now()
    made = [
        Partner(organisation=row, confirmed_at=moment, confirmed_by=by, decision_reference=decision_ref)
        for row in missing
    ]
    return Partner.objects.bulk_create(made)


def _require_checked(version: ProposalVersion) -> None:
    check = version.checked
    if check is None or not check.is_eligible:
        raise Refused(_("The secretariat has not found this version eligible."))
    if not check.is_rights_checked:
        raise Refused(_("The rights check has not been made: the proposal cannot be approved without it."))


def _total(version: ProposalVersion, amounts: Amounts) -> Decimal:
    total = sum(amounts.values(), Decimal("0.00"))
    if not amounts or any(amount <= 0 for amount in amounts.values()):
        raise Refused(_("Name an amount above zero for each window."), field="amounts")
    if total > version.amount:
        raise Refused(_("The amounts add up to more than the proposal asks for."), field="amounts")
    return total


def _stamp_decision(proposal: Proposal, decision_ref: str, moment: datetime | None = None, *also: str) -> None:
    if not decision_ref:
        raise Refused(_("An outcome names its decision."))
    proposal.decided_at = moment or clock.now()
    proposal.decision_reference = decision_ref
    proposal.save(update_fields=["state", "decided_at", "decision_reference", *also])


def _worded(texts: Iterable[str]) -> list[str]:
    return [text.strip() for text in texts if text.strip()]


def _facts(version: ProposalVersion) -> dict[str, object]:
    return {"proposal": version.proposal.reference, "version": version.number}
