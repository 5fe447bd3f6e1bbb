"""What templates render before and after a change to them: every page, document and mail that the tests see.

    .venv/bin/python -m tests.campaigns.same_pages record FOLDER/before.jsonl [TESTS …]
    .venv/bin/python -m tests.campaigns.same_pages compare FOLDER/before.jsonl FOLDER/after.jsonl

`record` runs the tests in one process and a fixed order, by default the access table (every address for every persona)
and the tests of pages and documents, and keeps what each outermost template rendered. `compare` reads two records as a
browser does: elements, attributes and text, space collapsed, none at the edge of a block; what is random is masked. It
prints the first difference of each template and one line of figures; exit 1 when there is a difference.
"""

import argparse
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from difflib import unified_diff
from html.parser import HTMLParser
from itertools import zip_longest
from pathlib import Path
from typing import Any, TextIO

TESTS = [
    "tests/test_access_table.py", "tests/alliance", "tests/funds", "tests/governance", "tests/proposals",
    "tests/reporting",
]  # fmt: skip
PAGES = "access or page or document or statement or report or template or mail or list or form"
INLINE = {
    "a", "abbr", "b", "bdi", "cite", "code", "data", "dfn", "em", "i", "kbd", "label", "mark", "q", "s", "samp", "small",
    "span", "strong", "sub", "sup", "time", "u", "var",
}  # fmt: skip
REPLACED = {"img", "input", "button", "select", "svg", "textarea", "progress", "meter"}  # one thing in a line of text
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
VERBATIM = {"pre", "textarea", "script", "style"}
# Whose children are laid out as boxes, whatever they are: space between them is nothing.
BOXES = {
    "action", "breadcrumbs", "cluster", "exports", "filters-count", "filters-fields", "form-buttons", "grid", "hero",
    "inline-form", "money-step", "page-actions", "page-header-line", "page-header-title", "pagination", "step", "task", "toasts", "two",
}  # fmt: skip
BLOCK_CLASSES = {"label", "step-note"}  # elements of a line of text that are laid out as blocks
# What the style sheets know as `:empty`: there, space is something.
HOLLOW = {"td", "th"}
HOLLOW_CLASSES = {"page-actions", "lead", "toasts"}
RANDOM = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{24,64}|\b[0-9a-f]{12}\b|\b[A-Za-z0-9]{64}\b"
    r"|\d\d:\d\d(?::\d\d(?:\.\d+)?)?"
)
ONCE = {"nonce", "data-key"}


class Read(HTMLParser):
    """A rendered text as a browser takes it: a list of tags and of texts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.open: list[tuple[str, set[str]]] = []
        self.gap = False  # a space is due before the next thing in this line
        self.edge = True  # no space is due here
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        classes = set((given.get("class") or "").split())
        is_block = self._is_block(tag) or bool(classes & BLOCK_CLASSES)
        if tag == "input" and given.get("type") == "hidden":
            self.seen.append(f"<input hidden {given.get('name')}={_said('value', given.get('value'))}>")
            return
        self._boundary() if is_block else self._space()
        self.seen.append(f"<{tag}{''.join(f' {name}={_said(name, value)}' for name, value in sorted(given.items()))}>")
        if tag not in VOID:
            self.open.append((tag, classes))
        self.edge = is_block or tag in REPLACED - VOID or (tag in INLINE and self.edge)

    def handle_endtag(self, tag: str) -> None:
        classes = self.open.pop()[1] if self.open and self.open[-1][0] == tag else set()
        if self.gap and self.seen[-1].startswith(f"<{tag}") and (tag in HOLLOW or classes & HOLLOW_CLASSES):
            self.seen.append("(nothing but space)")
        is_block = self._is_block(tag) or bool(classes & BLOCK_CLASSES)
        self._boundary() if is_block or tag in REPLACED else self._space()
        self.seen.append(f"</{tag}>")
        self.edge = is_block or (tag in INLINE and self.edge)

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][0] in VERBATIM:
            self.seen.append(RANDOM.sub("*", data))
            return
        words = data.split()
        if words:
            self.gap = self.gap or data[0].isspace()
            self._space()
            self.seen.append(RANDOM.sub("*", " ".join(words)))
            self.edge = False
        self.gap = self.gap or (bool(data) and data[-1] in " \n\t\r")

    def handle_decl(self, decl: str) -> None:
        self.seen.append(f"<!{decl.lower()}>")

    def _is_block(self, tag: str) -> bool:
        within = self.open[-1][1] if self.open else set()
        return bool(within & BOXES) or tag not in INLINE | REPLACED

    def _space(self) -> None:
        if self.gap and not self.edge:
            self.seen.append(" ")
            self.edge = True
        self.gap = False

    def _boundary(self) -> None:
        """Leave out the space at the end of a line, also where the tags of its last words close after it."""
        self.gap, place = False, len(self.seen) - 1
        while place > 0 and self.seen[place].startswith("</") and self.seen[place][2:-1] in INLINE:
            place -= 1
        if place >= 0 and self.seen[place] == " ":
            del self.seen[place]


def _said(name: str, value: str | None) -> str:
    if name in ONCE:
        return "*"
    return repr(RANDOM.sub("*", " ".join(value.split()) if name == "class" else value)) if value is not None else ""


class Recorder:
    """A plugin of pytest: keeps what each outermost template rendered, with the test that asked for it."""

    def __init__(self, file: TextIO) -> None:
        self.file, self.test, self.depth, self.kept = file, "", 0, 0

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.test = nodeid

    def pytest_sessionstart(self) -> None:
        from django.template.backends.django import Template

        render, recorder = Template.render, self

        def recorded(self: Any, context: Any = None, request: Any = None) -> Any:
            recorder.depth += 1
            try:
                text = render(self, context, request)
            finally:
                recorder.depth -= 1
            if not recorder.depth:
                recorder.keep(self.template.name, text)
            return text

        Template.render = recorded

    def keep(self, name: str, text: str) -> None:
        self.kept += 1
        self.file.write(json.dumps([self.test, name, text]) + "\n")


def record(path: Path, tests: list[str]) -> int:
    import pytest

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")
    chosen = tests or [*TESTS, "-k", PAGES]
    with path.open("w") as file:
        recorder = Recorder(file)
        options = ["-q", "-p", "no:randomly", "-p", "no:cacheprovider", "-n", "0", "--disable-warnings"]
        outcome = int(pytest.main([*options, *chosen], plugins=[recorder]))
    print(f"same_pages: {recorder.kept} renderings kept")
    return outcome


def kept(path: Path) -> Iterator[tuple[str, str, str]]:
    with path.open() as file:
        for line in file:
            test, name, text = json.loads(line)
            yield test, name or "", text


def by_test(path: Path) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for test, name, text in kept(path):
        found.setdefault(test, []).append((name, text))
    return found


def compare(before: Path, after: Path) -> int:
    old, new = by_test(before), by_test(after)
    differing: Counter[str] = Counter()
    seen: dict[tuple[str, str], bool] = {}
    for test in old.keys() & new.keys():
        for one, other in zip_longest(old[test], new[test], fillvalue=("(not rendered)", "")):
            if one[1] == other[1] or seen.setdefault((one[1], other[1]), False):
                continue
            seen[one[1], other[1]] = True
            changes = differences(one[1], other[1])
            if one[0] != other[0] or changes:
                if differing[other[0]] < 3:
                    print(f"{test}: {one[0]}, {other[0]}", *changes[:40], sep="\n    ")
                differing[other[0]] += 1
    total = sum(len(new[test]) for test in old.keys() & new.keys())
    only = len(old.keys() ^ new.keys())
    print(f"same_pages: {total} renderings of {len(old.keys() & new.keys())} tests compared, {only} tests in one alone;"
          f" {sum(differing.values())} differ: {dict(differing)}")  # fmt: skip
    return 1 if differing or not total else 0


def differences(one: str, other: str) -> list[str]:
    before, after = Read(one).seen, Read(other).seen
    return [] if before == after else list(unified_diff(before, after, lineterm="", n=2))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    recording = verbs.add_parser("record")
    recording.add_argument("file", type=Path)
    recording.add_argument("tests", nargs="*")
    comparing = verbs.add_parser("compare")
    comparing.add_argument("before", type=Path)
    comparing.add_argument("after", type=Path)
    asked = parser.parse_args()
    return record(asked.file, asked.tests) if asked.verb == "record" else compare(asked.before, asked.after)


if __name__ == "__main__":
    sys.exit(main())
