"""The meetings of the Global Forum: summits with their chairs, roundtables and sessions."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alliance.core.fields import CountryField
from alliance.core.translated import Translated
from alliance.forum.models.sources import Source
from alliance.forum.querysets import ChairTermQuerySet, PublicQuerySet, SummitQuerySet
from alliance.register.models import Registered


class Summit(Registered):
    """A meeting of the Global Forum. Its host need not be its chair, and it may have several chairs (R12)."""

    code = models.CharField(max_length=10, unique=True)
    number = models.PositiveSmallIntegerField(unique=True)
    city = Translated(models.CharField, max_length=80)
    country = CountryField()
    theme = Translated(models.CharField, max_length=250)
    starts_on = models.DateField()
    ends_on = models.DateField()
    government_from = models.DateField()
    government_until = models.DateField()
    sources = models.ManyToManyField(Source, related_name="summits", blank=True)

    objects = SummitQuerySet.as_manager()

    class Meta:
        app_label = "alliance"
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__lte=F("government_from"))
                & Q(government_from__lte=F("government_until"))
                & Q(government_until__lte=F("ends_on")),
                name="summit_days_in_order",
                violation_error_message=_("The government days lie within the meeting's days."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("reporting:summit", args=[self.code])

    @property
    def name(self) -> str:
        """The place and year by which people know it: Brussels 2007."""
        return f"{self.city} {self.starts_on.year}"


class SummitChair(Registered):
    """A country in the chair of a summit; co-chairs stand in the order in which they are named."""

    summit = models.ForeignKey(Summit, models.CASCADE, related_name="chairs")
    country = CountryField()
    position = models.PositiveSmallIntegerField(default=1)

    objects = PublicQuerySet.as_manager()

    class Meta:
        app_label = "alliance"
        constraints = [
            models.UniqueConstraint(fields=["summit", "country"], name="summit_chair_once"),
            models.UniqueConstraint(fields=["summit", "position"], name="summit_chair_position_once"),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.summit_id}"


class ChairTerm(Registered):
    """The days on which a country chaired the Forum; an approximate term follows from the meetings' dates (R10)."""

    country = CountryField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    is_approximate = models.BooleanField()

    objects = ChairTermQuerySet.as_manager()

    class Meta:
        app_label = "alliance"
        constraints = [
            models.UniqueConstraint(fields=["country", "starts_on"], name="chair_term_once"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="chair_term_in_order",
                violation_error_message=_("The term ends before it starts."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.starts_on}"


class RoundtableKind(models.TextChoices):
    ROUNDTABLE = "roundtable", _("Roundtable")
    PLENARY = "plenary", _("Plenary")
    CROSS_CUTTING = "cross_cutting", _("Cross-cutting")


class Roundtable(Registered):
    """A roundtable of a summit, or its plenary, or what cut across all roundtables."""

    summit = models.ForeignKey(Summit, models.PROTECT, related_name="roundtables")
    code = models.CharField(max_length=4)
    kind = models.CharField(max_length=20, choices=RoundtableKind.choices)
    position = models.PositiveSmallIntegerField()
    title = Translated(models.CharField, max_length=200)

    objects = PublicQuerySet.as_manager()

    class Meta:
        app_label = "alliance"
        constraints = [models.UniqueConstraint(fields=["summit", "code"], name="roundtable_once")]

    def __str__(self) -> str:
        return f"{self.label} – {self.title}"

    @property
    def label(self) -> str:
        """Roundtable 1, Plenary or Cross-cutting: never a bare code."""
        if self.kind == RoundtableKind.ROUNDTABLE:
            return gettext("Roundtable %(number)s") % {"number": self.code.removeprefix("RT")}
        return self.get_kind_display()


class ForumSession(Registered):
    """A session of a roundtable; plenary and cross-cutting work have one session of the same name."""

    roundtable = models.ForeignKey(Roundtable, models.PROTECT, related_name="sessions")
    code = models.CharField(max_length=4)
    position = models.PositiveSmallIntegerField()
    title = Translated(models.CharField, max_length=200)

    objects = PublicQuerySet.as_manager()

    class Meta:
        app_label = "alliance"
        constraints = [models.UniqueConstraint(fields=["roundtable", "code"], name="forum_session_once")]

    def __str__(self) -> str:
        return f"{self.label} – {self.title}"

    @property
    def is_numbered(self) -> bool:
        return self.code[0].isdigit()

    @property
    def label(self) -> str:
        """Session 1.2, or Plenary, or Cross-cutting. The roundtable must be loaded."""
        return gettext("Session %(number)s") % {"number": self.code} if self.is_numbered else self.roundtable.label
