"""Donors as givers: registering them and moving them along the pipeline."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from alliance.access import require
from alliance.core import clock
from alliance.core.errors import Refused
from alliance.core.states import advance, can
from alliance.core.turns import wait_in_turn
from alliance.people.models import Organisation, User
from alliance.register import operation, record
from funds import permissions
from funds.models import Donor, DonorType, Prospect, StageChange, Window
from funds.operations.valuation import Value

AUTOMATIC = {"pledge", "agree", "receive"}


@operation
def register_donor(*, by: User | None, organisation: Organisation, donor_type: str, stage: str = "potential") -> Donor:
    """Register an organisation as a donor of a type (R56). By the secretariat, or by an import (`by=None`)."""
    require(by is None or permissions.may_register_donor(by), _("The secretariat registers donors."))
    wait_in_turn("funds.donors")
    if Donor.objects.filter(organisation=organisation).exists():
        raise Refused(_("This organisation is a donor already."), field="organisation")
    if donor_type == DonorType.TRUSTEE and Donor.objects.filter(donor_type=DonorType.TRUSTEE).exists():
        raise Refused(_("There is already a trustee."), field="donor_type")
    donor = Donor.objects.create(organisation=organisation, donor_type=donor_type, stage=stage)
    rows = [donor, _stage_change(by, donor)]
    record("donor.registered/1", by=by, rows=rows, facts={"donor": organisation.slug, "type": donor_type}, public=False)
    return donor


@operation
def advance_donor_stage(*, by: User, donor: Donor, stage: str) -> Donor:
    """Note that a donor was contacted or is interested (R102). Later stages follow from pledges, agreements, deposits."""
    require(permissions.may_register_donor(by), _("The secretariat keeps the pipeline."))
    donor = Donor.objects.select_for_update(of=("self",), no_key=True).get(pk=donor.pk)
    verb = next((v for v in Donor.BY_HAND if Donor.TRANSITIONS[v].target == stage), None)
    if verb is None:
        raise Refused(
            _("This stage follows from a pledge, an agreement or a deposit; it is not set by hand."), field="stage"
        )
    advance(donor, verb)
    donor.save(update_fields=["stage"])
    _record_stage(by, donor)
    return donor


@operation
def plan_next_step(
    *, by: User, donor: Donor, owner: User | None = None, next_step: str = "", next_step_on: date | None = None
) -> Donor:
    """Say who of the secretariat follows a donor up, what that person does next, and by when (R102).

    A step has all three; an empty step ends the plan. Raises Refused for half a plan or an owner outside the secretariat.
    """
    require(permissions.may_register_donor(by), _("The secretariat keeps the pipeline."))
    donor = Donor.objects.select_for_update(of=("self",), no_key=True).select_related("organisation").get(pk=donor.pk)
    step = next_step.strip()
    if owner is not None and not owner.is_secretariat:
        raise Refused(_("A donor is followed up by somebody of the secretariat."), field="owner")
    if step and owner is None:
        raise Refused(_("Say who takes the next step."), field="owner")
    if step and next_step_on is None:
        raise Refused(_("Say by when the next step is taken."), field="next_step_on")
    if next_step_on and not step:
        raise Refused(_("Say what the next step is."), field="next_step")
    donor.owner, donor.next_step, donor.next_step_on = owner, step, next_step_on
    donor.save(update_fields=["owner", "next_step", "next_step_on"])
    facts = {"donor": donor.organisation.slug, "owner": owner.uid if owner else None, "due_on": next_step_on}
    record("donor.step_planned/1", by=by, rows=[donor], facts=facts)
    return donor


def carry_donor_on(by: User | None, donor: Donor, verb: str) -> None:
    """Move the donor to the stage that an act has brought it to; one that is further on stays there."""
    donor = Donor.objects.select_for_update(of=("self",), no_key=True).select_related("organisation").get(pk=donor.pk)
    if verb not in AUTOMATIC or not can(donor, verb):
        return
    advance(donor, verb)
    donor.save(update_fields=["stage"])
    _record_stage(by, donor)


def _record_stage(by: User | None, donor: Donor) -> None:
    facts = {"donor": donor.organisation.slug, "stage": donor.stage}
    record("donor.advanced/1", by=by, rows=[donor, _stage_change(by, donor)], facts=facts)


def _stage_change(by: User | None, donor: Donor) -> StageChange:
    return StageChange.objects.create(donor=donor, stage=donor.stage, at=clock.now(), by=by)


def write_prospect(
    *, by: User | None, donor: Donor, window: Window | None, value: Value, noted_on: date, reference: str
) -> Prospect:
    """Write a pipeline entry and its register entry. It is not a pledge."""
    prospect = Prospect.objects.create(
        reference=reference, donor=donor, window=window, noted_on=noted_on, **value.columns()
    )
    facts = {"prospect": reference, "donor": donor.organisation.slug}
    record("prospect.noted/1", by=by, rows=[prospect], facts=facts)
    return prospect
