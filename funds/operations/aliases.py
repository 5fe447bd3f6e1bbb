"""The names of a donor: added and withdrawn by the secretariat."""

from django.utils.translation import gettext_lazy as _

from alliance.access import require
from alliance.core import clock
from alliance.core.errors import OutOfState, Refused
from alliance.core.turns import wait_in_turn
from alliance.people.models import User
from alliance.register import operation, record
from funds import permissions
from funds.models import AliasKind, Donor, DonorAlias


@operation
def name_donor(*, by: User, donor: Donor, name: str, kind: str) -> DonorAlias:
    """Say that a name means this donor: another name of it, or an agency that pays for it.

    Imports then find the donor by it, and a deposit can name the agency. Raises Refused for a name that means a donor already.
    """
    require(permissions.may_register_donor(by), _("The secretariat keeps the donors' names."))
    wait_in_turn("funds.donors")
    donor = Donor.objects.select_for_update(of=("self",), no_key=True).select_related("organisation").get(pk=donor.pk)
    name = " ".join(name.split())
    if not name:
        raise Refused(_("A name has letters."), field="name")
    if Donor.objects.filter(organisation__name_en__iexact=name).exists() or DonorAlias.objects.meaning(name).exists():
        raise Refused(_("This name means a donor already."), field="name")
    alias = DonorAlias.objects.create(donor=donor, name=name, kind=AliasKind(kind), added_by=by, added_at=clock.now())
    record("donor.named/1", by=by, rows=[alias], facts={"donor": donor.organisation.slug, "kind": alias.kind})
    return alias


@operation
def withdraw_alias(*, by: User, alias: DonorAlias) -> DonorAlias:
    """Say that a name no longer means the donor. Deposits that named the agency keep it."""
    require(permissions.may_register_donor(by), _("The secretariat keeps the donors' names."))
    alias = DonorAlias.objects.select_for_update(of=("self",), no_key=True).get(pk=alias.pk)
    if alias.withdrawn_at:
        raise OutOfState()
    alias.withdrawn_at = clock.now()
    alias.save(update_fields=["withdrawn_at"])
    record("donor.name_withdrawn/1", by=by, rows=[alias], facts={"donor": alias.donor.organisation.slug})
    return alias
