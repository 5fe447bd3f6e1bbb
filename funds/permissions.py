"""Who may do what with the fund's rows. Pure predicates: they query nothing but the person's roles."""

from typing import Any

from alliance.people.models import PARTNER_ROLES, READ_ALL_ROLES, SECRETARIAT_ROLES, Role

CONTRIBUTORS = (Role.DONOR_CONTRIBUTOR, Role.DONOR_SIGNATORY)


def may_pledge(user: Any, organisation_id: int) -> bool:
    """A donor's contributors pledge for it; the secretariat notes a pledge that came by letter."""
    return user.has_role(*CONTRIBUTORS, organisation=organisation_id) or user.has_role(*SECRETARIAT_ROLES)


def may_acknowledge_pledge(user: Any) -> bool:
    return user.has_role(*SECRETARIAT_ROLES)


def may_cancel_pledge(user: Any, organisation_id: int) -> bool:
    return user.has_role(Role.DONOR_SIGNATORY, organisation=organisation_id) or user.has_role(Role.OFFICER, Role.HEAD)


def may_amend_pledge(user: Any, organisation_id: int) -> bool:
    return user.has_role(Role.DONOR_SIGNATORY, organisation=organisation_id) or user.has_role(*SECRETARIAT_ROLES)


def may_write_off(user: Any) -> bool:
    return user.has_role(Role.FINANCE_OFFICER, Role.HEAD)


def may_record_money(user: Any) -> bool:
    """Agreements, deposits, rates, payments are entered by finance officers."""
    return user.has_role(Role.FINANCE_OFFICER)


def may_authorise(user: Any) -> bool:
    return user.has_role(Role.FINANCE_OFFICER, Role.HEAD)


def may_confirm_receipt(user: Any, organisation_id: int) -> bool:
    return user.has_role(*PARTNER_ROLES, organisation=organisation_id)


def may_register_donor(user: Any) -> bool:
    return user.has_role(*SECRETARIAT_ROLES)


def may_record_diligence(user: Any) -> bool:
    return user.has_role(Role.OFFICER, Role.HEAD)


def may_set_status(user: Any) -> bool:
    """The fund's and the windows' status; later on a carried decision, meanwhile the head's own act."""
    return user.has_role(Role.HEAD)


def may_appoint_trustee(user: Any) -> bool:
    return user.has_role(Role.HEAD)


def may_plan_funding(user: Any) -> bool:
    return user.has_role(Role.FINANCE_OFFICER, Role.HEAD)


def may_close_period(user: Any) -> bool:
    return user.has_role(Role.FINANCE_OFFICER, Role.HEAD)


def may_read_accounts(user: Any) -> bool:
    return user.has_role(*READ_ALL_ROLES)
