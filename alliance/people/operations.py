"""Changes to who belongs where."""

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.errors import NotAllowed, OutOfState, Refused
from alliance.people.models import DONOR_ROLES, Membership, Organisation, Role, User
from alliance.register import operation, record


@operation
def register_organisation(
    *, by: User | None, slug: str, kind: str, confirmed: bool = True, **fields: Any
) -> Organisation:
    """Enter an organisation in the directory. By the secretariat, or by setup (`by=None`) for reference data."""
    _secretariat_only(by)
    organisation = Organisation.objects.create(
        slug=slug, kind=kind, confirmed_at=clock.now() if confirmed else None, **fields
    )
    record("organisation.registered/1", by=by, rows=[organisation], facts={"organisation": slug}, public=True)
    return organisation


@operation
def confirm_organisation(*, by: User, organisation: Organisation) -> Organisation:
    """Confirm that an organisation is what it says; only then can it submit proposals (R49)."""
    _secretariat_only(by)
    organisation = Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=organisation.pk)
    if organisation.confirmed_at:
        raise Refused(_("This organisation is confirmed already."))
    organisation.confirmed_at = clock.now()
    organisation.save(update_fields=["confirmed_at"])
    record(
        "organisation.confirmed/1", by=by, rows=[organisation], facts={"organisation": organisation.slug}, public=True
    )
    return organisation


@operation
def give_role(*, by: User | None, user: User, organisation: Organisation, role: str, starts_on: date) -> Membership:
    """Give a person a role for an organisation, from a day on. By the head, or by setup (`by=None`).

    Raises Refused for a role that the person holds on that day or from a later one on; NotAllowed for anyone else.
    """
    if by is not None and not by.has_role(Role.HEAD):
        raise NotAllowed()
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)  # one role at a time
    given = Membership.objects.filter(user=user, organisation=organisation, role=role)
    if given.not_over(starts_on).exists():
        raise Refused(_("This person holds this role already."))
    membership = Membership.objects.create(user=user, organisation=organisation, role=role, starts_on=starts_on)
    record("membership.started/1", by=by, rows=[membership, user], facts={"person": user.uid, "role": role})
    user.__dict__.pop("roles", None)
    user.__dict__.pop("memberships_today", None)
    return membership


@operation
def welcome_person(*, by: User, email: str, organisation: Organisation, role: str) -> Membership:
    """Give somebody who has an account a donor's role for an organisation, from today on.

    By a signatory of that organisation, or by the head; by the head alone for who acts for another organisation: belonging
    to an applicant recuses a member of the committee, and that is nobody's to bring about (R48). Raises Refused for an
    unknown address or a role held already.
    """
    _their_own_only(by, organisation, role)
    organisation = Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=organisation.pk)
    # So is the person's: two organisations cannot each find that nobody else has named this person yet.
    people = User.objects.select_for_update(of=("self",), no_key=True)
    person = people.filter(email__iexact=email.strip(), is_active=True).order_by("pk").first()
    if person is None:
        raise Refused(_("Nobody with this e-mail address has an account."), field="email")
    elsewhere = Membership.objects.not_over(clock.today()).filter(user=person).exclude(organisation=organisation)
    if elsewhere.exists() and not by.has_role(Role.HEAD):
        raise Refused(
            _("This person acts for another organisation: ask the head of the secretariat to give the role."),
            field="email",
        )
    held = Membership.objects.on(clock.today()).filter(user=person, organisation=organisation, role=role)
    if held.exists():
        raise Refused(_("This person holds this role already."), field="email")
    membership = Membership.objects.create(user=person, organisation=organisation, role=role, starts_on=clock.today())
    record("membership.started/1", by=by, rows=[membership], facts={"person": person.uid, "role": role})
    return membership


@operation
def end_membership(*, by: User, membership: Membership) -> Membership:
    """End a donor's role with yesterday; one that began today ends tonight. Never that of the last signatory.

    By a signatory of that organisation, or by the head. Raises Refused, OutOfState, NotAllowed.
    """
    _their_own_only(by, membership.organisation, membership.role)
    # The organisation's row is locked: two signatories cannot end each other's role at the same time.
    Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=membership.organisation_id)
    membership = Membership.objects.select_related("user", "organisation").get(pk=membership.pk)
    if membership.ends_on is not None:
        raise OutOfState()
    if membership.role == Role.DONOR_SIGNATORY:
        others = Membership.objects.on(clock.today()).filter(
            organisation=membership.organisation, role=Role.DONOR_SIGNATORY, ends_on=None, user__is_active=True
        )
        if not others.exclude(user=membership.user).exists():
            raise Refused(_("This is the last signatory: name another one first."))
    membership.ends_on = max(membership.starts_on, clock.today() - timedelta(days=1))
    membership.save(update_fields=["ends_on"])
    facts = {"person": membership.user.uid, "role": membership.role}
    record("membership.ended/1", by=by, rows=[membership], facts=facts)
    return membership


def _their_own_only(by: User, organisation: Organisation, role: str) -> None:
    is_theirs = by.has_role(Role.HEAD) or by.has_role(Role.DONOR_SIGNATORY, organisation=organisation)
    if role not in DONOR_ROLES or not is_theirs:
        raise NotAllowed(_("A donor's people are kept by its signatories and by the head of the secretariat."))


def _secretariat_only(by: User | None) -> None:
    if by is not None and not by.has_role(Role.OFFICER, Role.HEAD):
        raise NotAllowed()
