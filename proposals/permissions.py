"""Who may do what: pure predicates on a person and a loaded row. They query nothing of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alliance.people.models import PARTNER_ROLES, Role, User

if TYPE_CHECKING:
    from proposals.models import Contract, PartnerReport, Proposal


def may_start(user: User) -> bool:
    """A partner's people start proposals, for an organisation of their own."""
    return user.has_role(*PARTNER_ROLES)


def may_act_for_applicant(user: User, proposal: Proposal) -> bool:
    return user.has_role(*PARTNER_ROLES, organisation=proposal.applicant_id)


def may_check(user: User) -> bool:
    """Officers check eligibility and rights."""
    return user.has_role(Role.OFFICER, Role.HEAD)


def may_publish_calls(user: User) -> bool:
    return user.has_role(Role.OFFICER, Role.HEAD)


def may_record_activities(user: User) -> bool:
    """The secretariat keeps what is known of others' work."""
    return user.has_role(Role.OFFICER, Role.HEAD)


def may_draft_contracts(user: User) -> bool:
    return user.has_role(Role.OFFICER, Role.HEAD)


def may_sign_for_partner(user: User, contract: Contract) -> bool:
    return user.has_role(Role.PARTNER_SIGNATORY, organisation=contract.partner_id)


def may_sign_for_alliance(user: User) -> bool:
    return user.has_role(Role.HEAD)


def may_prepare_payments(user: User) -> bool:
    return user.has_role(Role.FINANCE_OFFICER)


def may_write_report(user: User, report: PartnerReport) -> bool:
    return user.has_role(*PARTNER_ROLES, organisation=report.contract.partner_id)


def may_review_reports(user: User) -> bool:
    return user.has_role(Role.OFFICER, Role.FINANCE_OFFICER, Role.HEAD)


def may_meet_conditions(user: User) -> bool:
    return user.has_role(Role.OFFICER, Role.HEAD)
