"""The work on an approved project: release conditions, tranches, completion."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from alliance.core import clock, formats
from alliance.core.errors import NotAllowed, OutOfState, Refused
from alliance.core.states import advance, can
from alliance.people.models import User
from alliance.register import operation, record
from funds.ledger.posting import account
from funds.models import AccountKind, Payment
from funds.operations.closing import close_accounts
from funds.operations.payments import prepare_payment
from proposals import permissions
from proposals.closure import OpenItem, open_items
from proposals.models import Contract, PartnerReport, Project, ReleaseCondition, Tranche
from proposals.operations.rows import lock_contract, lock_project, required


@operation
def meet_condition(*, by: User, condition: ReleaseCondition, evidence: str) -> ReleaseCondition:
    """Record that a condition of the decision is met, and by what."""
    _require_officer(by)
    lock_project(condition.project_id)
    condition = ReleaseCondition.objects.select_for_update(of=("self",), no_key=True).get(pk=condition.pk)
    evidence = required(evidence, _("Say how the condition was met."), "evidence")
    if condition.is_met:
        raise OutOfState(_("This condition is met already."))
    condition.met_at, condition.met_by, condition.evidence = clock.now(), by, evidence
    condition.save(update_fields=["met_at", "met_by", "evidence"])
    facts = {"project": condition.project.reference, "condition": condition.number, "source": condition.source}
    record("condition.met/1", by=by, rows=[condition], facts=facts, public=True)
    return condition


@operation
def prepare_tranche(*, by: User, tranche: Tranche) -> Payment:
    """Prepare the payment of a tranche, from the project's money to its partner.

    Raises OutOfState before both signatures (R63), with a release condition not met, or while a report that is due
    has not been accepted (R68).
    """
    if not permissions.may_prepare_payments(by):
        raise NotAllowed(_("Payments are prepared by the finance officers."))
    project, contract = lock_contract(tranche.contract_id)
    tranche = Tranche.objects.select_for_update(of=("self",), no_key=True).get(pk=tranche.pk)
    if reasons := blocks(tranche, contract, project, standing(contract, project)):
        raise OutOfState(reasons[0])
    payment = prepare_payment(
        by=by,
        payee=contract.partner,
        purpose=f"{project.reference} {contract.reference} / {tranche.number}",
        amount=tranche.amount,
        debit=account(AccountKind.PARTNER, f"{project.reference}:{contract.partner.slug}"),
        credit=account(AccountKind.PROJECT, project.reference),
    )
    tranche.payment = payment
    tranche.save(update_fields=["payment"])
    facts = {"contract": contract.reference, "tranche": tranche.number, "payment": payment.reference}
    record("tranche.prepared/1", by=by, rows=[tranche], facts={**facts, "amount": tranche.amount})
    return payment


@dataclass(frozen=True)
class Standing:
    """What holds back every tranche of a contract alike."""

    open_condition: bool
    late_report: bool


def standing(contract: Contract, project: Project) -> Standing:
    """Read what holds back the tranches of a contract: conditions not met, reports due and not accepted."""
    late = contract.reports.exclude(state=PartnerReport.State.ACCEPTED).filter(due_on__lt=clock.today())
    return Standing(project.conditions.filter(met_at=None).exists(), late.exists())


def blocks(tranche: Tranche, contract: Contract, project: Project, held: Standing) -> list[Any]:
    """Return, in words, why this tranche cannot be prepared now; nothing when it can. Queries nothing.

    See also TrancheQuerySet.ready_on.
    """
    reasons: list[Any] = []
    report = tranche.report_required
    if not contract.is_signed:
        reasons.append(_("The contract is not signed on both sides."))
    if project.state not in (Project.State.APPROVED, Project.State.ACTIVE):
        reasons.append(_("The project is completed."))
    if held.open_condition:
        reasons.append(_("A condition of the decision is not met yet."))
    if report is not None and report.state != PartnerReport.State.ACCEPTED:
        reasons.append(_("The report that this tranche waits for has not been accepted."))
    elif held.late_report:
        reasons.append(_("A report that is due has not been accepted."))
    if tranche.payment is not None and not tranche.payment.is_over:
        reasons.append(_("The payment of this tranche is prepared already."))
    return reasons


@operation
def complete_project(*, by: User, project: Project) -> Project:
    """Complete a project under way, once every report of its signed contracts is accepted."""
    _require_officer(by)
    project = lock_project(project.pk)
    open_reports = PartnerReport.objects.filter(contract__project=project, contract__state=Contract.State.SIGNED)
    if open_reports.exclude(state=PartnerReport.State.ACCEPTED).exists():
        raise Refused(_("A report of this project has not been accepted yet."))
    advance(project, "complete")
    project.completed_at = clock.now()
    project.save(update_fields=["state", "completed_at"])
    record("project.completed/1", by=by, rows=[project], facts={"project": project.reference}, public=True)
    return project


@operation
def close_project(*, by: User, project: Project) -> Project:
    """Close a completed project for good, once nothing of it is open: money, tranches, reports, contracts.

    From then on its accounts take no posting. Raises Refused with what is still open, NotAllowed for anyone but the head.
    """
    if not permissions.may_sign_for_alliance(by):
        raise NotAllowed(_("Projects are closed by the head of the secretariat."))
    project = lock_project(project.pk)
    if not can(project, "close"):
        raise OutOfState()
    if still := open_items(project):
        raise Refused(
            _("The project is not closed while something is open. %(still)s.") % {"still": "; ".join(map(_said, still))}
        )
    close_accounts(by=by, project=project.reference)
    advance(project, "close")
    project.closed_at = clock.now()
    project.save(update_fields=["state", "closed_at"])
    record("project.closed/1", by=by, rows=[project], facts={"project": project.reference}, public=True)
    return project


def _said(item: OpenItem) -> str:
    amount = f" – {formats.money(item.amount)}" if item.amount is not None else ""
    return formats.labelled(item.label, f"{item.subject}{amount}")


def _require_officer(by: User) -> None:
    if not permissions.may_meet_conditions(by):
        raise NotAllowed(_("This is for the secretariat’s officers."))
