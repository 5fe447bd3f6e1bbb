"""Sessions of the committee and who was present (R61)."""

from typing import NamedTuple

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alliance.core.formats import long_date
from alliance.register.models import Registered
from governance.models.committee import Body, Constituency, Holder
from governance.models.rules import RuleSet
from governance.querysets import SessionQuerySet


class Composition(NamedTuple):
    """Who is there, by constituency, and which required groups are not."""

    present: dict[str, int]
    missing: tuple[str, ...]
    is_binding: bool

    @property
    def is_complete(self) -> bool:
        return not self.missing

    @property
    def is_quorate(self) -> bool:
        """Whether the session may decide. An incomplete one only warns where the rules say so."""
        return self.is_complete or not self.is_binding

    @property
    def missing_labels(self) -> list[str]:
        return [str(Constituency(group).label) for group in self.missing]


class Session(Registered):
    """A meeting of the committee."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="sessions")
    reference = models.CharField(max_length=20, unique=True)
    held_on = models.DateField(_("date"))
    place = models.CharField(_("place"), max_length=120)
    called_by = models.ForeignKey("alliance.User", models.PROTECT, related_name="+")
    called_at = models.DateTimeField()

    objects = SessionQuerySet.as_manager()

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("governance:session", args=[self.reference])

    @property
    def name(self) -> str:
        return f"{long_date(self.held_on)}, {self.place}"

    def has_met(self) -> bool:
        """Whether it has been noted who was there."""
        return self.attendance.exists()

    def composition(self, rules: RuleSet) -> Composition:
        """Who was present by constituency, and which of the groups that the rules require were not (R61)."""
        there = self.attendance.filter(is_present=True).values_list("holder__seat__constituency", "holder__seat_id")
        seats = {seat: group for group, seat in there}
        present = {group: list(seats.values()).count(group) for group in Constituency.values}
        missing = tuple(group for group in rules.required if not present[group])
        return Composition(present, missing, rules.is_composition_binding)


class Attendance(Registered):
    """Whether the holder of a seat is expected at, or was present at, a session."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="attendance")
    holder = models.ForeignKey(Holder, models.PROTECT, related_name="+")
    is_present = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "holder"], name="attendance_once")]

    def __str__(self) -> str:
        return f"{self.session_id} {self.holder_id}"
