"""Changes to who belongs where."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.errors import NotAllowed, Refused
from alliance.people.models import Membership, Organisation, Role, User
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
    """Give a person a role for an organisation, from a day on. By the head, or by setup (`by=None`)."""
    if by is not None and not by.has_role(Role.HEAD):
        raise NotAllowed()
    membership = Membership.objects.create(user=user, organisation=organisation, role=role, starts_on=starts_on)
    record("membership.started/1", by=by, rows=[membership, user], facts={"person": user.uid, "role": role})
    user.__dict__.pop("roles", None)
    user.__dict__.pop("memberships_today", None)
    return membership


def _secretariat_only(by: User | None) -> None:
    if by is not None and not by.has_role(Role.OFFICER, Role.HEAD):
        raise NotAllowed()
