"""The rows of a statement's table on a page, written in one go: a long table has more cells than a template should loop over."""

from collections.abc import Iterable, Sequence
from html import escape

from django.utils.safestring import SafeString, mark_safe

from reporting.statements.shape import NOTHING, Line, Table

type Written = tuple[str, str, bool, str]


def rows(table: Table, lines: Iterable[tuple[Line, Sequence[Written]]]) -> SafeString:
    """Return the head and the body of the table, every text escaped."""
    heads = "".join(_head(str(column.label), column.is_figure) for column in table.columns)
    starts = [_start(str(column.label), is_figure=column.is_figure) for column in table.columns]
    body = "".join([_row(table, line, cells, starts) for line, cells in lines])
    head = f'<thead><tr><th scope="col">{escape(str(table.head))}</th>{heads}</tr></thead>'
    return mark_safe(f"{head}\n  <tbody>{body}\n  </tbody>\n")  # noqa: S308 - every text in it is escaped


def _start(label: str, *, is_figure: bool) -> tuple[str, str]:
    """Return how a cell begins, and how one begins that says nothing: a row that is stacked on a phone leaves it out."""
    said = f' data-label="{escape(label)}">'
    return f"<td{_num(is_figure)}{said}", f'<td class="num none"{said}'


def _head(label: str, is_figure: bool) -> str:
    return f'<th scope="col"{_num(is_figure)}>{escape(label)}</th>'


def _num(is_figure: bool) -> str:
    return ' class="num"' if is_figure else ""


def _row(table: Table, line: Line, cells: Sequence[Written], starts: Sequence[tuple[str, str]]) -> str:
    label = escape(str(line.label))
    if line.level == "group":
        return f'\n  <tr class="group"><th scope="rowgroup" colspan="{table.width}">{label}</th></tr>'
    muted = ' class="muted"' if line.level == "part" else ""
    written = "".join(
        [
            f"{start[text == NOTHING]}{_linked(escape(text), url)}</td>"
            for start, (text, url, *_) in zip(starts, cells, strict=True)
        ]
    )
    return f'\n  <tr class="{line.level}"><th scope="row"{muted}>{_linked(label, line.url)}</th>{written}</tr>'


def _linked(written: str, url: str) -> str:
    return f'<a href="{escape(url)}">{written}</a>' if url else written
