"""A donor on its way: how it came to its stage, and what due diligence found."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.register.models import Registered
from funds.models.donors import Donor, DonorStage
from funds.querysets import DueDiligenceQuerySet


class StageChange(Registered):
    """A donor came to a stage of the pipeline. Rows are only ever added."""

    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="stage_changes")
    stage = models.CharField(_("stage"), max_length=20, choices=DonorStage)
    at = models.DateTimeField()
    by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(stage__in=DonorStage.values),
                name="stage_change_known",
                violation_error_message=_("This is not a stage of the pipeline."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.donor_id} {self.stage}"


class Finding(models.TextChoices):
    CLEAR = "clear", _("Clear")
    MEASURES = "measures", _("Clear with measures")
    NOT_ACCEPTABLE = "not_acceptable", _("Not acceptable")


class DueDiligence(Registered):
    """What a look into a donor found, and until when that holds. Rows are only ever added; the newest one counts.

    The rule is ours, the source document is silent: a private entity's pledge becomes public only with a finding that
    is valid and acceptable; a donor found not acceptable, of whatever type, neither pledges nor signs until a newer
    finding says otherwise. Money that has arrived is recorded all the same: it is there.
    """

    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="due_diligence")
    done_on = models.DateField(_("done on"))
    valid_until = models.DateField(_("valid until"))
    finding = models.CharField(_("finding"), max_length=20, choices=Finding)
    note = models.TextField(_("note"))
    file = models.ForeignKey("alliance.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")
    recorded_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = DueDiligenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(finding__in=Finding.values),
                name="due_diligence_finding_known",
                violation_error_message=_("This is not a finding of due diligence."),
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gt=F("done_on")),
                name="due_diligence_valid_after_done",
                violation_error_message=_("A finding is valid for at least a day after it was made."),
            ),
            models.CheckConstraint(
                condition=~Q(note=""),
                name="due_diligence_says_what_was_found",
                violation_error_message=_("A finding says what was looked at and found."),
            ),
        ]
        indexes = [models.Index(fields=["donor", "-done_on", "-id"], name="due_diligence_newest")]

    def __str__(self) -> str:
        return f"{self.donor_id} {self.finding}"

    @property
    def is_acceptable(self) -> bool:
        return self.finding != Finding.NOT_ACCEPTABLE

    @property
    def has_expired(self) -> bool:
        return self.valid_until < clock.today()
