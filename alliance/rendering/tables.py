"""Lists as CSV and XLSX: values as they are, and no text that a spreadsheet would run.

The writer of XLSX is loaded when the first is made: every process of the portal would load it at its start.
"""

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.http import FileResponse, StreamingHttpResponse
from django.utils import timezone

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A spreadsheet takes text that begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
SHEET_NAME = 31
NOT_IN_SHEET_NAMES = "[]:*?/\\"

type Value = str | int | Decimal | date | datetime | None
type Row = Sequence[Value]


class Echo:
    """A file for csv.writer that hands each line back."""

    def write(self, text: str) -> str:
        return text


def harmless(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def cell(value: Value) -> str:
    """Return a value as CSV holds it: plain decimals, ISO dates, harmless text. Negative numbers stay numbers."""
    match value:
        case None:
            return ""
        case Decimal():
            return format(value, "f")
        case datetime() | date():
            return value.isoformat()
        case int():
            return str(value)
    return harmless(str(value))


def csv_lines(columns: Sequence[Any], rows: Iterable[Row]) -> Iterator[str]:
    """Yield the file line by line, with a mark that makes Excel read UTF-8."""
    writer = csv.writer(Echo())
    yield "\ufeff" + writer.writerow([cell(str(column)) for column in columns])
    for row in rows:
        yield writer.writerow([cell(value) for value in row])


def csv_response(columns: Sequence[Any], rows: Iterable[Row], name: str) -> StreamingHttpResponse:
    """Answer with a CSV file, streamed; `name` is without ending."""
    response = StreamingHttpResponse(csv_lines(columns, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


class Sheet(NamedTuple):
    """A sheet of a workbook: its title, its headings and its rows."""

    title: str
    columns: Sequence[Any]
    rows: Iterable[Row]


def write_book(file: Any, sheets: Iterable[Sheet], *, created: datetime | None = None) -> None:
    """Write a workbook in constant memory. Text is text: never a formula, never a link.

    `created` stands in the file as its moment of making; with the same one the same sheets make the same bytes.
    """
    import xlsxwriter

    options = {"constant_memory": True, "default_date_format": "yyyy-mm-dd", "remove_timezone": True}
    with xlsxwriter.Workbook(file, options) as book:
        if created is not None:
            book.set_properties({"created": created.astimezone(UTC).replace(tzinfo=None)})
        heading, money = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"num_format": "#,##0.00"})
        for sheet in sheets:
            _write_sheet(book.add_worksheet(sheet_name(sheet.title)), sheet, heading, money)


def sheet_name(title: str) -> str:
    """Return a title as a sheet can bear it: short, and without the signs that addresses of cells use."""
    return "".join(" " if letter in NOT_IN_SHEET_NAMES else letter for letter in title).strip("'")[:SHEET_NAME]


def _write_sheet(page: Any, sheet: Sheet, heading: Any, money: Any) -> None:
    for place, column in enumerate(sheet.columns):
        page.write_string(0, place, str(column), heading)
    for number, row in enumerate(sheet.rows, start=1):
        for place, value in enumerate(row):
            _write_value(page, number, place, value, money)


def _write_value(page: Any, number: int, place: int, value: Value, money: Any) -> None:
    match value:
        case None:
            return
        case Decimal():
            page.write_number(number, place, value, money)
        case datetime():
            page.write_datetime(number, place, timezone.make_naive(value))
        case date():
            page.write_datetime(number, place, value)
        case int():
            page.write_number(number, place, value)
        case _:
            page.write_string(number, place, str(value))


def write_xlsx(file: Any, columns: Sequence[Any], rows: Iterable[Row], title: str) -> None:
    """Write a workbook of one sheet."""
    write_book(file, [Sheet(title, columns, rows)])


def xlsx_response(columns: Sequence[Any], rows: Iterable[Row], name: str) -> FileResponse:
    """Answer with a workbook; `name` is without ending, and is the sheet's name too."""
    return book_response([Sheet(name, columns, rows)], name)


def book_response(sheets: Iterable[Sheet], name: str, *, created: datetime | None = None) -> FileResponse:
    """Answer with a workbook of several sheets; `name` is without ending."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the response
    write_book(file, sheets, created=created)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)
