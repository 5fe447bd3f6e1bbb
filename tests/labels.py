"""What each cell of a table says on a telephone, where its row is stacked: the heading of its column."""

import re
from functools import cache
from html.parser import HTMLParser

STACKED = re.compile(r"<table\b[^>]*\btable-stack\b.*?(?:</table>|\Z)", re.DOTALL)


class Tables(HTMLParser):
    """Reads tables whose rows are stacked on a narrow screen, and keeps what is wrong with their cells."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.within = False
        self.headings: list[str | None] = []  # a hidden heading is None: its cells say nothing
        self.heading: list[str] | None = None
        self.place = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "table" and "table-stack" in (given.get("class") or "").split():
            self.within, self.headings = True, []
        elif self.within and tag == "tr":
            self.place = 0
        elif self.within and tag == "th" and given.get("scope") == "col":
            self.heading = []
            self.headings.append("")
        elif self.within and tag in ("td", "th"):
            self.look(tag, given)
        elif self.heading is not None and given.get("class") == "visually-hidden":
            self.heading = None
            self.headings[-1] = None

    def handle_data(self, data: str) -> None:
        if self.heading is not None:
            self.heading.append(data)
            self.headings[-1] = said("".join(self.heading))

    def handle_endtag(self, tag: str) -> None:
        if tag == "th":
            self.heading = None
        elif self.within and tag == "tr" and self.place not in (0, len(self.headings)):
            self.wrong.append(f"a row has {self.place} cells below {self.headings}")
        elif tag == "table":
            self.within = False

    def look(self, tag: str, given: dict[str, str | None]) -> None:
        heading = self.headings[self.place] if self.place < len(self.headings) else ""
        label = said(given["data-label"] or "") if "data-label" in given else None
        if label != heading and (tag == "td" or label is not None):
            self.wrong.append(f"a cell below {heading!r} says {label!r}")
        self.place += int(given.get("colspan") or 1)


def said(words: str) -> str:
    return " ".join(words.split())


def wrong_labels(page: str) -> list[str]:
    """Return what is wrong with the labels of a page's stacked tables."""
    return [wrong for table in STACKED.findall(page) for wrong in wrong_in(table)]


@cache
def wrong_in(table: str) -> list[str]:
    """Read a table once, however many people are shown it."""
    return Tables(table).wrong
