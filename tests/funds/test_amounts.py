"""Reading, rounding and converting amounts: exact, and nothing guessed at."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.core.numbers import Unreadable
from funds.contributions import amounts
from funds.models import Rate

D = Decimal
READ = [
    ("250000", D("250000")),
    ("250000.5", D("250000.5")),
    ("250000,50", D("250000.50")),
    (" 250 000.50 ", D("250000.50")),
    ("250\u00a0000,50", D("250000.50")),
    ("250\u202f000", D("250000")),
    ("0", D("0")),
]
UNREADABLE = [
    "1.234,56",
    "1,234.56",
    "1,234",
    "1.234",
    "10.000",
    "250.000",
    "1.500",
    "12 34",
    "-5",
    "+5",
    "1e6",
    "NaN",
    "Infinity",
    "1.",
    ".5",
    "ten",
    "",
    "$5",
    "1 234 56",
]


@pytest.mark.parametrize(("text", "amount"), READ)
def test_amount_is_read_as_people_type_it(text, amount):
    assert amounts.read_amount(text) == amount


@pytest.mark.parametrize("text", UNREADABLE)
def test_amount_that_could_mean_two_things_is_not_guessed_at(text):
    with pytest.raises(Unreadable):
        amounts.read_amount(text)


@pytest.mark.requirement("D2")
@pytest.mark.parametrize(
    ("currency", "fits", "too_fine"), [("JPY", "5", "5.1"), ("USD", "5.11", "5.111"), ("KWD", "5.111", "5.1111")]
)
def test_currency_has_its_own_minor_unit(currency, fits, too_fine):
    amounts.check_precision(D(fits), currency)
    with pytest.raises(amounts.TooPrecise):
        amounts.check_precision(D(too_fine), currency)


def test_amount_read_for_a_currency_has_no_more_decimals_than_that():
    assert amounts.read_amount("5.1111") == D("5.1111")
    assert amounts.read_amount("5.11", currency="USD") == D("5.11")
    with pytest.raises(amounts.TooPrecise):
        amounts.read_amount("5.1", currency="JPY")


def test_zeros_behind_the_smallest_unit_are_no_parts_of_it():
    amounts.check_precision(D("5.1100"), "USD")
    amounts.check_precision(D("20"), "USD")


def test_currencies_are_those_that_people_pay_in():
    assert {"USD", "EUR", "JPY", "KWD"} < amounts.currencies()
    assert amounts.currencies() & {"XTS", "XXX", "XQZ", "usd", ""} == frozenset()


def test_amounts_have_twelve_digits_before_the_sign_and_rates_the_decimals_that_are_kept():
    assert amounts.LARGEST + D("0.001") == D(10) ** 12
    assert Rate._meta.get_field("units_per_usd").decimal_places == amounts.RATE_DECIMALS


@pytest.mark.requirement("D2")
@pytest.mark.parametrize(
    ("thousandths", "cents"),
    [("1.004", "1.00"), ("1.005", "1.01"), ("1.006", "1.01"), ("1.014", "1.01"), ("1.015", "1.02"), ("1.051", "1.05")],
)
def test_half_a_cent_is_rounded_up(thousandths, cents):
    assert amounts.to_usd(D(thousandths), D(1)) == D(cents)
    assert amounts.in_proportion(D(thousandths), D(3), D(3)) == D(cents)
    assert amounts.fee_on(D(thousandths), D(100)) == D(cents)


@pytest.mark.requirement("D2")
def test_half_a_cent_of_a_part_is_rounded_up():
    assert amounts.to_usd(D("1"), D("8")) == D("0.13")
    assert amounts.in_proportion(D("1.00"), D(1), D(8)) == D("0.13")
    assert amounts.in_proportion(D("-1.00"), D(1), D(8)) == D("-0.13")
    assert amounts.fee_on(D("0.50"), D("1.00")) == D("0.01")
    assert amounts.fee_on(D("0.49"), D("1.00")) == D("0.00")
    assert amounts.fee_on(D("12345.00"), D("1.50")) == D("185.18")


def test_conversion_keeps_full_precision_until_the_cent():
    assert amounts.to_usd(D("10000000"), D("6.160297")) == D("1623298.36")


@given(st.integers(0, 10**14), st.sampled_from(["JPY", "USD", "SEK", "KWD"]))
def test_amount_written_is_read_back(units, currency):
    amount = D(units).scaleb(-amounts.minor_digits(currency))
    text = amounts.written(amount, currency)
    assert amounts.read_amount(text, currency=currency) == amount


def test_part_of_an_amount_is_in_proportion():
    assert amounts.in_proportion(D("100.00"), D("1"), D("3")) == D("33.33")
    assert amounts.in_proportion(D("1250.00"), D("600"), D("1000")) == D("750.00")
