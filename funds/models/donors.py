"""Donors: who gives, of which type, and how far along the pipeline; and what is spoken of and not yet promised."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alliance.core.states import Move
from alliance.people.models import SECRETARIAT_ROLES
from alliance.register.models import Registered
from funds.models.valued import Valued, amount_is_explained, positive_usd
from funds.querysets import DonorQuerySet, ProspectQuerySet


class DonorType(models.TextChoices):
    STATE = "state", _("State")
    INSTITUTION = "institution", _("Institution")
    PRIVATE = "private", _("Private entity")
    OTHER = "other", _("Other entity")
    TRUSTEE = "trustee", _("Trustee")


class DonorStage(models.TextChoices):
    POTENTIAL = "potential", _("Potential")
    CONTACTED = "contacted", _("Contacted")
    INTERESTED = "interested", _("Interested")
    PLEDGED = "pledged", _("Pledged")
    AGREED = "agreed", _("Agreed")
    RECEIVED = "received", _("Received")


def _before(stage: DonorStage) -> frozenset[str]:
    return frozenset(DonorStage.values[: DonorStage.values.index(stage)])


class Donor(Registered):
    """An organisation as giver, with its type (R56) and its place in the pipeline (R102)."""

    REGISTER_LATER = {"next_step": "", "next_step_on": None, "owner_id": None}

    TRANSITIONS = {
        "contact": Move(_before(DonorStage.CONTACTED), DonorStage.CONTACTED, SECRETARIAT_ROLES),
        "note_interest": Move(_before(DonorStage.INTERESTED), DonorStage.INTERESTED, SECRETARIAT_ROLES),
        # The next three follow from a pledge, an agreement and a deposit; nobody sets them by hand.
        "pledge": Move(_before(DonorStage.PLEDGED), DonorStage.PLEDGED),
        "agree": Move(_before(DonorStage.AGREED), DonorStage.AGREED),
        "receive": Move(_before(DonorStage.RECEIVED), DonorStage.RECEIVED),
    }
    BY_HAND = ("contact", "note_interest")

    organisation = models.OneToOneField("alliance.Organisation", on_delete=models.PROTECT, related_name="donor")
    donor_type = models.CharField(_("type"), max_length=20, choices=DonorType)
    stage = models.CharField(_("stage"), max_length=20, choices=DonorStage, default=DonorStage.POTENTIAL)
    owner = models.ForeignKey(
        "alliance.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("who follows it up")
    )
    next_step = models.CharField(_("next step"), max_length=200, blank=True)
    next_step_on = models.DateField(_("next step due on"), null=True)

    objects = DonorQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(donor_type__in=DonorType.values),
                name="donor_type_known",
                violation_error_message=_("This is not a type of donor."),
            ),
            models.CheckConstraint(
                condition=Q(stage__in=DonorStage.values),
                name="donor_stage_known",
                violation_error_message=_("This is not a stage of the pipeline."),
            ),
            # Only one organisation gives seed capital: whoever is the trustee (R96).
            models.UniqueConstraint(
                fields=["donor_type"],
                condition=Q(donor_type="trustee"),
                name="donor_one_trustee",
                violation_error_message=_("There is already a trustee."),
            ),
            models.CheckConstraint(
                condition=Q(next_step="", next_step_on=None)
                | (~Q(next_step="") & Q(next_step_on__isnull=False, owner__isnull=False)),
                name="donor_next_step_has_day_and_owner",
                violation_error_message=_("A next step says who takes it, and by when."),
            ),
        ]

    def __str__(self) -> str:
        return f"donor {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("funds:donor", args=[self.organisation.slug])

    @property
    def name(self) -> str:
        return self.organisation.name

    @property
    def state(self) -> str:
        return self.stage

    @state.setter
    def state(self, value: str) -> None:
        self.stage = value

    def get_state_display(self) -> str:
        return str(DonorStage(self.stage).label)

    @property
    def is_trustee(self) -> bool:
        return self.donor_type == DonorType.TRUSTEE


class Prospect(Valued):
    """A pipeline entry: money somebody speaks of. It is not a pledge and never counts as one (R102)."""

    REGISTER_PLAIN = ("reference",)

    reference = models.CharField(_("reference"), max_length=20, unique=True)
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="prospects")
    window = models.ForeignKey("funds.Window", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    noted_on = models.DateField(_("noted on"))

    objects = ProspectQuerySet.as_manager()

    class Meta:
        constraints = [positive_usd("prospect_positive"), amount_is_explained("prospect_amount_with_rate")]

    def __str__(self) -> str:
        return self.reference
