"""The statements' pages: the same figures everywhere, each leading to its rows, in few queries whatever the size."""

import csv
import io
import re
from datetime import date
from decimal import Decimal

import openpyxl
import pikepdf
import pytest
from babel.dates import format_date
from babel.numbers import format_decimal
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from lxml import html

from funds.ledger.movements import Moves
from funds.ledger.shares import shares_of_projects
from reporting.statements import document
from reporting.statements.catalogue import KINDS, consolidated, statement
from reporting.statements.scope import ends_of_years
from reporting.statements.shape import Cell, Column, Table, TableRow
from reporting.statements.views import _within
from tests.pdf.verapdf import assert_conforms
from tests.world import played

DAY = date(2008, 9, 15)
pytestmark = pytest.mark.django_db

PLACES = {"money": "#,##0.00", "percent": "#,##0.0", "number": "#,##0"}
PUBLIC = [code for code, kind in KINDS.items() if kind.is_public]
MOST_QUERIES = 16


@pytest.fixture(scope="module")
def demonstration(demonstration_played, django_db_blocker):
    with django_db_blocker.unblock(), played() as things:
        yield things


def rows_of(answer):
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.parametrize("language", ["en", "fr", "es"])
@pytest.mark.parametrize("code", PUBLIC)
def test_page_shows_what_the_statement_holds(demonstration, code, language):
    page = Client().get(f"/{language}/money/statements/{code}/?as_of={DAY}").content.decode()
    with translation.override(language):
        tables = [table for table in statement(code, DAY).tables if table.lines]
    written = [[written_by_hand(table, line, language) for line in table.lines] for table in tables]
    assert shown(page)[: len(tables)] == written  # pictures and their figures come below
    assert min(map(len, written)) > 1


def shown(page):
    """Return the page's tables as a reader has them before her: rows of cells."""
    tables = html.fromstring(page).xpath("//main//*[contains(@class, 'table-wrap')]//tbody")
    return [[[plain(cell.text_content()) for cell in row] for row in table] for table in tables]


def written_by_hand(table, line, language):
    """Write a line as the language does, by other means than the page's."""
    cells = [] if line.level == "group" else zip(line.cells, table.columns, strict=True)
    return [plain(str(line.label)), *(figure_of(cell.value, column.kind, language) for cell, column in cells)]


def figure_of(value, kind, language):
    if value is None:
        return "–" if kind in PLACES else ""
    if kind not in PLACES:
        return plain(format_date(value, "d MMM y", language) if isinstance(value, date) else value)
    number = format_decimal(value, PLACES[kind], language).replace("-", "−")
    return plain(number + " %" * (kind == "percent"))


def plain(text):
    return " ".join(text.split())


@pytest.mark.requirement("R55")
@pytest.mark.parametrize("code", PUBLIC)
def test_csv_workbook_and_page_agree(demonstration, code):
    found = statement(code, DAY, whole=True)
    listed = rows_of(Client().get(f"/en/money/statements/{code}/?format=csv"))
    book = Client().get(f"/en/money/statements/{code}/?format=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(book.streaming_content)), data_only=True).active
    cells = {str(row[0].value): [cell.value for cell in row[1:]] for row in sheet.iter_rows()}
    for table in found.tables:
        for line in (one for one in table.lines if one.level == "total"):
            amounts = [cell.value for cell in line.cells]
            assert [format(a, "f") if isinstance(a, Decimal) else "" for a in amounts] in [row[1:] for row in listed]
            width = len(amounts)
            numbers = [value if value is None else float(value) for value in amounts]
            assert cells[str(line.label)][:width] == numbers or len(found.tables) > 1


@pytest.mark.requirement("R57")
def test_figures_lead_to_postings_that_add_up_to_them(demonstration):
    checked = 0
    for code in (
        "funding-status",
        "sources-and-uses",
        "transfers",
        "expenditure",
        "categories",
        "interest",
        "commitments",
    ):
        for table in statement(code, DAY).tables:
            for line in table.lines:
                for cell in line.cells:
                    if not cell.url or not isinstance(cell.value, Decimal):
                        continue
                    page = Client().get(cell.url)
                    total = page.context["total"]
                    assert total is not None, cell.url
                    assert abs(total) == abs(cell.value), (code, line.label, cell.url)
                    checked += 1
    assert checked > 60


@pytest.mark.requirement("R47")
def test_objectives_add_up_to_the_fund(demonstration):
    (table,) = statement("projects", DAY).tables
    subtotals = [line for line in table.lines if line.level == "subtotal"]
    total = table.lines[-1]
    moves = Moves(DAY)
    assert [sum(line.cells[n].value for line in subtotals) for n in (2, 3, 4)] == [c.value for c in total.cells[2:5]]
    assert total.cells[2].value == moves.net("project", "pool")
    assert total.cells[4].value == moves.net("spent", "")


@pytest.mark.requirement("R54")
def test_attribution_equals_the_shares_of_the_postings(demonstration):
    (table,) = statement("attribution", DAY, whole=True).tables
    rows = [line for line in table.lines if line.level == "row"]
    held = shares_of_projects(line.code for line in rows)
    assert [line.code for line in rows] == sorted(held)
    for line in rows:
        parts = [share.allocated for share in held[line.code]]
        assert line.cells[-1].value == sum(parts)
        assert sorted(cell.value for cell in line.cells[:-1] if cell.value) == sorted(parts)


def test_trial_balance_agrees_on_both_sides(demonstration):
    (table,) = statement("trial-balance", DAY).tables
    assert table.figure("total", 0) == table.figure("total", 1)
    assert table.figure("total", 2) == Decimal("0.00")


@pytest.mark.parametrize("code", list(KINDS))
def test_queries_are_few_and_the_same_for_more_rows(demonstration, code):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        statement(code, DAY)
    assert len(asked) <= MOST_QUERIES, [q["sql"][:90] for q in asked]


def test_day_to_come_is_refused_in_words_and_shows_today(demonstration):
    answer = Client().get("/en/money/statements/interest/?as_of=2031-01-01")
    assert "This date lies in the future." in answer.content.decode()
    assert answer.context["statement"].as_of == DAY
    for typed in ("tomorrow", "1899-01-01", "2008-02-31", "' or 1=1"):
        assert Client().get("/en/money/statements/interest/", {"as_of": typed}).status_code == 200


def test_later_page_shows_the_day_and_only_another_day_can_be_cleared(demonstration):
    shown = {}
    for asked in ("", "?page=2", f"?as_of={DAY}", "?as_of=2008-06-30"):
        text = Client().get(f"/en/money/statements/commitments/{asked}").text
        shown[asked] = (re.search(r'name="as_of" value="([^"]+)"', text)[1], "Clear the filters" in text)
    today = (f"{DAY}", False)
    assert shown == {"": today, "?page=2": today, f"?as_of={DAY}": today, "?as_of=2008-06-30": ("2008-06-30", True)}


@pytest.mark.parametrize(
    ("begun", "day", "ends"),
    [
        (date(2007, 11, 9), date(2008, 9, 15), [2007]), (date(2008, 1, 1), date(2008, 9, 15), []),
        (date(2007, 11, 9), date(2020, 1, 1), [2019, 2018]), (None, date(2008, 9, 15), []),
    ],
)  # fmt: skip
def test_other_days_are_the_ends_of_years_since_the_first(begun, day, ends):
    assert ends_of_years(begun, day, 2) == [date(year, 12, 31) for year in ends]


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_the_funding_status_on_paper_is_one_page(demonstration, language):
    with translation.override(language):
        paper = document.make_pdf([statement("funding-status", DAY, whole=True)], is_consolidated=False)
    with pikepdf.open(io.BytesIO(paper)) as opened:
        assert len(opened.pages) == 1


def test_open_items_are_for_those_who_read_all(demonstration):
    from alliance.people.models import User

    assert Client().get("/en/money/statements/open-items/").status_code == 404
    client = Client()
    client.force_login(User.objects.get(email="finance.officer@demo.example"))
    answer = client.get("/en/money/statements/open-items/")
    assert answer.status_code == 200
    assert [str(table["table"].caption) for table in answer.context["tables"]] == [
        "Refunds in transit", "Instalments overdue", "Deposits without an agreement",
    ]  # fmt: skip
    assert Client().get("/en/money/statements/nothing/").status_code == 404


def test_long_table_keeps_headings_and_totals_on_each_page():
    money = (Column("A"),)
    lines = (
        TableRow("first", (Cell(None),), "group"), *(TableRow(str(n), (Cell(Decimal(n)),)) for n in range(3)),
        TableRow("sum", (Cell(Decimal(3)),), "subtotal"), TableRow("second", (Cell(None),), "group"),
        TableRow("3", (Cell(Decimal(3)),)), TableRow("all", (Cell(Decimal(6)),), "total"),
    )  # fmt: skip
    assert [line.label for line in _within(lines, 0, 2)] == ["first", "0", "1", "sum", "all"]
    assert [line.label for line in _within(lines, 2, 4)] == ["first", "2", "sum", "second", "3", "all"]
    assert Table("t", "h", money, lines).width == 2


def test_document_holds_the_figures_of_the_pages(demonstration):
    text = re.sub(r"\s+", " ", document.html(consolidated(DAY), is_consolidated=True))
    for code in ("sources-and-uses", "windows", "categories"):
        (table,) = statement(code, DAY).tables
        for line, cells in table.written():
            assert all(f">{cell[0]}</td>" in text for cell in cells), line.label


def test_consolidated_report_is_remade_to_the_byte_and_conforms(demonstration, tmp_path):
    first = document.make_pdf(consolidated(DAY), is_consolidated=True)
    assert document.make_pdf(consolidated(DAY), is_consolidated=True) == first
    path = tmp_path / "consolidated.pdf"
    path.write_bytes(first)
    assert_conforms(path, "ua1", "3a")
    # Each statement begins on a page of its own form, and not at the foot of a page that lies on its side.
    wide = {str(shown.title): shown.is_wide for shown in consolidated(DAY)}
    with pikepdf.open(path) as opened, opened.open_outline() as outline:
        lies = {re.sub(r"^\d+ ", "", str(item.title)): _lies(item) for item in _items(outline.root)}
    assert {title: lies.get(title) for title in wide} == wide


def test_single_wide_statement_lies_on_its_side_from_its_head_on(demonstration):
    with pikepdf.open(io.BytesIO(document.make_pdf([statement("transfers", DAY)], is_consolidated=False))) as opened:
        assert [page.MediaBox[2] > page.MediaBox[3] for page in opened.pages] == [True]


def _items(items):
    for item in items:
        yield item
        yield from _items(item.children)


def _lies(item):
    """Whether the page that a bookmark leads to lies on its side."""
    *_corner, width, height = item.destination[0].MediaBox
    return width > height


def test_statement_is_asked_for_once_by_whoever_is_signed_in(demonstration):
    from alliance.jobs.models import Job
    from alliance.people.models import User

    client = Client()
    client.force_login(User.objects.get(email="donor@demo.example"))
    asked = [client.post("/fr/money/statements/windows/pdf/", {"as_of": "2008-06-30"}) for _time in range(2)]
    assert asked[0].url == asked[1].url
    job = Job.objects.get(kind="statement")
    donor = User.objects.get(email="donor@demo.example")
    assert job.language == "fr"
    assert job.parameters == {"code": "windows", "as_of": "2008-06-30", "person": str(donor.uid)}
    rival = Client()
    rival.force_login(User.objects.get(email="rival.donor@demo.example"))
    own = rival.post("/fr/money/statements/windows/pdf/", {"as_of": "2008-06-30"}, follow=True)
    assert own.status_code == 200  # a job of its own: one's page is not another's
    assert client.post("/fr/money/statements/open-items/pdf/").status_code == 404
