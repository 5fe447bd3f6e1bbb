"""Contributions read from files: each import is a batch, each line a row that knows what it became."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.register.models import Registered
from funds.querysets import ImportBatchQuerySet


class ImportBatch(Registered):
    """One import of one file that changed something. A run that finds everything already here leaves none."""

    REGISTER_PLAIN = ("reference", "file_sha256", "mapping_sha256")

    reference = models.CharField(_("reference"), max_length=20, unique=True)
    file_name = models.CharField(_("file"), max_length=200)
    file_sha256 = models.CharField(max_length=64)
    mapping_name = models.CharField(max_length=200)
    mapping_sha256 = models.CharField(max_length=64)
    made_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    entry = models.OneToOneField("alliance.RegisterEntry", on_delete=models.PROTECT, related_name="import_batch")

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(file_sha256__regex=r"^[0-9a-f]{64}$"),
                name="import_batch_names_its_file",
                violation_error_message=_("A batch keeps the digest of its file."),
            )
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("funds:import_batch", args=[self.reference])


class ImportOutcome(models.TextChoices):
    IMPORTED = "imported", pgettext_lazy("row", "Imported")
    UNCHANGED = "unchanged", pgettext_lazy("row", "Unchanged")
    REFUSED = "refused", pgettext_lazy("row", "Refused")


class ImportRow(Registered):
    """One line of a batch's file: what it became, or why it was refused. `why` is kept in English, as it was said."""

    REGISTER_PLAIN = ("digest",)

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="rows")
    line = models.PositiveIntegerField(_("line"))
    key = models.CharField(_("key"), max_length=200, blank=True)
    digest = models.CharField(max_length=64)
    outcome = models.CharField(_("outcome"), max_length=20, choices=ImportOutcome)
    flag = models.TextField(_("flag"), blank=True)
    why = models.TextField(_("why"), blank=True)
    prospect = models.ForeignKey("funds.Prospect", on_delete=models.PROTECT, null=True, related_name="import_rows")
    pledge = models.ForeignKey("funds.Pledge", on_delete=models.PROTECT, null=True, related_name="import_rows")
    agreement = models.ForeignKey("funds.Agreement", on_delete=models.PROTECT, null=True, related_name="import_rows")
    deposit = models.ForeignKey("funds.Deposit", on_delete=models.PROTECT, null=True, related_name="import_rows")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "line"],
                name="import_row_line_once",
                violation_error_message=_("A line stands once in a batch."),
            ),
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(outcome="imported"),
                name="import_row_key_once",
                violation_error_message=_("This contribution was imported before."),
            ),
            models.CheckConstraint(
                condition=(
                    Q(outcome="refused") & ~Q(why="") & Q(prospect=None, pledge=None, agreement=None, deposit=None)
                )
                | (
                    Q(outcome__in=("imported", "unchanged"), why="")
                    & ~Q(key="")
                    & (
                        Q(prospect__isnull=False)
                        | Q(pledge__isnull=False)
                        | Q(agreement__isnull=False)
                        | Q(deposit__isnull=False)
                    )
                ),
                name="import_row_became_something_or_says_why",
                violation_error_message=_("A line that was refused says why; another names what it became."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.line}"

    def get_state_display(self) -> str:
        return self.get_outcome_display()

    @property
    def state(self) -> str:
        return self.outcome
