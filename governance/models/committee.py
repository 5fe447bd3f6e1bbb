"""The body, its seats by constituency, who holds them and who chairs, over time (R61)."""

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from alliance.core.translated import Translated, english
from alliance.people.models import User
from alliance.register.models import Registered
from governance import counting
from governance.querysets import BodyQuerySet, HolderQuerySet, SeatQuerySet, TermQuerySet


class Constituency(models.TextChoices):
    """The groups that sections 2 and 4 of the founding document name."""

    DONORS = counting.DONORS, _("Donors")
    INSTITUTIONS = counting.INSTITUTIONS, _("Key institutions")
    DEVELOPING_COUNTRIES = counting.DEVELOPING_COUNTRIES, _("Developing countries")
    OTHERS = counting.OTHERS, _("Other essential members")


class Capacity(models.TextChoices):
    MEMBER = counting.MEMBER, _("Member")
    ALTERNATE = counting.ALTERNATE, _("Alternate member")


def during(name: str, row: str, condition: Q | None, message: object) -> ExclusionConstraint:
    """Refuse two terms of the same `row` that share a day."""
    one = Func(F(row), F(row), Value("[]"), function="int8range")
    days = Func(F("starts_on"), F("ends_on"), RangeBoundary(inclusive_upper=True), function="DATERANGE", output_field=DateRangeField())  # fmt: skip
    return ExclusionConstraint(
        name=name,
        expressions=[(one, RangeOperators.OVERLAPS), (days, RangeOperators.OVERLAPS)],
        condition=condition,
        violation_error_message=message,  # type: ignore[arg-type]
    )


class Term(Registered):
    """Something held from a day to a day, both included; without an end it goes on."""

    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True

    def is_running(self, day: date) -> bool:
        """Say whether the term runs on that day. See also: `on`."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


class Body(Registered):
    """A body that decides. There is one so far: the oversight committee."""

    code = models.SlugField(max_length=20, unique=True)
    name = Translated(models.CharField, max_length=200)
    founded_on = models.DateField()

    objects = BodyQuerySet.as_manager()

    def __str__(self) -> str:
        return self.code


class Seat(Term):
    """A seat of a constituency. `organisation` is whom the seat stands for, where it stands for one."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="seats")
    number = models.PositiveSmallIntegerField()
    constituency = models.CharField(max_length=24, choices=Constituency)
    label = Translated(models.CharField, max_length=120)
    organisation = models.ForeignKey("alliance.Organisation", models.PROTECT, null=True, blank=True, related_name="+")

    objects = SeatQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "number"], name="seat_number_once"),
            models.CheckConstraint(condition=Q(constituency__in=Constituency.values), name="seat_constituency_known"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="seat_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {english(self, 'label')}"


class Holder(Term):
    """The person who holds a seat as its member or as its alternate, for a term."""

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="holders")
    user = models.ForeignKey(User, models.PROTECT, related_name="held_seats")
    capacity = models.CharField(max_length=10, choices=Capacity)

    objects = HolderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(capacity__in=Capacity.values), name="holder_capacity_known"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="holder_ends_after_start"
            ),
            during("holder_one_member", "seat_id", Q(capacity="member"), _("The seat has a member on these days.")),
            during(
                "holder_one_alternate",
                "seat_id",
                Q(capacity="alternate"),
                _("The seat has an alternate on these days."),
            ),
            during("holder_one_seat_each", "user_id", None, _("This person holds a seat on these days.")),
        ]

    def __str__(self) -> str:
        return f"{self.seat_id} {self.capacity}"


class ChairTerm(Term):
    """Who chairs the committee, for a term."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="chair_terms")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = TermQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="chair_ends_after_start"
            ),
            during("chair_one_at_a_time", "body_id", None, _("The committee has a chair on these days.")),
        ]

    def __str__(self) -> str:
        return f"{self.body_id} {self.starts_on}"
