"""That somebody was reminded of an instalment: once an instalment and stage."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.register.models import Registered
from funds.models.contributions import Instalment


class ReminderStage(models.TextChoices):
    """When a reminder is sent: the days before and after are settings, and ours."""

    COMING = "coming", _("Instalment due soon")
    DUE = "due", _("Instalment due")
    OVERDUE = "overdue", _("Instalment overdue")


class Reminder(Registered):
    """A reminder of an instalment, sent by the portal itself. Rows are only ever added."""

    instalment = models.ForeignKey(Instalment, on_delete=models.PROTECT, related_name="reminders")
    stage = models.CharField(_("stage"), max_length=20, choices=ReminderStage)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["instalment", "stage"],
                name="reminder_once_a_stage",
                violation_error_message=_("A reminder of this stage was sent already."),
            ),
            models.CheckConstraint(
                condition=Q(stage__in=ReminderStage.values),
                name="reminder_stage_known",
                violation_error_message=_("This is not a stage of reminders."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instalment_id} {self.stage}"
