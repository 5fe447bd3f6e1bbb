"""Where facts of the reference data were read."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.core.translated import Translated
from alliance.forum.querysets import SourceQuerySet
from alliance.register.models import Registered


class SourceKind(models.TextChoices):
    DOCUMENT = "document", _("Document")
    WEBSITE = "website", _("Website of the body concerned")
    PRESS = "press", _("Press")
    MIRROR = "mirror", _("Copy on another site")
    BLOG = "blog", _("Blog")
    MEMORY = "memory", _("General knowledge")


NEVER_SHOWN = (SourceKind.MIRROR, SourceKind.BLOG, SourceKind.MEMORY)


class Source(Registered):
    """Where a fact was read. Copies on other sites, blogs and memory are kept for honesty and never shown as sources."""

    key = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=10, choices=SourceKind.choices)
    title = Translated(models.CharField, max_length=200)
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
