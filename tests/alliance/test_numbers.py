"""Figures that people type: one reader for every form."""

from decimal import Decimal

import pytest
from django import forms

from alliance.core.numbers import NEGATIVE, FigureField, Negative, Unreadable, read_number

D = Decimal


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("1234.50", "1234.50"), ("1234,50", "1234.50"), ("1 234,50", "1234.50"), ("1\u202f234\u00a0567.8", "1234567.8"),
        ("0,125", "0.125"), ("0.646203", "0.646203"), ("7.1234", "7.1234"), ("1234.500", "1234.500"), (" 5 ", "5"),
    ],
)  # fmt: skip
def test_a_figure_is_read_as_people_write_it(text, figure):
    assert read_number(text) == D(figure)


@pytest.mark.requirement("D2")
@pytest.mark.parametrize(
    "text",
    ["10.000", "250.000", "1.500", "1,234", "1,234,56", "12,5,0", "1.234,56", "1,234.56", "12 34", "٣", "1e3", "-1", "NaN", "1’234"],
)  # fmt: skip
def test_what_could_mean_two_things_is_refused(text):
    with pytest.raises(Unreadable):
        read_number(text)


@pytest.mark.parametrize("text", ["-1", "\u22121 234,50", "- 5"])
def test_a_minus_sign_is_told_as_such(text):
    with pytest.raises(Negative) as refused:
        read_number(text)
    assert refused.value.said == NEGATIVE


@pytest.mark.parametrize("text", ["--1", "-1,234,5", "-x"])
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
