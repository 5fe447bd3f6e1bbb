"""Roles: giving one, and ending it, on a day or at once."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.errors import NotAllowed, OutOfState, Refused
from alliance.core.turns import wait_in_turn
from alliance.people.models import ADMINISTERED, Membership, Organisation, Role, User
from alliance.people.operations.organisations import lock_organisation, require_confirmed
from alliance.people.permissions import WHO_KEEPS, may_give, may_keep_everybody
from alliance.register import operation, record

HEADS = "heads of the secretariat"


@operation
def give_role(*, by: User | None, user: User, organisation: Organisation, role: str, starts_on: date) -> Membership:
    """Give a person a role for an organisation, from a day on. By the head, or by setup (`by=None`).

    Raises Refused for a role that the person holds on that day or from a later one on, for an organisation that is not
    confirmed and for an account that is closed; NotAllowed for anyone else, and for a head who was ended a moment ago.
    """
    if role == Role.HEAD:
        wait_in_turn(HEADS)
    organisation = lock_organisation(organisation.pk)
    if by is not None and not may_keep_everybody(User.objects.get(pk=by.pk)):
        raise NotAllowed(WHO_KEEPS)
    require_confirmed(organisation)
    user.is_active = lock_person(user.pk).is_active
    membership = begin_role(user, organisation, role, starts_on)
    record("membership.started/1", by=by, rows=[membership, user], facts={"person": user.uid, "role": role})
    return membership


@operation
def end_membership(*, by: User, membership: Membership, last_day: date | None = None) -> Membership:
    """End a role with its last day, or at once where none is named: it then gives no right any more.

    By the head, or by a signatory of the organisation. Raises Refused for the last head, for a last day before today or
    before the role begins, and unless the head ends it for the last signatory and for a later day than was set;
    OutOfState for a role that has ended; NotAllowed for anyone else, and for whose own role was ended a moment ago.
    """
    if membership.role == Role.HEAD:
        wait_in_turn(HEADS)
    lock_organisation(membership.organisation_id)  # two people cannot end each other's role at the same time
    now = require_still(by, membership.organisation_id, membership.role)
    membership = Membership.objects.select_related("user", "organisation").get(pk=membership.pk)
    today = clock.today()
    if membership.is_over(today):
        raise OutOfState(_("This role has ended already."))
    _require_another(now, membership, today)
    if last_day is None:
        membership.ended_at = clock.now()
        membership.ends_on = max(membership.starts_on, today)
    else:
        _require_day(now, membership, last_day)
        membership.ends_on = last_day
    membership.save(update_fields=["ends_on", "ended_at"])
    facts = {"person": membership.user.uid, "role": membership.role}
    record("membership.ended/1", by=by, rows=[membership], facts=facts)
    return membership


def begin_role(user: User, organisation: Organisation, role: str, starts_on: date) -> Membership:
    """Write the membership, once nothing speaks against it. The person's row must be locked."""
    if role not in Role.values:
        raise Refused(_("There is no such role."), field="role")
    if not user.is_active:
        raise Refused(_("This account is closed: it takes no role."))
    given = Membership.objects.filter(user=user, organisation=organisation, role=role)
    if given.not_over(starts_on).exists():
        raise Refused(_("This person holds this role already."), field="role")
    membership = Membership.objects.create(user=user, organisation=organisation, role=role, starts_on=starts_on)
    user.__dict__.pop("roles", None)
    user.__dict__.pop("memberships_today", None)
    return membership


def lock_person(pk: int) -> User:
    """Return the person with the row locked: one role at a time."""
    return User.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)


def require_still(by: User, organisation_id: int, role: str) -> User:
    """Return the person as the database knows it now; raise NotAllowed unless it may give and end this role there."""
    now = User.objects.get(pk=by.pk)
    if not may_give(now, organisation_id, role):
        raise NotAllowed(WHO_KEEPS)
    return now


def _require_day(by: User, membership: Membership, last_day: date) -> None:
    """Refuse a last day that is past, and for anyone but the head one that lengthens a role whose end is set."""
    if last_day < max(membership.starts_on, clock.today()):
        raise Refused(_("The last day comes too early: choose today, the role’s first day or a later one."), field="last_day")  # fmt: skip
    if membership.ends_on and last_day > membership.ends_on and not may_keep_everybody(by):
        raise Refused(_("This role ends already on a day that was set: only the head of the secretariat sets a later one."), field="last_day")  # fmt: skip


def _require_another(by: User, membership: Membership, today: date) -> None:
    """Refuse to end the last head, and the last signatory where it is the organisation's own people who do it."""
    others = Membership.objects.on(today).filter(role=membership.role, ends_on=None, user__is_active=True)
    others = others.exclude(pk=membership.pk)
    if membership.role == Role.HEAD and not others.exists():
        raise Refused(_("This is the last head of the secretariat: have another one begin first."))
    own = membership.role in ADMINISTERED and not may_keep_everybody(by)
    if own and not others.filter(organisation=membership.organisation_id).exists():
        raise Refused(_("This is the last signatory: have another one begin first."))
