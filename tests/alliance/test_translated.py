"""Texts in each language: one list of languages, a column for each, English where one is missing."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django import forms
from django.apps import apps
from django.conf import settings
from django.db import models
from django.test.utils import isolate_apps
from django.utils import translation

from alliance.core.translated import (
    LANGUAGES,
    OF_THE_FIRST_RELEASE,
    Translated,
    active_language,
    asked,
    chosen,
    columns,
    given,
    said,
    texts,
)
from alliance.forum.models import GlossaryTerm, Objective
from alliance.people.models import Organisation
from alliance.register.models import Registered
from funds.models import Window

ROOT = Path(__file__).parents[2]
# What speaks of French and Spanish for a reason of its own: the list itself, how French writes days, colons and bytes,
# and made-up people and names.
MAY_NAME_LANGUAGES = {"settings.py", "translated.py", "formats.py", "personas.py", "world.py"}


def translated() -> Iterator[tuple[type[models.Model], str, Translated]]:
    for model in apps.get_models():
        yield from ((model, name, text) for name, text in vars(model).items() if isinstance(text, Translated))


def test_each_text_has_a_column_for_each_language() -> None:
    found = list(translated())
    assert len(found) >= 20
    for model, name, text in found:
        kept = [field.name for field in model._meta.concrete_fields if field.name.startswith(f"{name}_")]
        assert set(text.columns) <= set(kept), model


def test_a_language_of_a_later_release_is_never_asked_for() -> None:
    for _model, name, text in translated():
        for language, field in text._fields.items():
            assert language in OF_THE_FIRST_RELEASE or field.blank, (name, language)


@isolate_apps("alliance")
def test_a_language_of_a_later_release_is_declared_to_the_register(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alliance.core.translated.LANGUAGES", (*LANGUAGES, "pt"))

    class Thing(Registered):
        REGISTER_LATER: ClassVar[dict[str, Any]] = {"worth": None}
        name = Translated(models.CharField, max_length=20)
        note = Translated(models.CharField, max_length=20, everywhere=True)

        class Meta:
            app_label = "alliance"

    assert Thing.REGISTER_LATER == {"worth": None, "name_pt": "", "note_pt": ""}
    blank = {field.name: field.blank for field in Thing._meta.concrete_fields if field.name.startswith("n")}
    assert blank == {
        "name_en": False, "name_fr": True, "name_es": True, "name_pt": True,
        "note_en": False, "note_fr": False, "note_es": False, "note_pt": True,
    }  # fmt: skip
    assert getattr(Registered, "REGISTER_LATER", {}) == {}


def test_texts_of_the_first_release_are_no_later_columns() -> None:
    later = [name for name in columns("name", "text") if name[-2:] not in OF_THE_FIRST_RELEASE]
    assert dict.fromkeys(later, "") == Objective.REGISTER_LATER


def test_columns_are_asked_for_as_declared() -> None:
    def blank(model: type[models.Model], name: str) -> list[bool]:
        return [model._meta.get_field(column).blank for column in columns(name)]

    assert blank(Objective, "name") == [False, *[True] * (len(LANGUAGES) - 1)]
    assert blank(GlossaryTerm, "term")[:3] == [False] * 3
    assert blank(Window, "purpose") == [True] * len(LANGUAGES)


@pytest.mark.requirement("R1")
@pytest.mark.parametrize(("language", "seen"), [("en", "Sum"), ("fr", "Somme"), ("es", "Sum"), ("de", "Sum")])
def test_a_text_is_the_readers_or_english(language: str, seen: str) -> None:
    row = Objective(name_en="Sum", name_fr="Somme")
    with translation.override(language):
        assert (row.name, chosen(("Sum", "Somme", ""))) == (seen, seen)
        assert active_language() == (language if language in LANGUAGES else "en")


def test_a_missing_text_may_give_way_to_another() -> None:
    assert Organisation(name_en="Institute").acronym == "Institute"
    assert Organisation(name_en="Institute", acronym_en="INS").acronym == "INS"


def test_texts_are_those_that_there_are() -> None:
    assert texts(Objective(name_en="Sum", name_es="Suma")) == {"en": "Sum", "es": "Suma"}


def test_a_file_without_a_language_leaves_it_empty() -> None:
    found = given({"name_en": "Sum", "name_fr": None}, "name")
    assert found == {"name_en": "Sum", **dict.fromkeys(columns("name")[1:], "")}


def test_the_catalogues_say_it_in_each_language() -> None:
    assert said(lambda: translation.gettext("Oversight committee")) == {
        **dict.fromkeys(LANGUAGES, "Oversight committee"),
        "fr": "Comité de supervision",
        "es": "Comité de supervisión",
    }


def test_a_form_asks_in_each_language_by_its_name() -> None:
    with translation.override("fr"):
        found = asked("name", forms.CharField, "Nom en %(language)s", required=["en"])
        labels = [str(field.label) for field in found.values()]
    assert list(found) == columns("name")
    assert labels[:3] == ["Nom en anglais", "Nom en français", "Nom en espagnol"]
    assert [field.required for field in found.values()] == [True, *[False] * (len(LANGUAGES) - 1)]


def named_languages(path: Path) -> set[str]:
    """Return what a module calls by French or Spanish: their codes, and columns of theirs."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Constant(value=str(text)):
                found |= {text} & {"fr", "es"} | ({text} if text.endswith(("_fr", "_es")) else set())
            case ast.Attribute(attr=name) | ast.keyword(arg=str(name)) | ast.arg(arg=name) | ast.Name(id=name):
                found |= {name} if name.endswith(("_fr", "_es")) else set()
    return found


def test_the_settings_alone_list_the_languages() -> None:
    assert named_languages(ROOT / "alliance" / "settings.py") == {"fr", "es"}
    apps_of_ours = {app.name for app in apps.get_app_configs() if (ROOT / app.name.replace(".", "/")).exists()}
    modules = [
        path
        for app in {name.split(".")[0] for name in apps_of_ours}
        for path in (ROOT / app).rglob("*.py")
        if "migrations" not in path.parts
    ]
    assert len(modules) > 300
    held_to_it = [path for path in modules if path.name not in MAY_NAME_LANGUAGES]
    assert {str(path): names for path in held_to_it if (names := named_languages(path))} == {}


def test_templates_and_scripts_name_no_language() -> None:
    said = re.compile(r"""\w_(?:fr|es)\b|["'](?:fr|es)["']""")
    files = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static/js").rglob("*.js")]
    assert len(files) > 100
    named = {path.name for path in files if said.search(path.read_text())}
    assert named == {"styleguide.html", "about.html"}, "a sample in French, and a quotation of the Spanish source"


def test_languages_have_codes_of_two_letters() -> None:
    """Columns of record keep a language in two letters."""
    assert [code for code, _name in settings.LANGUAGES if len(code) != 2] == []
