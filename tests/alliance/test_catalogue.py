"""Every text that a person can see stands in French and Spanish, with the same blanks to fill in."""

import io
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import polib
import pytest
from babel.messages.extract import extract
from django.utils.translation.template import templatize

ROOT = Path(__file__).parents[2]
APPS = ("alliance", "funds", "proposals", "governance", "reporting")
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3), "npgettext_lazy": ((1, "c"), 2, 3),
}  # fmt: skip
BLANK = re.compile(r"%\(\w+\)[sd]|%[sd%]|</?\w+[^>]*>")

type Key = tuple[str | None, str]
DJANGOS_OWN: set[Key] = {(None, "- Select an option -")}  # which Django has not yet translated


def sources() -> Iterator[tuple[Path, str]]:
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            if "migrations" not in path.parts:
                yield path, path.read_text()
    for path in (ROOT / "templates").rglob("*"):
        if path.suffix in {".html", ".txt"}:
            calls = templatize(path.read_text(), origin=str(path))
            yield path, "\n".join(line.strip() for line in calls.splitlines())


def keys(text: str) -> Iterator[Key]:
    for _line, message, _comments, context in extract("python", io.BytesIO(text.encode()), keywords=KEYWORDS):
        first = message if isinstance(message, str) else next((part for part in message if part), "")
        if first:
            yield context, first


@cache
def used() -> dict[Key, Path]:
    return {key: path for path, text in sources() for key in keys(text)}


@cache
def catalogue(language: str) -> dict[Key, polib.POEntry]:
    path = ROOT / "locale" / language / "LC_MESSAGES" / "django.po"
    return {(entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(path))}


def texts(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) or [entry.msgstr]


@pytest.mark.requirement("R1")
@pytest.mark.parametrize("language", ["fr", "es"])
def test_every_text_is_translated(language: str) -> None:
    known = {key for key, entry in catalogue(language).items() if all(texts(entry)) and "fuzzy" not in entry.flags}
    assert len(used()) > 1000
    assert {key: str(path) for key, path in used().items() if key not in known} == {}


@pytest.mark.parametrize("language", ["fr", "es"])
def test_translations_fill_in_the_same_blanks(language: str) -> None:
    def blanks(text: str) -> list[str]:
        return sorted(BLANK.findall(text))

    wrong = [
        (entry.msgid, text)
        for entry in catalogue(language).values()
        for text in texts(entry)
        if blanks(text) not in (blanks(entry.msgid), blanks(entry.msgid_plural))
    ]
    assert wrong == []


def test_french_keeps_its_typography() -> None:
    loose = re.compile(r"[^\u00a0\u202f\s][ ][:;?!»%](?![(\w])|«(?!\u00a0)|'")
    assert [
        text for entry in catalogue("fr").values() for text in texts(entry) if loose.search(BLANK.sub("", text))
    ] == []


@pytest.mark.parametrize("language", ["fr", "es"])
def test_catalogue_holds_nothing_that_is_not_said(language: str) -> None:
    assert [key for key in catalogue(language) if key not in used() and key not in DJANGOS_OWN] == []
