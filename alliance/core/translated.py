"""Names kept in three languages, with a visible fallback when one is missing (R1)."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db import models
from django.utils.translation import get_language

LANGUAGES = ("en", "fr", "es")


class Translation(NamedTuple):
    """A text with the language it is really in."""

    text: str
    language: str


def translation(row: object, field: str) -> Translation:
    """Return `field` of `row` in the active language, or English when that is missing."""
    language = (get_language() or "en")[:2]
    if language not in LANGUAGES:
        language = "en"
    text = getattr(row, f"{field}_{language}")
    return Translation(text, language) if text else Translation(getattr(row, f"{field}_en"), "en")


def names(path: str) -> list[str]:
    """Return the columns that hold the name of what this path leads to."""
    return [f"{path}__name_{language}" for language in LANGUAGES]


def chosen(texts: Sequence[str]) -> str:
    """Return the text of the active language among those of LANGUAGES, in their order; the English one where it is missing."""
    language = (get_language() or "en")[:2]
    return (language in LANGUAGES and texts[LANGUAGES.index(language)]) or texts[0]


class Translated(models.Model):
    """A model with `<field>_en`, `<field>_fr`, `<field>_es` columns."""

    class Meta:
        abstract = True

    def tr(self, field: str) -> str:
        """Return the text of `field` for the active language."""
        return translation(self, field).text

    @property
    def name(self) -> str:
        return self.tr("name")

    @property
    def title(self) -> str:
        return self.tr("title")
