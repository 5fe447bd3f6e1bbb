"""Figures that people type: one reader for every form."""

from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError

from alliance.core.numbers import NEGATIVE, UNREADABLE, FigureField, Negative, Unreadable, counted, read_number
from alliance.core.widgets import MoneyInput

D = Decimal


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("1234.50", "1234.50"), ("1234,50", "1234.50"), ("1 234,50", "1234.50"), ("1\u202f234\u00a0567.8", "1234567.8"),
        ("0,125", "0.125"), ("0.5", "0.5"), ("1 234", "1234"), ("12 345.6", "12345.6"), ("123 456 789", "123456789"),
        ("1 234.500", "1234.500"), ("0", "0"), ("999.1234", "999.1234"), ("123456", "123456"), ("0.646203", "0.646203"), ("7.1234", "7.1234"), ("1234.500", "1234.500"), (" 5 ", "5"),
    ],
)  # fmt: skip
def test_a_figure_is_read_as_people_write_it(text, figure):
    assert read_number(text) == D(figure)


@pytest.mark.requirement("D2")
@pytest.mark.parametrize(
    "text",
    ["10.000", "250.000", "999.999", "00.125", "1 2345", "1234 567", "1 23", "12  345", "5.", ".5", "5 .5", "5.5.5", "5x", "x5", "5,x", "", "1.500", "1,234", "1,234,56", "12,5,0", "1.234,56", "1,234.56", "12 34", "٣", "1e3", "-1", "NaN", "1’234"],
)  # fmt: skip
def test_what_could_mean_two_things_is_refused(text):
    with pytest.raises(Unreadable):
        read_number(text)


@pytest.mark.parametrize("text", ["-1", "\u22121 234,50", "- 5"])
def test_a_minus_sign_is_told_as_such(text):
    with pytest.raises(Negative) as refused:
        read_number(text)
    assert refused.value.said == NEGATIVE


@pytest.mark.parametrize("text", ["--1", "-1,234,5", "-x", "+5", "x5", "−", "55 5"])
def test_what_is_no_figure_beside_its_sign_is_unreadable(text):
    with pytest.raises(Unreadable) as refused:
        read_number(text)
    assert type(refused.value) is Unreadable


class Spending(forms.Form):
    amount = FigureField(min_value=D("0.01"))


@pytest.mark.parametrize(
    ("typed", "valid"), [("12,50", True), ("250.000", False), ("1.5000", False), ("0", False), ("", False)]
)
def test_a_form_says_no_and_keeps_what_was_typed(typed, valid):
    form = Spending({"amount": typed})
    assert form.is_valid() is valid
    assert form["amount"].value() == typed


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0), ("7", 7), ("0042", 42), ("12345678", 12345678), ("99999999", 99999999), ("123456789", None), ("000000001", None),
        ("", None), ("-1", None), ("+1", None), ("1.5", None), ("x", None), (" 1", None), ("٣", None), ("²", None),
    ],
)  # fmt: skip
def test_a_count_from_an_address_is_digits_alone_and_at_most_eight(text, number):
    assert counted(text) == number


def test_what_is_no_figure_is_told_its_writer():
    assert (Unreadable.said, Negative.said) == (UNREADABLE, NEGATIVE)
    for typed, said in (("10.000", UNREADABLE), ("-5", NEGATIVE), ("ten", UNREADABLE)):
        with pytest.raises(ValidationError) as refused:
            FigureField().clean(typed)
        assert [(error.message, error.code) for error in refused.value.error_list] == [(said, "unreadable")]


def test_a_figure_has_fifteen_digits_and_two_decimals_unless_said_otherwise():
    field = FigureField()
    assert (field.max_digits, field.decimal_places, type(field.widget)) == (15, 2, MoneyInput)
    assert field.clean("9 999 999 999 999.99") == D("9999999999999.99")
    for typed, code in (("99999999999999.99", "max_digits"), ("5.1234", "max_decimal_places")):
        with pytest.raises(ValidationError) as refused:
            field.clean(typed)
        assert [error.code for error in refused.value.error_list] == [code]
    other = FigureField(max_digits=4, decimal_places=1, widget=forms.TextInput)
    assert (other.max_digits, other.decimal_places, type(other.widget)) == (4, 1, forms.TextInput)


@pytest.mark.parametrize("nothing", ["", None])
def test_nothing_typed_is_nothing_where_nothing_is_needed(nothing):
    assert FigureField(required=False).clean(nothing) is None
    with pytest.raises(ValidationError) as refused:
        FigureField().clean(nothing)
    assert refused.value.code == "required"


def test_spaces_alone_are_no_number():
    with pytest.raises(ValidationError) as refused:
        FigureField(required=False).clean("  ")
    assert refused.value.code == "invalid"


def test_a_figure_that_is_one_already_is_taken_and_shown_in_full():
    assert FigureField().clean(D("5.25")) == D("5.25")
    assert FigureField().clean(7) == D(7)
    shown = [FigureField().prepare_value(value) for value in (D("1E+3"), D("0.10"), "1 000", None)]
    assert shown == ["1000", "0.10", "1 000", None]
