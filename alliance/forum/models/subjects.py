"""What the Alliance works on: its objectives, its areas of work, and the themes of both."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alliance.core.translated import Translated
from alliance.forum.querysets import PublicQuerySet, ThemeQuerySet, ValidQuerySet
from alliance.register.models import Registered


class Objective(Registered):
    """One of the Alliance's objectives: a closed list, numbered as in section 1 of the founding document (R16, R40)."""

    code = models.CharField(max_length=2, unique=True)
    number = models.PositiveSmallIntegerField(unique=True)
    name = Translated(models.CharField, max_length=120)
    text = Translated(models.TextField)
    where = models.CharField(max_length=60, blank=True)

    objects = PublicQuerySet.as_manager()

    class Meta:
        app_label = "alliance"
        constraints = [
            models.CheckConstraint(
                condition=Q(code__in=["O1", "O2", "O3"]),
                name="objective_closed_list",
                violation_error_message=_("There are three objectives: O1, O2 and O3."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("reporting:objectives") + f"#{self.code}"


class Dated(models.Model):
    """Rows that can be chosen between two days; an open end means until further notice."""

    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True

    def is_valid_on(self, day: Any) -> bool:
        """Say whether the row can be chosen on that day. See also `ValidQuerySet.on`."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


def valid_in_order(name: str) -> models.CheckConstraint:
    """Return the constraint that a row's validity does not end before it starts."""
    return models.CheckConstraint(
        condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
        name=name,
        violation_error_message=_("The last day of validity is before the first."),
    )


class AreaOfWork(Dated, Registered):
    """An area of work; there were two at first, and more can be added without programming (R72)."""

    code = models.CharField(max_length=6, unique=True)
    name = Translated(models.CharField, max_length=120)

    objects = ValidQuerySet.as_manager()

    class Meta:
        app_label = "alliance"
        constraints = [valid_in_order("area_valid_in_order")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Theme(Dated, Registered):
    """What an area of work is about, or a sub-theme of an objective by which proposals are tagged (R17)."""

    code = models.SlugField(max_length=60, unique=True)
    area = models.ForeignKey(AreaOfWork, models.PROTECT, null=True, blank=True, related_name="themes")
    objective = models.ForeignKey(Objective, models.PROTECT, null=True, blank=True, related_name="themes")
    position = models.PositiveSmallIntegerField()
    name = Translated(models.CharField, max_length=250)

    objects = ThemeQuerySet.as_manager()

    class Meta:
        app_label = "alliance"
        constraints = [
            valid_in_order("theme_valid_in_order"),
            models.CheckConstraint(
                condition=Q(area=None, objective__isnull=False) | Q(area__isnull=False, objective=None),
                name="theme_of_area_or_objective",
                violation_error_message=_("A theme belongs to one area of work or to one objective."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
