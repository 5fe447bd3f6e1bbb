"""The texts of a page, and which of them a French or Spanish page may share with its English twin."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

UNSEEN = {"script", "style", "code", "pre", "template"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
SPOKEN = {"aria-label", "title", "placeholder", "alt", "data-label"}
WORD = re.compile(r"[^\W\d_]{3,}")
CODE = re.compile(r"\b[A-Z]{2,4}(?:-[\dA-Z]+)+\b|\b[A-Z]\d\d?\b|\S+@\S+|\S+\.(?:pdf|csv|xlsx)\b|[a-z-]+:[\w:-]+")
# Words that are the same in both languages, names of the portal's own, and abbreviations.
SAME = {
    "fr": (
        "Alliance", "Forum", "Date", "Type", "Menu", "Organisation", "Vote", "Signatures", "Condition", "Dates", "Page", "Pages", "Attribution", "Conditions", "Source", "Sources", "Contributions", "Organisations",
        "Notes", "Documents", "Brussels", "Total", "Code", "Suspension", "Action", "Site", "Document", "Partenaires",
        "Description", "Question", "Objectives", "Tranche", "Tranches", "Finance", "Finances", "Pilot", "Unit",
        "English", "Français", "Español", "USD", "UTC", "PDF", "CSV", "XLSX", "API", "SHA", "sept", "juin", "mai", "Table",
        "Version", "version", "Note", "Message", "Image", "Situation", "Participation", "Notices", "Budget", "Impact", "Rapport",
        "Session", "Sessions", "Place", "Votes", "Proposition", "Transition", "Section", "Sections", "Original",
        "Migration", "Performance", "Quorum", "Consensus", "Abstention", "Ghana", "Philippines", "IOM", "OIM",
        "Portal", "alliance", "Allocation", "Communication", "Mission", "Solution", "Instruments", "Information", "Taxes", "Options",
    ),
    "es": (
        "Total", "Auditor", "Error", "Alliance", "Menu", "English", "Français", "Español", "USD", "UTC", "PDF", "CSV", "XLSX", "API", "SHA", "Ghana",
        "Manila", "No", "Portal", "Hash", "alliance", "Instrumental", "Global", "Control", "Final", "General",
    ),
}  # fmt: skip


class Reader(HTMLParser):
    """Collects the texts that people see or hear, but for those that are marked as being in another language."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.silent = 0
        self.stack: list[bool] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        hidden = tag in UNSEEN or (tag != "html" and "lang" in given) or "typed" in (given.get("class") or "")
        if not self.silent and not hidden:
            self.found |= {value.strip() for name, value in given.items() if name in SPOKEN and value and value.strip()}
        if tag not in VOID:
            self.stack.append(hidden)
            self.silent += hidden

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self.stack:
            self.silent -= self.stack.pop()

    def handle_data(self, text: str) -> None:
        words = " ".join(text.split())
        if words and not self.silent:
            self.found.add(words)


def texts_of(page: str) -> set[str]:
    """Return the texts of a page that hold a word."""
    reader = Reader()
    reader.feed(page)
    return {text for text in reader.found if WORD.search(text)}


def english_left(shared: Iterable[str], language: str, allowed: Iterable[str]) -> list[str]:
    """Return the texts shared with the English page in which a word is left that neither a name nor typed is."""
    phrases = sorted({" ".join(phrase.split()) for phrase in allowed if WORD.search(phrase)}, key=len, reverse=True)
    left = []
    for text in shared:
        rest = CODE.sub(" ", text)
        for phrase in phrases:
            rest = rest.replace(phrase, " ")
        if any(word not in SAME[language] for word in WORD.findall(rest)):
            left.append(text)
    return sorted(left)


def scenario_texts(path: Path) -> set[str]:
    """Return every text of a scenario: what people of the demonstration wrote."""
    return set(_strings(tomllib.loads(path.read_text())))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
        yield from value.splitlines()
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
