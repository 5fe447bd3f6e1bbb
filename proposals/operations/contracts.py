"""Contracts: drafted and offered by the secretariat, signed on both sides."""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.errors import NotAllowed, OutOfState, Refused
from alliance.core.references import next_reference
from alliance.core.states import advance, can
from alliance.people.models import Organisation, User
from alliance.register import operation, record
from alliance.register.canonical import canonical, digest_of
from alliance.register.snapshots import plain
from proposals import permissions
from proposals.models import Contract, Partner, PartnerReport, Project, Tranche
from proposals.operations.rows import lock_contract, lock_project, required
from proposals.terms import Terms

ZERO = Decimal("0.00")


@operation
def draft_contract(*, by: User, project: Project, partner: Organisation, terms: Terms) -> Contract:
    """Draft a contract with a partner of an approved project.

    Raises Refused when the amount goes beyond the project's allocation, or the tranches beyond the amount.
    """
    _require_drafter(by)
    project = lock_project(project.pk)
    _require_under_way(project)
    if partner.slug not in project.version.parties() or not Partner.objects.filter(organisation=partner).exists():
        raise Refused(_("This organisation is no partner of the project."), field="partner")
    _require_within(project, terms, but=None)
    contract = Contract.objects.create(
        reference=next_reference("CTR"), project=project, partner=partner, drafted_at=clock.now(), drafted_by=by,
        **_columns(terms),
    )  # fmt: skip
    _write_schedule(contract, terms)
    record("contract.drafted/1", by=by, facts={"contract": contract.reference, "project": project.reference})
    return contract


@transaction.atomic
def revise_contract(*, by: User, contract: Contract, terms: Terms) -> Contract:
    """Change a draft. What has been offered does not change any more."""
    _require_drafter(by)
    project, contract = lock_contract(contract.pk)
    if contract.state != Contract.State.DRAFT:
        raise OutOfState(_("This contract has been offered: it can be cancelled, not changed."))
    _require_within(project, terms, but=contract)
    for name, value in _columns(terms).items():
        setattr(contract, name, value)
    contract.save()
    contract.tranches.all().delete()
    contract.reports.all().delete()
    _write_schedule(contract, terms)
    return contract


@operation
def offer_contract(*, by: User, contract: Contract) -> Contract:
    """Offer a draft for signature: from here on its text is fixed, and its digest says so.

    Raises Refused when objectives, tasks or expected results are empty, or no tranche or report is due (R63, R68).
    """
    _require_drafter(by)
    _project, contract = lock_contract(contract.pk)
    _require_three_parts(contract)
    tranches, reports = list(contract.tranches.order_by("number")), list(contract.reports.order_by("number"))
    if not tranches or not reports:
        raise Refused(_("A contract says when money is due and when reports are."))
    advance(contract, "offer")
    contract.offered_at = clock.now()
    contract.digest = digest_of(text_of(contract))
    contract.save(update_fields=["state", "offered_at", "digest"])
    facts = {**_facts(contract), "amount": contract.amount, "digest": contract.digest}
    record("contract.offered/1", by=by, rows=[contract, *reports, *tranches], facts=facts)
    return contract


@operation
def sign_contract(*, by: User, contract: Contract) -> Contract:
    """Sign for the partner (its signatory) or for the Alliance (the head), in either order, by two people.

    The second signature concludes the contract and starts the project.
    """
    project, contract = lock_contract(contract.pk)
    side = _side(by, contract)
    _require_three_parts(contract)
    if not can(contract, "sign"):
        raise OutOfState()
    if getattr(contract, f"{side}_signed_at"):
        raise OutOfState(_("This side has signed already."))
    setattr(contract, f"{side}_signed_at", clock.now())
    setattr(contract, f"{side}_signed_by", by)
    if contract.partner_signed_at and contract.alliance_signed_at:
        if contract.partner_signed_by_id == contract.alliance_signed_by_id:
            raise NotAllowed(_("The two sides are signed for by different people."))
        advance(contract, "conclude")
        _start(project)
    contract.save()
    rows = [contract, project] if contract.is_signed else [contract]
    kind = "contract.concluded/1" if contract.is_signed else "contract.signed/1"
    facts = {**_facts(contract), "side": side, "amount": contract.amount, "digest": contract.digest}
    record(kind, by=by, rows=rows, facts=facts, public=contract.is_signed)
    return contract


@operation
def cancel_contract(*, by: User, contract: Contract, reason: str) -> Contract:
    """Give up a contract that is not signed on both sides; another can be drafted."""
    _require_drafter(by)
    _project, contract = lock_contract(contract.pk)
    reason = required(reason, _("Say why the contract is cancelled."), "reason")
    advance(contract, "cancel")
    contract.cancelled_at, contract.cancel_reason = clock.now(), reason
    contract.save(update_fields=["state", "cancelled_at", "cancel_reason"])
    record("contract.cancelled/1", by=by, rows=[contract] if contract.offered_at else [], facts=_facts(contract))
    return contract


def text_of(contract: Contract) -> str:
    """Return the canonical text of what is signed, read from the contract's rows."""
    return text_from(
        contract,
        list(contract.reports.order_by("number").values(*REPORT_TERMS)),
        list(contract.tranches.order_by("number").values(*TRANCHE_TERMS)),
    )


REPORT_TERMS = ("number", "period_from", "period_to", "due_on")
TRANCHE_TERMS = ("number", "amount", "due_on", "report_required__number")


def text_from(contract: Contract, reports: list[dict[str, Any]], tranches: list[dict[str, Any]]) -> str:
    """Return the canonical text of a contract: parties, three parts, amount, dates, reports, tranches. Queries nothing."""
    terms: dict[str, Any] = {
        "contract": contract.reference,
        "project": contract.project.reference,
        "partner": contract.partner.slug,
        "objectives": contract.objectives,
        "tasks": contract.tasks,
        "expected_results": contract.expected_results,
        "amount": contract.amount,
        "starts_on": contract.starts_on,
        "ends_on": contract.ends_on,
        "reports": reports,
        "tranches": tranches,
    }
    return canonical(plain(terms))


def committed(project: Project, *, but: Contract | None = None) -> Decimal:
    """Return the sum of the project's contracts that stand."""
    rows = project.contracts.exclude(state=Contract.State.CANCELLED)
    if but is not None:
        rows = rows.exclude(pk=but.pk)
    return rows.aggregate(total=Sum("amount"))["total"] or ZERO


def _columns(terms: Terms) -> dict[str, Any]:
    names = ("objectives", "tasks", "expected_results", "amount", "starts_on", "ends_on")
    return {name: getattr(terms, name) for name in names}


def _write_schedule(contract: Contract, terms: Terms) -> None:
    reports = PartnerReport.objects.bulk_create(
        PartnerReport(
            reference=next_reference("REP"), contract=contract, number=number,
            period_from=report.period_from, period_to=report.period_to, due_on=report.due_on,
        )
        for number, report in enumerate(terms.reports, start=1)
    )  # fmt: skip
    Tranche.objects.bulk_create(
        Tranche(
            contract=contract, number=number, amount=tranche.amount, due_on=tranche.due_on,
            report_required=reports[tranche.report - 1] if tranche.report else None,
        )
        for number, tranche in enumerate(terms.tranches, start=1)
    )  # fmt: skip


def _require_within(project: Project, terms: Terms, *, but: Contract | None) -> None:
    """Tranches within the contract, contracts within the allocation, dates in order."""
    if terms.ends_on < terms.starts_on:
        raise Refused(_("The end comes before the start."), field="ends_on")
    if terms.amount <= ZERO:
        raise Refused(_("The amount is above zero."), field="amount")
    if committed(project, but=but) + terms.amount > project.amount:
        raise Refused(_("The contracts of a project cannot go beyond its allocation."), field="amount")
    if sum((tranche.amount for tranche in terms.tranches), ZERO) > terms.amount:
        raise Refused(_("The tranches add up to more than the contract’s amount."), field="amount")
    if any(tranche.amount <= ZERO for tranche in terms.tranches):
        raise Refused(_("The amount of a tranche is above zero."))
    if any(tranche.report and not 1 <= tranche.report <= len(terms.reports) for tranche in terms.tranches):
        raise Refused(_("A tranche waits for a report that the contract does not list."))
    if any(report.period_to < report.period_from for report in terms.reports):
        raise Refused(_("The period of a report ends before it begins."))


def _require_three_parts(contract: Contract) -> None:
    for name, message in (
        ("objectives", _("State the objectives.")),
        ("tasks", _("State the nature of the tasks.")),
        ("expected_results", _("State the expected results.")),
    ):
        required(getattr(contract, name), message, name)


def _require_under_way(project: Project) -> None:
    if project.state not in (Project.State.APPROVED, Project.State.ACTIVE):
        raise OutOfState(_("Contracts are made for projects that are approved or under way."))


def _side(by: User, contract: Contract) -> str:
    if permissions.may_sign_for_partner(by, contract):
        return "partner"
    if permissions.may_sign_for_alliance(by):
        return "alliance"
    raise NotAllowed(_("A contract is signed by the partner’s signatory and by the head of the secretariat."))


def _start(project: Project) -> None:
    advance(project, "start")
    if project.started_at is None:
        project.started_at = clock.now()
    project.save(update_fields=["state", "started_at"])


def _require_drafter(by: User) -> None:
    if not permissions.may_draft_contracts(by):
        raise NotAllowed(_("Contracts are drafted by the secretariat’s officers."))


def _facts(contract: Contract) -> dict[str, Any]:
    return {
        "contract": contract.reference,
        "project": contract.project.reference,
        "partner": contract.partner.slug,
    }
