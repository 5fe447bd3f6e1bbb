"""The rows of a statement's table on a page, written in one go: a long table has more cells than a template should loop over."""

from collections.abc import Iterable, Sequence
from html import escape

from django.utils.safestring import SafeString, mark_safe

from alliance.core.tables import Column, tag
from reporting.statements.shape import NOTHING, Table, TableRow

type Written = tuple[str, str, bool, str]
type Start = tuple[str, str]  # how a cell begins, and how one that says nothing: a stacked row leaves it out


def rows(table: Table, lines: Iterable[tuple[TableRow, Sequence[Written]]]) -> SafeString:
    """Return the head and the body of the table, every text escaped."""
    columns = [Column(str(column.label), column.is_figure, is_labelled=True) for column in table.columns]
    starts = [(column.cell(), Column(column.label, True, True).cell(**{"class": "none"})) for column in columns]
    heads = "".join([column.heading() for column in (Column(str(table.head)), *columns)])
    body = "".join([_row(table, line, cells, starts) for line, cells in lines])
    head = f"<thead><tr>{heads}</tr></thead>"
    return mark_safe(f"{head}\n  <tbody>{body}\n  </tbody>\n")  # noqa: S308 - every text in it is escaped


def _row(table: Table, line: TableRow, cells: Sequence[Written], starts: Sequence[Start]) -> str:
    label = escape(str(line.label))
    if line.level == "group":
        return f'\n  <tr class="group"><th scope="rowgroup" colspan="{table.width}">{label}</th></tr>'
    begin = tag("th", {"scope": "row", "class": "muted" if line.level == "part" else ""})
    written = "".join(
        [
            f"{start[text == NOTHING]}{_linked(escape(text), url)}</td>"
            for start, (text, url, *_) in zip(starts, cells, strict=True)
        ]
    )
    return f'\n  <tr class="{line.level}">{begin}{_linked(label, line.url)}</th>{written}</tr>'


def _linked(written: str, url: str) -> str:
    return f'<a href="{escape(url)}">{written}</a>' if url else written
