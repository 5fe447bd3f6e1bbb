"""The words of the field in three languages."""

from django.db import models

from alliance.core.translated import Translated
from alliance.forum.querysets import PublicQuerySet
from alliance.register.models import Registered


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
