"""What the meetings recommended, in our paraphrase."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy

from alliance.core.translated import Translated
from alliance.forum.models.meetings import ForumSession, Roundtable, Summit
from alliance.forum.models.sources import Source
from alliance.forum.models.subjects import AreaOfWork, Objective
from alliance.forum.querysets import RecommendationQuerySet
from alliance.register.models import Registered


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


class Recommendation(Registered):
    """What a meeting of the Forum recommended, in our paraphrase, never an official text (R34, R35).

    `is_reconstructed` marks those without a source that can be named. Without `target` it is open-ended.
    """

    code = models.CharField(max_length=6, unique=True)
    summit = models.ForeignKey(Summit, models.PROTECT, related_name="recommendations")
    session = models.ForeignKey(ForumSession, models.PROTECT, related_name="recommendations")
    kind = models.CharField(max_length=10, choices=RecommendationKind.choices)
    text = Translated(models.CharField, max_length=400)
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
