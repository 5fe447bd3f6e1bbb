"""The pure modules: comparison, figures as people write them, hidden cells, first terms of a contract."""

from decimal import Decimal

import pytest

from proposals.breakdowns import public_cells
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
