"""Who may do what with people and organisations. Pure predicates: they query nothing but the person's roles."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from alliance.people.models import ADMINISTERED, ORGANISATIONS_ROLES, Role

WHO_KEEPS = _(
    "The head of the secretariat invites people, and gives and ends roles; signatories do so for their own organisation."
)


def may_keep_everybody(user: Any) -> bool:
    """The head gives and ends every role, for every organisation."""
    return user.has_role(Role.HEAD)


def may_give_roles(user: Any, organisation_id: int) -> tuple[Role, ...]:
    """Return the roles that this person may give and end for the organisation: all of them, or those of its own people."""
    if may_keep_everybody(user):
        return tuple(Role)
    given = {role for gives, roles in ADMINISTERED.items() if user.has_role(gives, organisation=organisation_id) for role in roles}  # fmt: skip
    return tuple(role for role in Role if role in given)


def may_give(user: Any, organisation_id: int, role: str) -> bool:
    return role in may_give_roles(user, organisation_id)


def may_read_people(user: Any) -> bool:
    """Everybody in the directory of people: the secretariat and the auditor."""
    return user.reads_all


def may_read_people_of(user: Any, organisation_id: int) -> bool:
    """An organisation's own people know each other."""
    return may_read_people(user) or user.has_role(*ORGANISATIONS_ROLES, organisation=organisation_id)


def may_enter_organisations(user: Any) -> bool:
    return user.has_role(Role.OFFICER, Role.HEAD)
