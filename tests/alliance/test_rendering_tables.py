"""CSV and XLSX: values stay values, and no text becomes a formula."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest

from alliance.rendering.tables import (
    Sheet,
    cell,
    csv_response,
    harmless,
    sheet_name,
    write_book,
    write_xlsx,
    xlsx_response,
)

ROWS = [
    ('=HYPERLINK("http://x")', Decimal("-12.50"), date(2008, 9, 15), 3, None),
    ('@cmd, +1 and "quotes"', Decimal("1234567.00"), datetime(2008, 9, 15, 12, tzinfo=UTC), -4, "é"),
]


def text_of(response) -> str:
    return b"".join(response.streaming_content).decode()


@pytest.mark.requirement("D7")
@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_formula_is_neutralised(text):
    assert harmless(text) == "'" + text


@pytest.mark.parametrize(
    ("value", "text"),
    [(Decimal("-0.50"), "-0.50"), (-4, "-4"), (None, ""), (date(2008, 1, 2), "2008-01-02"), ("a-b", "a-b")],
)
def test_numbers_and_dates_stay_themselves(value, text):
    assert cell(value) == text


def test_csv_is_streamed_with_a_mark_for_excel():
    response = csv_response(["Name", "Amount", "On", "n", "x"], ROWS, "pledges")
    assert response["Content-Disposition"] == 'attachment; filename="pledges.csv"'
    assert text_of(response) == (
        "\ufeffName,Amount,On,n,x\r\n"
        '"\'=HYPERLINK(""http://x"")",-12.50,2008-09-15,3,\r\n'
        '"\'@cmd, +1 and ""quotes""",1234567.00,2008-09-15T12:00:00+00:00,-4,é\r\n'
    )


def test_xlsx_holds_text_numbers_and_dates():
    file = io.BytesIO()
    write_xlsx(file, ["Name", "Amount", "On", "n", "x"], ROWS, "pledges")
    sheet = openpyxl.load_workbook(file)["pledges"]
    first = [one.value for one in sheet[2]]
    assert first == ['=HYPERLINK("http://x")', -12.5, datetime(2008, 9, 15), 3, None]
    assert sheet["A2"].data_type == "s"
    assert sheet["A2"].hyperlink is None


def test_xlsx_response_is_a_download():
    response = xlsx_response(["A"], [["x"]], "list")
    assert response["Content-Disposition"] == 'attachment; filename="list.xlsx"'
    assert text_bytes(response).startswith(b"PK")
    response.file_to_stream.close()  # not the response: that would end a request, and look after the database


def book_of(*sheets: Sheet, created: datetime | None = None) -> bytes:
    file = io.BytesIO()
    write_book(file, sheets, created=created)
    return file.getvalue()


def test_book_of_sheets_is_the_same_bytes_for_the_same_moment():
    sheets = (Sheet("First: a/b", ["Name"], [["=1+1"]]), Sheet("Second", ["n"], [[Decimal("0.10")]]))
    made = book_of(*sheets, created=datetime(2008, 9, 15, 12, tzinfo=UTC))
    assert book_of(*sheets, created=datetime(2008, 9, 15, 12, tzinfo=UTC)) == made
    assert book_of(*sheets, created=datetime(2008, 9, 16, 12, tzinfo=UTC)) != made
    book = openpyxl.load_workbook(io.BytesIO(made))
    assert book.sheetnames == ["First  a b", "Second"]
    assert (book["First  a b"]["A2"].data_type, book["Second"]["A2"].value) == ("s", 0.1)


@pytest.mark.parametrize(
    ("title", "name"), [("a" * 40, "a" * 31), ("[x]*?:", " x    "), ("'quoted'", "quoted"), ("Relevé", "Relevé")]
)
def test_title_becomes_a_name_that_a_sheet_can_bear(title, name):
    assert sheet_name(title) == name


def text_bytes(response) -> bytes:
    return b"".join(response.streaming_content)
