"""Texts of rows in each of the portal's languages, with a visible fallback when one is missing (R1).

`settings.LANGUAGES` is the only list of languages. A model declares `name = Translated(models.CharField, max_length=200)`
once: its columns are name_en, name_fr and so on, and `row.name` is the text in the reader's language.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Self, overload

from django import forms
from django.conf import settings
from django.db import models
from django.utils.translation import get_language, override

from alliance.core.formats import language_name

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
FALLBACK = settings.LANGUAGE_CODE
# Rows recorded by the first release have a text for each of these; a column of any other language is a later one.
OF_THE_FIRST_RELEASE = frozenset({"en", "fr", "es"})


def active_language() -> str:
    """Return the code of the reader's language, or English when it is none of ours."""
    language = (get_language() or FALLBACK)[:2]
    return language if language in LANGUAGES else FALLBACK


def column(name: str, language: str = FALLBACK) -> str:
    """Return the column that holds a text in one language."""
    return f"{name}_{language}"


def columns(*names: str) -> list[str]:
    """Return the columns that hold these texts: all languages of the first, then of the next."""
    return [column(name, language) for name in names for language in LANGUAGES]


def names(path: str) -> list[str]:
    """Return the columns that hold the name of what this path leads to."""
    return columns(f"{path}__name")


class Translation(NamedTuple):
    """A text with the language it is really in."""

    text: str
    language: str


def translation(row: object, field: str) -> Translation:
    """Return `field` of `row` in the reader's language, or in English when that is missing."""
    language = active_language()
    text = getattr(row, column(field, language))
    return Translation(text, language) if text else Translation(english(row, field), FALLBACK)


def english(row: object, field: str = "name") -> str:
    """Return a row's text in English, which every text has."""
    return getattr(row, column(field))


def texts(row: object, field: str = "name") -> dict[str, str]:
    """Return a row's text in each language that it has, by language."""
    found = {language: getattr(row, column(field, language)) for language in LANGUAGES}
    return {language: text for language, text in found.items() if text}


def chosen(found: Sequence[str]) -> str:
    """Return the text in the reader's language among those of LANGUAGES, in their order; the English one where it is missing."""
    return found[LANGUAGES.index(active_language())] or found[LANGUAGES.index(FALLBACK)]


def said(words: Callable[[], Any]) -> dict[str, str]:
    """Return what `words` says in each language, by language: a text of the catalogues."""
    found = {}
    for language in LANGUAGES:
        with override(language):
            found[language] = str(words())
    return found


def given(row: Mapping[str, Any], *fields: str) -> dict[str, str]:
    """Return the columns of these texts as a file has them; a text that it lacks is empty, so that English shows instead."""
    return {name: str(row.get(name) or "") for name in columns(*fields)}


def asked(
    name: str, field: Callable[..., forms.Field], label: Any, *, required: Any = OF_THE_FIRST_RELEASE
) -> dict[str, forms.Field]:
    """Return a form's fields for a text, one for each language, by column.

    `label` has a blank for the language's name. `required` names the languages that may not be left out: by default those of the first release.
    """
    return {
        column(name, language): field(
            label=label % {"language": language_name(language)}, required=language in required
        )
        for language in LANGUAGES
    }


class Translated:
    """A text of a model in each language: a column for each, and the reader's own as an attribute of this name.

    English may not be empty, the others may; `everywhere` asks for a text in each language of the first release, `blank`
    for none. `otherwise` names the text that takes the place of one that is missing altogether.
    """

    def __init__(
        self,
        kind: type[models.Field],
        *,
        everywhere: bool = False,
        blank: bool = False,
        otherwise: str = "",
        **options: Any,
    ) -> None:
        asked_in = OF_THE_FIRST_RELEASE if everywhere else frozenset({FALLBACK})
        self.otherwise = otherwise
        # Made here, so that the columns keep the place among the model's that the declaration has.
        self._fields = {language: kind(blank=blank or language not in asked_in, **options) for language in LANGUAGES}

    def contribute_to_class(self, model: type[models.Model], name: str) -> None:
        """Give the model its columns, as Django asks of whatever is declared in a model's body."""
        self.name = name
        for language, field in self._fields.items():
            model.add_to_class(column(name, language), field)  # type: ignore[attr-defined]
        added = {column(name, language): "" for language in self._fields if language not in OF_THE_FIRST_RELEASE}
        model.REGISTER_LATER = {**getattr(model, "REGISTER_LATER", {}), **added}  # type: ignore[attr-defined]
        setattr(model, name, self)

    @overload
    def __get__(self, row: None, model: type) -> Self: ...
    @overload
    def __get__(self, row: models.Model, model: type) -> str: ...
    def __get__(self, row: models.Model | None, model: type) -> Self | str:
        if row is None:
            return self
        text = translation(row, self.name).text
        return getattr(row, self.otherwise) if self.otherwise and not text else text

    @property
    def columns(self) -> list[str]:
        """The columns that hold the text, in the order of LANGUAGES."""
        return columns(self.name)
