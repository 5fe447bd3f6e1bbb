"""A table is declared once: its cells take alignment and label from their column."""

from typing import Any

import pytest
from django.conf import settings
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory

from tests.labels import wrong_labels

TEMPLATES = settings.BASE_DIR / "templates"
COLUMNS = '{% columns %}{% column "Window" %}{% column "Paid" num=True %}{% column "Note" %}{% endcolumns %}'


def shown(source: str, **values: Any) -> str:
    return Template("{% load alliance i18n %}" + source).render(Context(values))


def sheet(rows: str, **values: Any) -> str:
    """Return the rows of a table whose cells carry labels."""
    written = shown("{% sheet labelled=True %}" + COLUMNS + "<tbody>" + rows + "</tbody>{% endsheet %}", **values)
    return written.partition("<tbody>")[2].removesuffix("</tbody></table>")


def test_a_heading_says_what_its_column_holds() -> None:
    written = shown("{% sheet %}" + COLUMNS + "{% endsheet %}")
    heads = '<th scope="col">Window</th><th scope="col" class="num">Paid</th><th scope="col">Note</th>'
    assert written == f"<table><thead><tr>{heads}</tr></thead></table>"


def test_a_cell_takes_alignment_and_label_from_its_column() -> None:
    row = "{% row %}{% heading %}W1{% endheading %} {% cell %} 5 {% endcell %} {% cell %}{% endcell %}{% endrow %}"
    assert sheet(row) == (
        '<tr><th scope="row">W1</th><td class="num" data-label="Paid">5</td><td data-label="Note"></td></tr>'
    )


def test_every_row_begins_at_the_first_column() -> None:
    rows = "{% for n in numbers %}{% row %}{% cell %}{{ n }}{% endcell %}{% endrow %}{% endfor %}"
    assert sheet(rows, numbers=[1, 2]) == (
        '<tr><td data-label="Window">1</td></tr><tr><td data-label="Window">2</td></tr>'
    )


def test_a_cell_over_two_columns_moves_the_next_one_on() -> None:
    row = "{% row %}{% heading colspan=2 %}Total{% endheading %}{% cell %}x{% endcell %}{% endrow %}"
    assert sheet(row) == '<tr><th scope="row" colspan="2">Total</th><td data-label="Note">x</td></tr>'


def test_a_cells_own_class_comes_after_its_columns() -> None:
    row = '{% row %}{% cell class="nowrap" lang=language %}a{% endcell %}{% cell class="none" %}b{% endcell %}{% endrow %}'
    assert sheet(row, language="fr") == (
        '<tr><td class="nowrap" lang="fr" data-label="Window">a</td><td class="num none" data-label="Paid">b</td></tr>'
    )


def test_an_attribute_without_a_value_is_left_out() -> None:
    assert sheet("{% row id=nothing %}{% cell lang=nothing %}a{% endcell %}{% endrow %}", nothing=None) == (
        '<tr><td data-label="Window">a</td></tr>'
    )


def test_a_row_has_the_classes_that_are_true_of_it() -> None:
    row = '{% row class="row" total=is_total part=is_part %}{% endrow %}'
    assert sheet(row, is_total=True, is_part=False) == '<tr class="row total"></tr>'


def test_a_number_that_heads_a_row_can_carry_its_label() -> None:
    row = "{% row %}{% heading labelled=True %}1{% endheading %}{% endrow %}"
    assert sheet(row) == '<tr><th scope="row" data-label="Window">1</th></tr>'


def test_a_table_whose_rows_are_not_stacked_has_no_labels() -> None:
    rows = "<tbody>{% row %}{% cell %}a{% endcell %}{% endrow %}</tbody>"
    source = "{% table caption='Windows' stack=is_stacked %}" + COLUMNS + rows + "{% endtable %}"
    assert "data-label" not in shown(source, is_stacked=False)
    assert 'data-label="Window"' in shown(source, is_stacked=True)


def test_a_hidden_heading_is_said_by_no_cell() -> None:
    columns = '{% columns %}{% column "Act" hidden=True %}{% endcolumns %}'
    row = "{% row %}{% cell %}a{% endcell %}{% endrow %}"
    assert shown("{% sheet labelled=True %}" + columns + row + "{% endsheet %}") == (
        '<table><thead><tr><th scope="col"><span class="visually-hidden">Act</span></th></tr></thead>'
        "<tr><td>a</td></tr></table>"
    )


def test_what_people_wrote_is_escaped_everywhere() -> None:
    source = (
        "{% sheet caption=evil unit=evil class=evil labelled=True %}{% columns %}{% column evil %}{% endcolumns %}"
        "{% row id=evil %}{% cell lang=evil %}{{ evil }}{% endcell %}{% endrow %}{% endsheet %}"
    )
    written = shown(source, evil='"><b>')
    assert "<b>" not in written
    assert written.count("&quot;&gt;&lt;b&gt;") == 8


def test_a_sort_link_keeps_the_filters() -> None:
    source = '{% sheet %}{% columns %}{% column "Paid" num=True sort="paid" %}{% endcolumns %}{% endsheet %}'
    written = shown(source, request=RequestFactory().get("/list/?q=a&page=2&sort=-paid"))
    assert '<th scope="col" class="num" aria-sort="descending"><a class="sort" href="?q=a&amp;sort=paid">' in written


def test_a_cell_without_a_column_is_a_mistake() -> None:
    with pytest.raises(TemplateSyntaxError, match="more cells than its table has columns"):
        sheet("{% row %}{% cell colspan=3 %}a{% endcell %}{% cell %}b{% endcell %}{% endrow %}")


def test_an_option_needs_its_name() -> None:
    with pytest.raises(TemplateSyntaxError, match="cell takes options, written as name=value: not nowrap"):
        Template("{% load alliance %}{% cell nowrap %}{% endcell %}")


def test_no_template_writes_a_table_or_a_label_by_hand() -> None:
    by_hand = ("data-label", "<table", "<thead", "<tr", "<td", "<th ", "<th>")
    written = {str(path.relative_to(TEMPLATES)): path.read_text() for path in TEMPLATES.rglob("*.html")}
    written.pop("alliance/mail.html")  # its table has its styles on its elements: programs for mail know no others
    found = [(name, part) for name, text in written.items() for part in by_hand if part in text]
    assert found == [("components/table.html", "<table")]


# The check of whole pages, which the access table makes

PAGE = '<table class="table table-stack"><thead><tr><th scope="col">A</th><th scope="col"><a>B</a></th></tr></thead>{}</table>'


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        ('<tr><th scope="row">1</th><td data-label="B">2</td></tr>', []),
        ('<tr><th scope="row" data-label="A">1</th><td data-label=" B ">2</td></tr>', []),
        ('<tr><td colspan="2" data-label="A">1</td></tr>', []),
        ('<tr><th scope="row">1</th><td>2</td></tr>', ["a cell below 'B' says None"]),
        ('<tr><th scope="row">1</th><td data-label="A">2</td></tr>', ["a cell below 'B' says 'A'"]),
        ('<tr><th scope="row">1</th></tr>', ["a row has 1 cells below ['A', 'B']"]),
    ],
)
def test_a_stacked_cell_says_its_columns_heading(rows: str, wrong: list[str]) -> None:
    assert wrong_labels(PAGE.format(rows)) == wrong


def test_a_hidden_heading_wants_no_label() -> None:
    page = PAGE.replace("<a>B</a>", '<span class="visually-hidden">B</span>')
    assert wrong_labels(page.format('<tr><th scope="row">1</th><td>2</td></tr>')) == []
    assert wrong_labels(page.format('<tr><th scope="row">1</th><td data-label="B">2</td></tr>')) == [
        "a cell below None says 'B'"
    ]
