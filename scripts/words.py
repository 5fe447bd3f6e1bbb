"""Hold what people read to docs/words.md: `python -m scripts.words [--shrink]`.

It reads the catalogues, the text of templates, the pages of docs/ and of the root, and docstrings. What was there when it
was first run is kept in scripts/words.txt by sentence, and may only become less: `--shrink` takes off what has been put
right, and nothing puts anything on. It ends with 1 for a sentence that is new, and for one on the list that is gone.
"""

import ast
import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")

from scripts import catalogues  # noqa: E402

PAGE = "docs/words.md"
KEPT = "scripts/words.txt"
PROGRAMS = (*catalogues.PLACES, "scripts", "tests", "static")
PAGES_MADE_OF_OTHERS = frozenset({PAGE, "docs/glossary.md", "docs/data-model.md"})
LANGUAGES = {"English": "en", "French": "fr", "Spanish": "es"}

ROW = re.compile(r"^\|(.+)\|$", re.M)
CODE = re.compile(r"`([^`]+)`")
FENCED = re.compile(r"^```.*?^```", re.M | re.S)
LINK = re.compile(r"\]\([^)]*\)|https?://\S+")
ENDS = re.compile(r"(?<=[.!?])\s+|\s*[|•]\s*")
BLOCKS = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*#|>]|\d+\.)\s)")
MESSAGE = re.compile(r"\{%\s*blocktrans\w*.*?endblocktrans\w*\s*%\}|\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}", re.S)
HOLDS_STATEMENTS = (ast.stmt, ast.excepthandler, ast.match_case)
MARKUP = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", re.S)


class Phrase(NamedTuple):
    """Words that are not to be used in a language, what to write instead, and where they may stay."""

    words: str
    instead: str
    excepted: tuple[str, ...]
    pattern: re.Pattern[str]

    def is_in(self, sentence: str) -> bool:
        for words in self.excepted:
            sentence = sentence.replace(words, "").replace(words[0].upper() + words[1:], "")
        return bool(self.pattern.search(sentence))


class Offence(NamedTuple):
    """A sentence with a phrase that is not to be used; `kind` says in what sort of text, never in which file."""

    kind: str
    words: str
    sentence: str


def main(arguments: list[str]) -> int:
    found, kept = offences(), read_kept()
    new, gone = found.keys() - kept, kept - found.keys()
    if "--shrink" in arguments:
        write_kept(kept - gone)
        gone = set()
    for one in sorted(new):
        instead, place = found[one]
        sys.stdout.write(f"{place}: “{one.words}”: write {instead} – {one.sentence}\n")
    for one in sorted(gone):
        sys.stdout.write(f"{KEPT}: said no more, run python -m scripts.words --shrink – {one.sentence}\n")
    return 1 if new or gone else 0


def offences() -> dict[Offence, tuple[str, str]]:
    """Return each offence with what to write instead and the first place where it is."""
    rules = phrases((ROOT / PAGE).read_text(encoding="utf-8"))
    found: dict[Offence, tuple[str, str]] = {}
    any_of = {language: _any_of(some) for language, some in rules.items()}
    for kind, language, place, text in texts():
        for sentence in filter(any_of[language].search, sentences(text)):
            for phrase in rules[language]:
                if phrase.is_in(sentence):
                    found.setdefault(Offence(kind, phrase.words, sentence), (phrase.instead, place))
    return found


def _any_of(some: list[Phrase]) -> re.Pattern[str]:
    """Return what finds any of the phrases: most sentences have none."""
    return re.compile("|".join(phrase.pattern.pattern for phrase in some), re.I)


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text, each on one line; cells of a table and items of a list are apart."""
    for block in BLOCKS.split(text):
        for part in ENDS.split(block):
            if sentence := " ".join(part.split()):
                yield sentence


# The page of words


def phrases(page: str) -> dict[str, list[Phrase]]:
    """Return what the page forbids, by language: the phrases, and the marked words beside its terms."""
    terms, forbidden = page.split("\n## Phrases not to use\n")
    found = {"en": [phrase for row in rows(terms) for phrase in _of_term(row)], "fr": [], "es": []}
    for section in forbidden.split("\n### ")[1:]:
        language = LANGUAGES[section.split("\n")[0]]
        found[language] += [_phrase(CODE.findall(row[0])[0], row[1], CODE.findall(row[2])) for row in rows(section)]
    return found


def rows(section: str) -> list[list[str]]:
    """Return the cells of each line of a page's tables, without their heads and rules."""
    found = [[cell.strip() for cell in row.split("|")] for row in ROW.findall(section)]
    heads = {number - 1 for number, row in enumerate(found) if not "".join(row).strip("-")}
    return [row for number, row in enumerate(found) if number not in heads and number - 1 not in heads]


def _of_term(row: list[str]) -> Iterator[Phrase]:
    term, _meaning, instead_of = row[:3]
    yield from (_phrase(words, term, ()) for words in CODE.findall(instead_of))


def _phrase(words: str, instead: str, excepted: Iterable[str]) -> Phrase:
    inner = r"\s+".join(re.escape(word) for word in words.split())
    inner = inner.replace(r"\s+…\s+", r"(?:\s+[\w’'-]+){0,3}\s+")
    return Phrase(words, instead, tuple(excepted), re.compile(rf"(?<!\w){inner}(?!\w)", re.I))


# What is read


def texts() -> Iterator[tuple[str, str, str, str]]:
    """Yield each text: in what sort of place, in which language, where, and the text."""
    yield from _of_catalogues()
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in catalogues.OF_TEMPLATES:
            yield "template", "en", _name(path), of_template(path.read_text(encoding="utf-8"))
    for path in [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]:
        if _name(path) not in PAGES_MADE_OF_OTHERS:
            yield "page", "en", _name(path), of_page(path.read_text(encoding="utf-8"))
    for place in PROGRAMS:
        for path in sorted((ROOT / place).rglob("*.py")):
            if "migrations" not in path.parts:
                name = _name(path)
                yield from (("docstring", "en", name, text) for text in docstrings(path.read_text(encoding="utf-8")))


def _of_catalogues() -> Iterator[tuple[str, str, str, str]]:
    for (text, _context), many in catalogues.messages().items():
        yield "message", "en", "catalogue", f"{text}\n\n{many}"
    for language in LANGUAGES.values():
        path = catalogues.path_of(language)
        if path.exists():
            for entry in catalogues.entries(path):
                yield "message", language, _name(path), "\n\n".join(entry.translations)


def of_template(text: str) -> str:
    """Return what a template says itself, apart from its messages, comments and markup."""
    return MARKUP.sub("\n\n", MESSAGE.sub("", text))


def of_page(text: str) -> str:
    """Return a page's text without what is typed, and without addresses."""
    return LINK.sub("", CODE.sub("", FENCED.sub("", text)))


def docstrings(program: str) -> Iterator[str]:
    """Yield the docstrings of a program. Its expressions hold none: they are left out."""
    todo: list[ast.AST] = [ast.parse(program)]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield CODE.sub("", ast.get_docstring(node) or "")
        todo += (part for part in ast.iter_child_nodes(node) if isinstance(part, HOLDS_STATEMENTS))


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# What was there before


def read_kept() -> set[Offence]:
    lines = (ROOT / KEPT).read_text(encoding="utf-8").splitlines()
    return {Offence(*line.split("\t")) for line in lines}  # type: ignore[arg-type]


def write_kept(kept: Iterable[Offence]) -> None:
    text = "".join("\t".join(one) + "\n" for one in sorted(kept))
    (ROOT / KEPT).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
