"""What people read keeps to docs/words.md: the linter is red for each sort of place, and its list only shrinks."""

from pathlib import Path

import pytest

from alliance.reference import read_json
from scripts import catalogues, words

ROOT = Path(__file__).parents[2]
KEPT_AT_MOST = 347  # sentences that were there when the page of words was written; lower it whenever they become less

TERMS = "| `zorkle` | is a thing | `blip`, blap | chose | cosa |\n"
PAGE = (
    f"# Words\n\n| term | is | not | French | Spanish |\n|---|---|---|---|---|\n{TERMS}\n## Phrases not to use\n\n### English\n\n"
    "| not | but | except in |\n|---|---|---|\n| `gribbles` | is | `there gribbles` |\n| `is no … of` | is not one of | |\n\n"
    "### French\n\n| not | but | except in |\n|---|---|---|\n| `gribouille` | est | |\n"
)


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small tree with a page of words and nothing else."""
    for module in (words, catalogues):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(catalogues, "DJANGOS_OWN", {})
    for path, text in {"docs/words.md": PAGE, "scripts/words.txt": "", "alliance/clean.py": '"""Fine."""\n'}.items():
        plant(tmp_path, path, text)
    return tmp_path


def plant(tree: Path, path: str, text: str) -> None:
    (tree / path).parent.mkdir(parents=True, exist_ok=True)
    (tree / path).write_text(text)


CATALOGUE = catalogues.written("fr", [catalogues.Entry(("Sum", ""), "", ("Ceci gribouille.",))])
PLANTED = {
    "message of a program": ("funds/one.py", 'x = _("This gribbles here.")', "catalogue: “gribbles”"),
    "message of a template": ("templates/a.html", '{% translate "This gribbles here." %}', "catalogue: “gribbles”"),
    "message of many": ("funds/one.py", 'ngettext("One", "They gribbles", n)', "catalogue: “gribbles”"),
    "translation": ("locale/fr/LC_MESSAGES/django.po", CATALOGUE, "django.po: “gribouille”"),
    "text of a template": ("templates/a.html", "<p>This\n gribbles <b>here</b></p>", "templates/a.html: “gribbles”"),
    "page of docs": ("docs/deep/a.md", "# A\n\nLong\nThis\ngribbles here.", "docs/deep/a.md: “gribbles”"),
    "page of the root": ("README.md", "| a | This Gribbles |", "README.md: “gribbles”"),
    "docstring of a module": ("tests/one.py", '"""This gribbles."""', "tests/one.py: “gribbles”"),
    "docstring of a function": (
        "funds/one.py",
        'def f():\n    """Yes.\n\n    This\n    gribbles."""',
        "“gribbles”: write is",
    ),
    "marked word of a term": ("docs/a.md", "A blip it is.", "docs/a.md: “blip”: write"),
    "words between": (
        "docs/a.md",
        "It is no kind, no sort of thing. It is no very long list of things.",
        "“is no … of”",
    ),
}


@pytest.mark.parametrize("place", PLANTED)
def test_a_planted_phrase_is_found(tree: Path, capsys: pytest.CaptureFixture[str], place: str) -> None:
    assert words.main([]) == 0
    path, text, said = PLANTED[place]
    plant(tree, path, text)
    assert words.main([]) == 1
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("funds/one.py", "x = 1  # this gribbles\n"),
        ("funds/migrations/0001_one.py", '"""This gribbles."""'),
        (
            "templates/a.html",
            "{# this gribbles #}{% comment %}gribbles{% endcomment %}{{ gribbles }}<p class='gribbles'>",
        ),
        ("docs/a.md", "`gribbles` and\n\n```sh\ngribbles\n```\n\n[it](https://example/gribbles)"),
        ("docs/a.md", "If there gribbles one, gribblesome, blap. There gribbles one."),
    ],
)
def test_comments_code_and_exceptions_are_left_alone(tree: Path, path: str, text: str) -> None:
    plant(tree, path, text)
    assert words.main([]) == 0


def test_a_sentence_on_the_list_may_stay_but_not_come_back(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plant(tree, "docs/a.md", "Old: it gribbles.")
    plant(tree, "scripts/words.txt", "page\tgribbles\tOld: it gribbles.\n")
    assert words.main([]) == 0
    plant(tree, "docs/a.md", "It is well.")
    assert words.main([]) == 1
    assert "said no more, run python -m scripts.words --shrink" in capsys.readouterr().out
    assert words.main(["--shrink"]) == 0
    assert (tree / "scripts/words.txt").read_text() == ""
    plant(tree, "docs/a.md", "Old: it gribbles.")
    assert words.main([]) == 1


def test_shrinking_adds_nothing(tree: Path) -> None:
    plant(tree, "docs/a.md", "New: it gribbles.")
    assert words.main(["--shrink"]) == 1
    assert (tree / "scripts/words.txt").read_text() == ""


def test_the_list_only_shrinks() -> None:
    assert len(words.read_kept()) <= KEPT_AT_MOST


def test_terms_agree_with_the_glossary() -> None:
    page = (ROOT / words.PAGE).read_text()
    terms = {row[0]: row[3:] for row in words.rows(page.split("\n## Phrases not to use\n")[0])}
    assert len(terms) >= 60
    known = {row["term_en"]: [row["term_fr"], row["term_es"]] for row in read_json("glossary")}
    shared = terms.keys() & known.keys()
    assert len(shared) > 30
    assert {term: terms[term] for term in shared if terms[term] != known[term]} == {}


def test_no_phrase_is_named_twice() -> None:
    for some in words.phrases((ROOT / words.PAGE).read_text()).values():
        named = [phrase.words for phrase in some]
        assert sorted(set(named)) == sorted(named)
