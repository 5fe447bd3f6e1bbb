"""What a statement is made of. Pure: frozen rows that pages, PDF, XLSX and CSV all read."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from alliance.core import formats
from alliance.core.display import Text

NOTHING = "–"  # where there is no figure

type Figure = str | Decimal | int | date | None


class Column(NamedTuple):
    """A column: its heading and what it holds: text, money, percent, number or date."""

    label: Text
    kind: str = "money"

    @property
    def is_figure(self) -> bool:
        return self.kind in ("money", "percent", "number")


class Cell(NamedTuple):
    """A figure, and the address of the rows behind it."""

    value: Figure
    url: str = ""


class TableRow(NamedTuple):
    """A row. `level` is row, part, subtotal, total or group (a heading without figures)."""

    label: Text
    cells: tuple[Cell, ...]
    level: str = "row"
    code: str = ""
    url: str = ""


@dataclass(frozen=True)
class Table:
    """Columns and rows under one caption; the first column is the row's label."""

    caption: Text
    head: Text
    columns: tuple[Column, ...]
    lines: tuple[TableRow, ...]
    note: Text = ""
    page: Any = field(default=None, compare=False)  # which page the lines are, where they are not all

    @property
    def width(self) -> int:
        return len(self.columns) + 1

    def written(
        self, lines: Iterable[TableRow] | None = None
    ) -> Iterator[tuple[TableRow, list[tuple[str, str, bool, str]]]]:
        """Yield lines with their cells in the reader's way of writing: text, address, whether it is a figure, heading."""
        write, columns = _writer(), [(column.kind, column.is_figure, str(column.label)) for column in self.columns]
        for line in self.lines if lines is None else lines:
            cells = zip(line.cells, columns, strict=True)
            yield (
                line,
                [(write(value, kind), url, is_figure, label) for (value, url), (kind, is_figure, label) in cells],
            )

    def figure(self, code: str, place: int = 0) -> Figure:
        """Return one figure by its row's code; StopIteration where there is no such row."""
        return next(line.cells[place].value for line in self.lines if line.code == code)


@dataclass(frozen=True)
class Statement:
    """A whole statement as of a day, with the state of the register that it was read at."""

    code: str
    title: Text
    as_of: date
    year: int
    currency: str
    definitions: str
    register_n: int
    register_hash: str
    trustee: str
    begun: date
    tables: tuple[Table, ...]
    note: Text = ""
    charts: tuple[Any, ...] = field(default=(), compare=False)

    @property
    def trustee_said(self) -> str:
        """The trustee of the statement's own day; a later one changes nothing in it (R95)."""
        return self.trustee or _("none appointed by that day")

    @property
    def is_empty(self) -> bool:
        return not any(table.lines for table in self.tables)

    @property
    def is_wide(self) -> bool:
        """Whether a page of paper has to lie on its side for it."""
        return self._widest > 6

    @property
    def is_broad(self) -> bool:
        """Whether a page on the screen keeps nothing beside it."""
        return self._widest > 5

    @property
    def _widest(self) -> int:
        return max((len(table.columns) for table in self.tables), default=0)


def _writer() -> Callable[[Figure, str], str]:
    """Return the function that writes a figure; the locale is looked up once for a whole table."""
    writers = {kind: formats.figures(places) for kind, places in (("money", 2), ("percent", 1), ("number", 0))}

    def write(value: Figure, kind: str) -> str:
        match value:
            case Decimal() | int():
                text = writers[kind](value)
                return f"{text} %" if kind == "percent" else text
            case None:
                return NOTHING if kind in writers else ""
            case date():
                return formats.short_date(value)
        return value

    return write


def flat(statement: Statement) -> tuple[list[str], Iterator[Sequence[Figure]]]:
    """Return columns and rows of one list: for CSV, and for the sheet of a workbook. Several tables follow each other."""
    width = max((len(table.columns) for table in statement.tables), default=0)
    headings = [str(statement.tables[0].head), *(str(column.label) for column in statement.tables[0].columns)]

    def rows() -> Iterator[Sequence[Figure]]:
        for number, table in enumerate(statement.tables):
            if number:
                yield [None] * (width + 1)
                yield [str(table.head), *(str(column.label) for column in table.columns)]
            for line in table.lines:
                yield [str(line.label), *(cell.value for cell in line.cells)]
        yield from ([], *about(statement))

    return headings, rows()


def about(statement: Statement) -> list[list[Figure]]:
    """Return what a file says about itself at its end."""
    return [
        [str(statement.title)],
        [_("As of"), statement.as_of],
        [_("Trustee"), statement.trustee_said],
        [_("Currency"), statement.currency],
        [_("Definitions"), statement.definitions],
        [_("Register entry"), statement.register_n],
        [_("Hash"), statement.register_hash],
    ]
