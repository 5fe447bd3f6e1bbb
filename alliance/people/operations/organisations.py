"""The directory of organisations: entering one, and confirming it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.errors import NotAllowed, Refused
from alliance.people.models import Organisation, User
from alliance.people.permissions import may_enter_organisations
from alliance.register import operation, record


@operation
def register_organisation(
    *, by: User | None, slug: str, kind: str, confirmed: bool = True, **fields: Any
) -> Organisation:
    """Enter an organisation in the directory. By the secretariat, or by setup (`by=None`) for reference data.

    Raises Refused for a short name that another one has.
    """
    _secretariat_only(by)
    if Organisation.objects.filter(slug=slug).exists():
        raise Refused(_("Another organisation has this short name."), field="slug")
    organisation = Organisation.objects.create(
        slug=slug, kind=kind, confirmed_at=clock.now() if confirmed else None, **fields
    )
    record("organisation.registered/1", by=by, rows=[organisation], facts={"organisation": slug}, public=True)
    return organisation


@operation
def confirm_organisation(*, by: User, organisation: Organisation) -> Organisation:
    """Confirm that an organisation is what it says; only then can it submit proposals, and people act for it (R49)."""
    _secretariat_only(by)
    organisation = lock_organisation(organisation.pk)
    if organisation.confirmed_at:
        raise Refused(_("This organisation is confirmed already."))
    organisation.confirmed_at = clock.now()
    organisation.save(update_fields=["confirmed_at"])
    record(
        "organisation.confirmed/1", by=by, rows=[organisation], facts={"organisation": organisation.slug}, public=True
    )
    return organisation


def lock_organisation(pk: int) -> Organisation:
    """Return the organisation with its row locked: changes to its people wait for each other."""
    return Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)


def require_confirmed(organisation: Organisation) -> None:
    if organisation.confirmed_at is None:
        raise Refused(
            _("This organisation is not confirmed: nobody can act for it until the secretariat has confirmed it."),
            field="organisation",
        )


def _secretariat_only(by: User | None) -> None:
    if by is not None and not may_enter_organisations(by):
        raise NotAllowed()
