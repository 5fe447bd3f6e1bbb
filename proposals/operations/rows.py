"""Locking the rows of this app, always in the same order: proposal, project, contract, report."""

from django.utils.translation import gettext_lazy as _

from alliance.access import has_grant
from alliance.core import clock
from alliance.core.errors import NotAllowed, OutOfState, Refused
from alliance.forum.models import Theme
from alliance.people.models import User
from proposals import permissions
from proposals.models import Contract, PartnerReport, Project, Proposal, ProposalVersion


def lock_proposal(pk: int) -> Proposal:
    rows = Proposal.objects.select_for_update(of=("self",), no_key=True).select_related(
        "applicant", "call", "created_by"
    )
    return rows.get(pk=pk)


def lock_version(version: ProposalVersion) -> tuple[Proposal, ProposalVersion]:
    """Lock the version's proposal; refuse a version that a newer one has replaced."""
    proposal = lock_proposal(version.proposal_id)
    newest = proposal.versions.order_by("-number").select_related("check_made").first()
    if newest is None or newest.pk != version.pk:
        raise OutOfState(_("A newer version has been submitted. Nothing was changed."))
    newest.proposal = proposal
    return proposal, newest


def lock_project(pk: int) -> Project:
    return Project.objects.select_for_update(of=("self",), no_key=True).select_related("lead").get(pk=pk)


def lock_contract(pk: int) -> tuple[Project, Contract]:
    """Lock the contract's project, then the contract."""
    project = lock_project(Contract.objects.values_list("project_id", flat=True).get(pk=pk))
    contract = Contract.objects.select_for_update(of=("self",), no_key=True).select_related("partner").get(pk=pk)
    contract.project = project
    return project, contract


def lock_report(pk: int) -> PartnerReport:
    """Lock the report's project and contract, then the report: spending is weighed against the partner's money."""
    _project, contract = lock_contract(PartnerReport.objects.values_list("contract_id", flat=True).get(pk=pk))
    report = PartnerReport.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
    report.contract = contract
    return report


def may_write(user: User, proposal: Proposal) -> bool:
    """Say whether this person may write the sections. See also ProposalQuerySet.written_by."""
    return permissions.may_act_for_applicant(user, proposal) or has_grant(user, "proposals.change_proposal", proposal)


def require_writer(user: User, proposal: Proposal) -> None:
    if not may_write(user, proposal):
        raise NotAllowed(_("Only the applicant’s people and its co-authors write a proposal."))


def require_editable(proposal: Proposal) -> None:
    if not proposal.is_editable:
        raise OutOfState(_("This proposal has been submitted: its text can no longer be changed. Nothing was saved."))


def required(text: str, message: object, field: str) -> str:
    """Return the text without blanks around it, or refuse."""
    if not (text or "").strip():
        raise Refused(message, field=field)  # type: ignore[arg-type]
    return text.strip()


def known_themes(codes: list[str], *, kept: list[str]) -> list[str]:
    """Return the themes in order, or refuse one that cannot be chosen today. `kept` are those chosen before (R17)."""
    today = set(Theme.objects.on(clock.today()).values_list("code", flat=True))
    if strange := sorted(set(codes) - today - set(kept)):
        raise Refused(_("“%(code)s” is no theme of today.") % {"code": strange[0]}, field="themes")
    return sorted(set(codes))
