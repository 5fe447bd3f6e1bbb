"""Changes to who belongs where: organisations, roles, invitations; and to what they sign in with."""

from alliance.people.operations.accepting import accept_invitation, begin_account
from alliance.people.operations.credentials import (
    change_address,
    change_factors,
    change_password,
    note_credentials,
)
from alliance.people.operations.invitations import invite, invite_first_head, send_again, withdraw_invitation
from alliance.people.operations.organisations import confirm_organisation, register_organisation
from alliance.people.operations.roles import end_membership, give_role

__all__ = [
    "accept_invitation",
    "begin_account",
    "change_address",
    "change_factors",
    "change_password",
    "confirm_organisation",
    "end_membership",
    "give_role",
    "invite",
    "invite_first_head",
    "note_credentials",
    "register_organisation",
    "send_again",
    "withdraw_invitation",
]
