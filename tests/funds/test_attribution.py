"""Splitting money: in whole cents, by largest remainder, never more than is held."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funds.ledger.attribution import Holding, Portion, apportioned, cents, portions, prorated, split

D = Decimal
amounts = st.integers(min_value=0, max_value=10**12).map(lambda c: D(c) / 100)


def holdings(*parts: str) -> list[Holding[str]]:
    return [Holding(chr(97 + n), D(part), n) for n, part in enumerate(parts)]


@pytest.mark.requirement("R54")
def test_three_donors_shares_add_up_to_the_total():
    assert split(D("100.00"), holdings("1.00", "1.00", "1000.00")) == {"a": D("0.10"), "b": D("0.10"), "c": D("99.80")}


def test_tie_goes_to_the_oldest():
    assert split(D("0.01"), holdings("5.00", "5.00")) == {"a": D("0.01")}
    assert split(D("0.02"), holdings("5.00", "5.00", "5.00")) == {"a": D("0.01"), "b": D("0.01")}


def test_larger_remainder_goes_before_age():
    assert split(D("0.10"), holdings("1.00", "2.00")) == {"a": D("0.03"), "b": D("0.07")}


def test_more_than_is_held_is_refused():
    with pytest.raises(ValueError, match=r"10.01 of 10.00"):
        split(D("10.01"), holdings("4.00", "6.00"))


def test_less_than_nothing_is_refused():
    with pytest.raises(ValueError, match=r"^-0.01 of 10.00$"):
        split(D("-0.01"), holdings("4.00", "6.00"))


def test_any_amount_of_either_sign_is_apportioned_however_large():
    assert apportioned(D("30.00"), holdings("1.00", "2.00")) == {"a": D("10.00"), "b": D("20.00")}
    assert apportioned(D("-0.10"), holdings("1.00", "2.00")) == {"a": D("-0.03"), "b": D("-0.07")}
    assert apportioned(D("-0.01"), holdings("0.01")) == {"a": D("-0.01")}
    assert apportioned(D("0.01"), holdings("0.01")) == {"a": D("0.01")}


@pytest.mark.parametrize("held", [(), ("0.00",), ("0.00", "0.00")])
def test_an_amount_of_nothing_is_refused(held):
    assert apportioned(D("0.00"), holdings(*held)) == {}
    with pytest.raises(ValueError, match=r"^0.01 of nothing$"):
        apportioned(D("0.01"), holdings(*held))


def test_parts_of_a_cent_are_refused():
    with pytest.raises(ValueError, match="parts of a cent"):
        cents(D("0.005"))


def test_nothing_splits_into_nothing():
    assert split(D("0.00"), holdings("5.00")) == {}


@given(st.lists(amounts, min_size=1, max_size=30), st.data())
def test_parts_sum_exactly_and_never_exceed_their_holding(parts, data):
    held = [Holding(n, part, n) for n, part in enumerate(parts)]
    total = sum(parts)
    amount = D(data.draw(st.integers(0, int(total * 100)))) / 100
    shares = split(amount, held)
    assert sum(shares.values()) == amount
    assert all(D(0) < share <= parts[n] for n, share in shares.items())


@given(st.lists(amounts, min_size=2, max_size=8).filter(sum))
def test_splitting_everything_gives_everyone_what_they_hold(parts):
    held = [Holding(n, part, n) for n, part in enumerate(parts)]
    assert split(sum(parts), held) == {n: part for n, part in enumerate(parts) if part}


def test_percentages_prorate_with_the_odd_cent_to_the_largest_remainder():
    assert prorated(D("100.00"), {"O1": D(33), "O2": D(33), "O3": D(34)}) == {"O1": D(33), "O2": D(33), "O3": D(34)}
    assert prorated(D("0.02"), {"O1": D(50), "O2": D(25), "O3": D(25)}) == {
        "O1": D("0.01"),
        "O2": D("0.01"),
        "O3": D("0"),
    }


@given(amounts, st.lists(st.integers(1, 100), min_size=1, max_size=5))
def test_prorated_parts_sum_exactly(amount, weights):
    parts = prorated(amount, {n: D(w) for n, w in enumerate(weights)})
    assert sum(parts.values()) == amount


def test_weights_of_nothing_are_refused():
    for weights in ({}, {"O1": D(0)}):
        with pytest.raises(ValueError, match="no weight"):
            prorated(D("1.00"), weights)


def test_an_odd_cent_of_equal_weights_goes_to_the_first():
    assert prorated(D("0.01"), {"b": D(1), "a": D(1)}) == {"b": D("0.01"), "a": D("0.00")}
    assert list(prorated(D("0.01"), {"b": D(1), "a": D(1)})) == ["b", "a"]


# A project's money by source

OLDEST_FIRST = ["sweden", "interest", "norway", "chile"]


def parts_of(held, given, *, transferred, spent):
    found = portions(OLDEST_FIRST, held, given, transferred=D(transferred), spent=D(spent))
    return [(source, *map(str, part)) for source, part in found.items()]


@pytest.mark.requirement("R54")
def test_sources_share_what_was_sent_and_spent_by_what_they_hold_after_releases():
    """Norway gave as much as Sweden, and three quarters of it were released again."""
    held, given = {"norway": D("25.00"), "sweden": D("100.00")}, {"norway": D("100.00"), "sweden": D("100.00")}
    assert parts_of(held, given, transferred="50.00", spent="10.01") == [
        ("sweden", "100.00", "40.00", "8.01"),
        ("norway", "25.00", "10.00", "2.00"),
    ]


@pytest.mark.requirement("R54")
def test_sources_that_hold_nothing_any_more_share_by_what_they_gave():
    held, given = {"sweden": D("0.00"), "norway": D("0.00")}, {"sweden": D("30.00"), "norway": D("10.00")}
    assert parts_of(held, given, transferred="8.00", spent="-0.04") == [
        ("sweden", "0.00", "6.00", "-0.03"),
        ("norway", "0.00", "2.00", "-0.01"),
    ]


def test_a_source_without_any_part_of_a_project_is_left_out():
    held = {"sweden": D("0.00"), "norway": D("0.01"), "chile": D("5.00")}
    assert parts_of(held, {}, transferred="0.00", spent="5.01") == [
        ("norway", "0.01", "0.00", "0.01"),
        ("chile", "5.00", "0.00", "5.00"),
    ]
    assert parts_of({}, {}, transferred="0.00", spent="0.00") == []


def test_a_tie_of_sources_goes_to_the_oldest():
    held = {"chile": D("1.00"), "norway": D("1.00"), "interest": D("1.00")}
    assert portions(OLDEST_FIRST, held, {}, transferred=D("0.01"), spent=D("0.02")) == {
        "interest": Portion(D("1.00"), D("0.01"), D("0.01")),
        "norway": Portion(D("1.00"), D("0.00"), D("0.01")),
        "chile": Portion(D("1.00"), D("0.00"), D("0.00")),
    }
