"""The text of a mail, read from its HTML: what both parts say is written once."""

import re
from html.parser import HTMLParser

from alliance.core.formats import labelled

BLOCKS = {"h1", "p"}
CELLS = {"th", "td"}
SPACE = re.compile(r"[ \t\r\n]+")  # not the blank that does not break


def plain(html: str) -> str:
    """Return a mail's HTML as text: blank lines between blocks, a line for a row of a table, a link's address below its words."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return "\n\n".join(block for block in reader.blocks if block) + "\n"


class _Reader(HTMLParser):
    """Reads the few elements that the template of mails uses."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[str] = []
        self._words = ""
        self._cells: list[str] = []
        self._rows: list[str] = []
        self._link = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS | CELLS:
            self._words = ""
        elif tag == "br":
            self._words += "\n"
        elif tag == "a":
            self._link = dict(attrs).get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._words += f"\n{self._link}"
        elif tag in BLOCKS:
            self.blocks.append(self._said())
        elif tag in CELLS:
            self._cells.append(self._said())
        elif tag == "tr":
            label, text = self._cells
            self._rows.append(labelled(label, text))
            self._cells = []
        elif tag == "table":
            self.blocks.append("\n".join(self._rows))
            self._rows = []

    def handle_data(self, data: str) -> None:
        self._words += SPACE.sub(" ", data)

    def _said(self) -> str:
        return "\n".join(line.strip(" ") for line in self._words.split("\n")).strip("\n")
