"""The words of the field in each language."""

from django.db import models

from alliance.core.translated import Translated
from alliance.forum.querysets import PublicQuerySet
from alliance.register.models import Registered


class GlossaryTerm(Registered):
    """A term of the field in English, French and Spanish, with a word on its meaning or use."""

    key = models.SlugField(max_length=40, unique=True)
    term = Translated(models.CharField, max_length=120, everywhere=True)
    note = Translated(models.CharField, max_length=400, blank=True)
    is_ours = models.BooleanField(default=False)

    objects = PublicQuerySet.as_manager()

    class Meta:
        app_label = "alliance"

    def __str__(self) -> str:
        return self.term
