"""What changed between two versions, section by section. Pure."""

import difflib
import re
from collections.abc import Sequence
from typing import NamedTuple

WORDS = re.compile(r"\s+|[^\s]+")


class Piece(NamedTuple):
    """A run of text that was kept, removed or added."""

    kind: str  # same, removed, added
    text: str


class Change(NamedTuple):
    """A section's heading with the paragraphs of its text, each in pieces."""

    heading: str
    paragraphs: list[list[Piece]]
    is_changed: bool


def compare(old: Sequence[str], new: Sequence[str]) -> list[list[Piece]]:
    """Return paragraphs in pieces: kept ones whole, changed ones word by word."""
    result: list[list[Piece]] = []
    for verb, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if verb == "equal":
            result += [[Piece("same", text)] for text in old[i1:i2]]
            continue
        pairs = min(i2 - i1, j2 - j1)
        result += [words(old[i1 + n], new[j1 + n]) for n in range(pairs)]
        result += [[Piece("removed", text)] for text in old[i1 + pairs : i2]]
        result += [[Piece("added", text)] for text in new[j1 + pairs : j2]]
    return result


def words(old: str, new: str) -> list[Piece]:
    """Return the words of two paragraphs as kept, removed and added runs."""
    before, after = WORDS.findall(old), WORDS.findall(new)
    pieces: list[Piece] = []
    for verb, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if verb == "equal":
            pieces.append(Piece("same", "".join(before[i1:i2])))
            continue
        if i2 > i1:
            pieces.append(Piece("removed", "".join(before[i1:i2])))
        if j2 > j1:
            pieces.append(Piece("added", "".join(after[j1:j2])))
    return pieces


def change(heading: str, old: Sequence[str], new: Sequence[str]) -> Change:
    paragraphs = compare(old, new)
    changed = any(piece.kind != "same" for pieces in paragraphs for piece in pieces)
    return Change(heading, paragraphs, changed)
