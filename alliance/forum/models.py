"""Objectives, areas of work, summits, recommendations, sources and terms: reference data in three languages."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from alliance.core.fields import CountryField
from alliance.core.translated import Translated
from alliance.forum.querysets import (
    ChairTermQuerySet,
    PublicQuerySet,
    RecommendationQuerySet,
    SourceQuerySet,
    SummitQuerySet,
    ThemeQuerySet,
    ValidQuerySet,
)
from alliance.register.models import Registered

__all__ = [
    "AreaOfWork",
    "ChairTerm",
    "ForumSession",
    "GlossaryTerm",
    "Objective",
    "Recommendation",
    "Roundtable",
    "Source",
    "Summit",
    "SummitChair",
    "Theme",
]


class Objective(Translated, Registered):
    """One of the Alliance's objectives: a closed list, numbered as in section 1 of the founding document (R16, R40)."""

    code = models.CharField(max_length=2, unique=True)
    number = models.PositiveSmallIntegerField(unique=True)
    name_en = models.CharField(max_length=120)
    name_fr = models.CharField(max_length=120, blank=True)
    name_es = models.CharField(max_length=120, blank=True)
    text_en = models.TextField()
    text_fr = models.TextField(blank=True)
    text_es = models.TextField(blank=True)
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

    @property
    def text(self) -> str:
        return self.tr("text")


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


class AreaOfWork(Translated, Dated, Registered):
    """An area of work; there were two at first, and more can be added without programming (R72)."""

    code = models.CharField(max_length=6, unique=True)
    name_en = models.CharField(max_length=120)
    name_fr = models.CharField(max_length=120, blank=True)
    name_es = models.CharField(max_length=120, blank=True)

    objects = ValidQuerySet.as_manager()

    class Meta:
        app_label = "alliance"
        constraints = [valid_in_order("area_valid_in_order")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Theme(Translated, Dated, Registered):
    """What an area of work is about, or a sub-theme of an objective by which proposals are tagged (R17)."""

    code = models.SlugField(max_length=60, unique=True)
    area = models.ForeignKey(AreaOfWork, models.PROTECT, null=True, blank=True, related_name="themes")
    objective = models.ForeignKey(Objective, models.PROTECT, null=True, blank=True, related_name="themes")
    position = models.PositiveSmallIntegerField()
    name_en = models.CharField(max_length=250)
    name_fr = models.CharField(max_length=250, blank=True)
    name_es = models.CharField(max_length=250, blank=True)

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


class SourceKind(models.TextChoices):
    DOCUMENT = "document", _("Document")
    WEBSITE = "website", _("Website of the body concerned")
    PRESS = "press", _("Press")
    MIRROR = "mirror", _("Copy on another site")
    BLOG = "blog", _("Blog")
    MEMORY = "memory", _("General knowledge")


NEVER_SHOWN = (SourceKind.MIRROR, SourceKind.BLOG, SourceKind.MEMORY)


class Source(Translated, Registered):
    """Where a fact was read. Copies on other sites, blogs and memory are kept for honesty and never shown as sources."""

    key = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=10, choices=SourceKind.choices)
    title_en = models.CharField(max_length=200)
    title_fr = models.CharField(max_length=200, blank=True)
    title_es = models.CharField(max_length=200, blank=True)
    url = models.URLField(max_length=300, blank=True)
    is_shown = models.BooleanField()

    objects = SourceQuerySet.as_manager()

    class Meta:
        app_label = "alliance"
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind__in=NEVER_SHOWN) | Q(is_shown=False),
                name="source_copies_never_shown",
                violation_error_message=_("A copy, a blog or memory is not shown as a source."),
            )
        ]

    def __str__(self) -> str:
        return self.title


class Summit(Translated, Registered):
    """A meeting of the Global Forum. Its host need not be its chair, and it may have several chairs (R12)."""

    code = models.CharField(max_length=10, unique=True)
    number = models.PositiveSmallIntegerField(unique=True)
    city_en = models.CharField(max_length=80)
    city_fr = models.CharField(max_length=80, blank=True)
    city_es = models.CharField(max_length=80, blank=True)
    country = CountryField()
    theme_en = models.CharField(max_length=250)
    theme_fr = models.CharField(max_length=250, blank=True)
    theme_es = models.CharField(max_length=250, blank=True)
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

    @property
    def city(self) -> str:
        return self.tr("city")

    @property
    def theme(self) -> str:
        return self.tr("theme")


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


class Roundtable(Translated, Registered):
    """A roundtable of a summit, or its plenary, or what cut across all roundtables."""

    summit = models.ForeignKey(Summit, models.PROTECT, related_name="roundtables")
    code = models.CharField(max_length=4)
    kind = models.CharField(max_length=20, choices=RoundtableKind.choices)
    position = models.PositiveSmallIntegerField()
    title_en = models.CharField(max_length=200)
    title_fr = models.CharField(max_length=200, blank=True)
    title_es = models.CharField(max_length=200, blank=True)

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


class ForumSession(Translated, Registered):
    """A session of a roundtable; plenary and cross-cutting work have one session of the same name."""

    roundtable = models.ForeignKey(Roundtable, models.PROTECT, related_name="sessions")
    code = models.CharField(max_length=4)
    position = models.PositiveSmallIntegerField()
    title_en = models.CharField(max_length=200)
    title_fr = models.CharField(max_length=200, blank=True)
    title_es = models.CharField(max_length=200, blank=True)

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


class RecommendationKind(models.TextChoices):
    NEED = "need", pgettext_lazy("kind of recommendation", "Need")
    PILOT = "pilot", pgettext_lazy("kind of recommendation", "Pilot")
    STUDY = "study", pgettext_lazy("kind of recommendation", "Study")
    TOOL = "tool", pgettext_lazy("kind of recommendation", "Tool")
    MECHANISM = "mechanism", pgettext_lazy("kind of recommendation", "Mechanism")


class Confidence(models.TextChoices):
    HIGH = "high", pgettext_lazy("confidence", "High")
    MEDIUM = "medium", pgettext_lazy("confidence", "Medium")
    LOW = "low", pgettext_lazy("confidence", "Low")


class Recommendation(Translated, Registered):
    """What a meeting of the Forum recommended, in our paraphrase, never an official text (R34, R35).

    `is_reconstructed` marks those without a source that can be named. Without `target` it is open-ended.
    """

    code = models.CharField(max_length=6, unique=True)
    summit = models.ForeignKey(Summit, models.PROTECT, related_name="recommendations")
    session = models.ForeignKey(ForumSession, models.PROTECT, related_name="recommendations")
    kind = models.CharField(max_length=10, choices=RecommendationKind.choices)
    text_en = models.CharField(max_length=400)
    text_fr = models.CharField(max_length=400, blank=True)
    text_es = models.CharField(max_length=400, blank=True)
    objectives = models.ManyToManyField(Objective, related_name="recommendations")
    area = models.ForeignKey(AreaOfWork, models.PROTECT, null=True, blank=True, related_name="recommendations")
    target = models.ForeignKey(Summit, models.PROTECT, null=True, blank=True, related_name="expected")
    confidence = models.CharField(max_length=6, choices=Confidence.choices)
    attribution = models.CharField(max_length=6, choices=Confidence.choices)
    is_reconstructed = models.BooleanField()
    sources = models.ManyToManyField(Source, related_name="recommendations", blank=True)

    objects = RecommendationQuerySet.as_manager()

    class Meta:
        app_label = "alliance"

    def __str__(self) -> str:
        return f"{self.code} {self.text}"

    def get_absolute_url(self) -> str:
        return reverse("reporting:recommendation", args=[self.code])

    @property
    def text(self) -> str:
        return self.tr("text")

    @property
    def title(self) -> str:
        return self.text

    @property
    def roundtable(self) -> Roundtable:
        """The roundtable it came from. The session must be loaded with its roundtable."""
        return self.session.roundtable

    @property
    def mark(self) -> str:
        """What every page and document says beside the text."""
        if self.is_reconstructed:
            return gettext("Our paraphrase, not official; reconstructed")
        return gettext("Our paraphrase, not official")


class GlossaryTerm(Translated, Registered):
    """A term of the field in English, French and Spanish, with a word on its meaning or use."""

    key = models.SlugField(max_length=40, unique=True)
    term_en = models.CharField(max_length=120)
    term_fr = models.CharField(max_length=120)
    term_es = models.CharField(max_length=120)
    note_en = models.CharField(max_length=400, blank=True)
    note_fr = models.CharField(max_length=400, blank=True)
    note_es = models.CharField(max_length=400, blank=True)
    is_ours = models.BooleanField(default=False)

    objects = PublicQuerySet.as_manager()

    class Meta:
        app_label = "alliance"

    def __str__(self) -> str:
        return self.term

    @property
    def term(self) -> str:
        return self.tr("term")

    @property
    def note(self) -> str:
        return self.tr("note")
