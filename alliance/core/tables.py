"""The columns of a table, each said once: its heading, how its cells begin, and what a stacked row says beside them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

type Attributes = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    """A column: its label, whether it holds figures, and whether its cells carry the label, for rows that are stacked."""

    label: str
    is_figure: bool = False
    is_labelled: bool = False

    def heading(self, written: SafeString | None = None, **attributes: Any) -> SafeString:
        """Return the column's heading; `written` is shown instead of the plain label."""
        begin = tag("th", {"scope": "col", "class": self._classes(attributes)} | attributes)
        return mark_safe(f"{begin}{written or conditional_escape(self.label)}</th>")  # noqa: S308 - both are escaped

    def cell(self, **attributes: Any) -> SafeString:
        """Return how a cell begins; a class of its own comes after the column's."""
        return tag("td", {"class": self._classes(attributes)} | attributes | self._said)

    def row_heading(self, **attributes: Any) -> SafeString:
        """Return how a row's heading begins, which is no figure even where it is a number."""
        return tag("th", {"scope": "row"} | attributes | self._said)

    @property
    def _said(self) -> dict[str, str]:
        return {"data-label": self.label} if self.is_labelled else {}

    def _classes(self, attributes: dict[str, Any]) -> str:
        """Return all classes of a cell; its own are taken from its attributes."""
        return " ".join(filter(None, ("num" if self.is_figure else "", attributes.pop("class", ""))))


def tag(element: str, attributes: Attributes) -> SafeString:
    """Return an opening tag, every value escaped; an attribute without a value is left out."""
    given = [(name, value) for name, value in attributes.items() if value not in (None, "")]
    written = "".join([f' {name}="{conditional_escape(value)}"' for name, value in given])
    return mark_safe(f"<{element}{written}>")  # noqa: S308 - every value is escaped
