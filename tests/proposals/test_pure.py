"""The pure modules: comparison, figures as people write them, hidden cells, first terms of a contract."""

from decimal import Decimal

import pytest

from proposals.breakdowns import CATEGORIES, SMALLEST_SHOWN, UNKNOWN, label_of, public_cells
from proposals.comparison import Piece, change, compare

D = Decimal


def test_words_changed_are_named():
    assert compare(["The old text stays."], ["The new text stays."]) == [
        [Piece("same", "The "), Piece("removed", "old"), Piece("added", "new"), Piece("same", " text stays.")]
    ]


def test_paragraphs_added_and_removed_stand_whole():
    assert compare(["One.", "Two."], ["One."]) == [[Piece("same", "One.")], [Piece("removed", "Two.")]]
    assert compare(["One."], ["One.", "Two."]) == [[Piece("same", "One.")], [Piece("added", "Two.")]]


@pytest.mark.parametrize(("old", "new", "changed"), [(["A"], ["A"], False), (["A"], ["B"], True), ([], ["A"], True)])
def test_change_says_whether_anything_changed(old, new, changed):
    assert change("Context", old, new).is_changed is changed


def test_cells_above_the_threshold_are_shown():
    cells = public_cells([("sex", "female", D(5)), ("sex", "male", D(6))])
    assert [cell.value for cell in cells] == [D(5), D(6)]


def test_two_small_cells_hide_each_other():
    cells = public_cells([("sex", "female", D(2)), ("sex", "male", D(3)), ("sex", "unknown", D(30))])
    assert [cell.is_hidden for cell in cells] == [True, True, False]


def test_a_cell_of_nobody_is_not_hidden():
    cells = public_cells([("sex", "female", D(0)), ("sex", "male", D(30))])
    assert [cell.value for cell in cells] == [D(0), D(30)]


@pytest.mark.requirement("R74")
def test_a_cell_of_the_threshold_itself_is_shown_and_one_below_is_hidden():
    def hidden(value):
        cells = public_cells([("sex", "female", D(value)), ("sex", "male", D(30)), ("sex", "unknown", D(40))])
        return [cell.category for cell in cells if cell.is_hidden]

    assert D(5) == SMALLEST_SHOWN
    assert (hidden("5"), hidden("4.99"), hidden("0.01")) == ([], ["female", "male"], ["female", "male"])


def test_the_threshold_may_be_another():
    cells = [("sex", "female", D(5)), ("sex", "male", D(6)), ("sex", "unknown", D(7))]
    assert [cell.is_hidden for cell in public_cells(cells, smallest=D(6))] == [True, True, False]


@pytest.mark.requirement("R74")
def test_each_variable_hides_its_own_cells():
    """What is hidden of one variable leaves the others as they are, even where a category is called the same."""
    cells = public_cells(
        [
            ("sex", "unknown", D(2)), ("age", "unknown", D(20)), ("sex", "female", D(9)), ("age", "60", D(7)),
            ("sex", "male", D(30)), ("age", "30_59", D(8)),
        ]
    )  # fmt: skip
    assert [(cell.variable, cell.category, cell.value, cell.is_hidden) for cell in cells] == [
        ("sex", "unknown", None, True),
        ("age", "unknown", D(20), False),
        ("sex", "female", None, True),
        ("age", "60", D(7), False),
        ("sex", "male", D(30), False),
        ("age", "30_59", D(8), False),
    ]


def test_a_small_cell_alone_is_hidden_alone():
    assert [cell.is_hidden for cell in public_cells([("sex", "female", D(2))])] == [True]
    cells = public_cells([("sex", "female", D(2)), ("sex", "male", D(0)), ("sex", "unknown", None)])
    assert [(cell.value, cell.is_hidden) for cell in cells] == [(None, True), (D(0), False), (None, False)]


def test_the_next_smallest_is_hidden_and_no_other():
    cells = public_cells([("sex", "female", D(40)), ("sex", "male", D(3)), ("sex", "unknown", D(12))])
    assert [cell.is_hidden for cell in cells] == [False, True, True]
    shown = [("tertiary", D(40)), ("primary", D(3)), ("unknown", D(50)), ("secondary", D(12))]
    cells = public_cells([("education", category, value) for category, value in shown])
    assert [cell.category for cell in cells if cell.is_hidden] == ["primary", "secondary"]
    assert [cell.is_hidden for cell in public_cells([("sex", "female", D(2)), ("sex", "male", D(30))])] == [True, True]


def test_categories_have_labels_and_what_is_none_is_its_own():
    assert [str(label_of("sex", key)) for key in ("female", "male", "unknown")] == ["Women", "Men", "Not stated"]
    assert (label_of("sex", "tertiary"), label_of("shoe_size", "female")) == ("tertiary", "female")
    assert {categories[-1] for categories in CATEGORIES.values()} == {UNKNOWN}
