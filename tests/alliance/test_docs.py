"""What is written for whoever inherits the tree: each path is there, each made page is up to date, versions agree."""

import re
import tomllib
from pathlib import Path

import django
import pytest
from django.core.management import get_commands

from scripts import pages

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
RECORDS = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))

CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
FENCED = re.compile(r"^```.*?^```", re.M | re.S)
PATH = re.compile(r"^[\w.-]+(?:/[\w.*-]+)*/?$")
COMMAND = re.compile(r"(?:python )?manage\.py (\w+)")
MODULE = re.compile(r"python -m ((?:scripts|tests\.campaigns)\.\w+)")
FOLDERS = {path.name for path in ROOT.iterdir() if path.is_dir() and path.name != "var"}
# What a running portal makes, names in capitals, and patterns are no files of the tree.
NOT_OURS = {"APP", "NAME", "LANGUAGE", "VERSION", "NOUN_PAGE", "name_LANGUAGE", "CHECK", "post_save"}
MADE = ("var/", ".venv/", "locale/LANGUAGE")


def paths_named(text: str) -> set[str]:
    """Return the files and folders of the tree that a page names in `type` or links to."""
    words = {word.split("::")[0].split(":")[0] for code in CODE.findall(FENCED.sub("", text)) for word in [code]}
    inside = {word for word in words if PATH.match(word) and word.split("/")[0] in FOLDERS and "/" in word}
    of_the_root = {
        word for word in words if re.fullmatch(r"[A-Z]\w+\.md|[\w-]+\.(?:toml|py|yml)", word) and (ROOT / word).exists()
    }
    return {
        word
        for word in inside | of_the_root
        if not word.startswith(MADE) and not re.search(r"[A-Z]{3,}[./]|\*|NNNN|APP", word)
    }


def missing(page: Path) -> list[str]:
    text = page.read_text(encoding="utf-8")
    named = [path for path in sorted(paths_named(text)) if not (ROOT / path).exists()]
    linked = [
        link for link in LINK.findall(FENCED.sub("", text)) if "://" not in link and not (page.parent / link).exists()
    ]
    return named + linked


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", [page for page in PAGES if page not in RECORDS], ids=name)
def test_every_path_that_a_page_names_is_there(page: Path) -> None:
    """A record of a decision may name what has moved since: it is not rewritten."""
    assert missing(page) == []


def test_a_path_that_is_not_there_is_seen(tmp_path: Path) -> None:
    page = tmp_path / "a.md"
    page.write_text("`funds/nowhere.py`, `funds/models/`, `funds/APP.py`, [it](gone.md), [web](https://example.org)\n")
    assert missing(page) == ["funds/nowhere.py", "gone.md"]


def test_the_recipes_name_many_paths() -> None:
    assert len(paths_named((ROOT / "CONTRIBUTING.md").read_text())) >= 40
    assert len(paths_named((ROOT / "docs/architecture.md").read_text())) >= 20


def names_said(text: str) -> set[str]:
    """Return the names of a program that a page says in `type`: classes, constants, functions of several words."""
    said = {code.split("(")[0].split("=")[0].strip() for code in CODE.findall(FENCED.sub("", text))}
    return {
        word for word in said if re.fullmatch(r"[A-Za-z]\w+", word) and re.search(r"[A-Z].*[a-z]|[A-Z_]{4}|_", word)
    }


def test_every_name_that_the_recipes_say_is_in_the_tree() -> None:
    said = names_said((ROOT / "CONTRIBUTING.md").read_text() + (ROOT / "docs/architecture.md").read_text())
    assert {"Translated", "LANGUAGES", "visible_to", "REGISTER_LATER", "Registered"} <= said
    tree = "\n".join(
        path.read_text()
        for app in (
            "alliance",
            "funds",
            "proposals",
            "governance",
            "reporting",
            "scenarios",
            "static",
            "tests",
        )
        for path in (ROOT / app).rglob("*.py")
        if path.name != "test_docs.py"
    )
    words = set(re.findall(r"\w+", tree)) | {path.parent.name for path in ROOT.glob("*/management/commands/*.py")}
    assert said - words - NOT_OURS == set()


def test_every_command_that_a_page_names_is_there() -> None:
    texts = "\n".join(page.read_text() for page in PAGES if page not in RECORDS)
    assert set(COMMAND.findall(texts)) - get_commands().keys() == set()
    modules = {module.replace(".", "/") + ".py" for module in MODULE.findall(texts)}
    assert len(modules) >= 3
    assert {path for path in modules if not (ROOT / path).exists() and "NAME" not in path} == set()


def test_the_made_pages_are_what_the_tree_says() -> None:
    django.setup()
    assert [path for path, text in pages.pages().items() if (ROOT / path).read_text() != text] == []


def test_the_index_lists_each_record_once() -> None:
    index = (ROOT / "docs/decisions/README.md").read_text()
    assert len(RECORDS) > 20
    assert [path.name for path in RECORDS if index.count(f"({path.name})") != 1] == []


@pytest.mark.parametrize("record", RECORDS, ids=name)
def test_a_record_says_when_what_why_and_at_what_cost(record: Path) -> None:
    text = record.read_text()
    assert re.search(r"^\d{4}-\d\d-\d\d(, super.*)?$", text, re.M)
    assert len([path for path in RECORDS if path.name[:4] == record.name[:4]]) == 1
    assert {word for word in ("**Choice.**", "**Why.**", "**Cost.**") if word not in text} == set()


def test_the_changelog_begins_with_the_version_of_the_tree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    heads = re.findall(r"^## (\d+\.\d+\.\d+) – (\d{4}-\d\d-\d\d)$", (ROOT / "CHANGELOG.md").read_text(), re.M)
    versions = [tuple(map(int, version.split("."))) for version, _day in heads]
    assert heads[0][0] == project["version"]
    assert versions == sorted(versions, reverse=True)
    assert [day for _version, day in heads] == sorted((day for _version, day in heads), reverse=True)
    assert len(heads) == len(re.findall(r"^## ", (ROOT / "CHANGELOG.md").read_text(), re.M))


def test_the_licence_is_named_as_its_text_says() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["license"] == "AGPL-3.0-or-later"
    assert "GNU AFFERO GENERAL PUBLIC LICENSE\n                       Version 3" in (ROOT / "LICENSE").read_text()
