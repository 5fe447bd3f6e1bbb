"""Every text that a person can see stands in French and Spanish, with the same blanks to fill in."""

import re
from functools import cache
from pathlib import Path

import polib
import pytest
from django.conf import settings

from scripts import catalogues

BLANK = re.compile(r"%\(\w+\)[sd]|%[sd%]|</?\w+[^>]*>")
LANGUAGES = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


@cache
def used() -> frozenset[catalogues.Key]:
    return frozenset(catalogues.messages())


@cache
def catalogue(language: str) -> dict[catalogues.Key, polib.POEntry]:
    """Return a language's messages, as another reader of catalogues than ours finds them."""
    found = polib.pofile(str(catalogues.path_of(language)))
    return {(entry.msgid, entry.msgctxt or ""): entry for entry in found}


def texts(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) or [entry.msgstr]


@pytest.mark.requirement("R1")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language: str) -> None:
    known = {key for key, entry in catalogue(language).items() if all(texts(entry)) and "fuzzy" not in entry.flags}
    assert len(used()) > 1000
    assert used() - known == set()


@pytest.mark.parametrize("language", LANGUAGES)
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


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_holds_nothing_that_is_not_said(language: str) -> None:
    assert [key for key in catalogue(language) if key not in used()] == []


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small tree: one page that says two things, and a French catalogue that knows one of them and a third."""
    monkeypatch.setattr(catalogues, "ROOT", tmp_path)
    monkeypatch.setattr(catalogues, "DJANGOS_OWN", {})
    page = tmp_path / "templates" / "page.html"
    page.parent.mkdir()
    page.write_text(
        '{% load i18n %}{% translate "Pledge" %}{% blocktranslate trimmed count n=2 %}\n  {{ n }} seat\n'
        "{% plural %}\n  {{ n }} seats\n{% endblocktranslate %}"
    )
    known = [
        catalogues.Entry(("Gone", ""), "", ("Parti",)),
        catalogues.Entry(("Pledge", ""), "", ("Annonce",), comments=("of money",)),
    ]
    catalogues.path_of("fr").parent.mkdir(parents=True)
    catalogues.path_of("fr").write_text(catalogues.written("fr", known))
    return tmp_path


def test_update_keeps_what_is_said_and_begins_what_is_new(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert catalogues.bring_in_line("fr", catalogues.messages(), check=False) is False
    assert list(catalogues.entries(catalogues.path_of("fr"))) == [
        catalogues.Entry(("%(n)s seat", ""), "%(n)s seats", ("", "")),
        catalogues.Entry(("Pledge", ""), "", ("Annonce",), comments=("of money",)),
    ]
    assert capsys.readouterr().out.splitlines() == ["fr: untranslated: '%(n)s seat'", "fr: said no more: 'Gone'"]


def test_check_writes_nothing_and_says_what_is_not_in_line(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = catalogues.path_of("fr").read_text()
    assert catalogues.bring_in_line("fr", catalogues.messages(), check=True) is False
    assert catalogues.path_of("fr").read_text() == before
    assert "fr: the catalogue is not in line" in capsys.readouterr().out


def test_catalogue_of_a_new_language_is_begun(tree: Path) -> None:
    assert catalogues.bring_in_line("pt", catalogues.messages(), check=False) is False
    (plural, _one) = catalogues.entries(catalogues.path_of("pt"))
    assert plural.translations == ("", "")
    assert catalogues.bring_in_line("pt", {}, check=False) is True
    assert catalogues.bring_in_line("pt", {}, check=True) is True


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_is_kept_as_the_command_writes_it(language: str) -> None:
    path = catalogues.path_of(language)
    assert catalogues.written(language, catalogues.entries(path)) == path.read_text(encoding="utf-8")
