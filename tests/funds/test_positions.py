"""Where a pledge stands: settled in its own currency, whatever the dollars say."""

from dataclasses import dataclass
from decimal import Decimal

import pytest

from funds.contributions.positions import Position, position, received_in_own_currency

D = Decimal


@dataclass
class Promise:
    amount: Decimal | None
    currency: str
    amount_usd: Decimal
    state: str = "acknowledged"
    is_settled: bool = False
    written_off_usd: Decimal | None = None


@dataclass
class Receipt:
    amount: Decimal | None
    currency: str
    amount_usd: Decimal


def promise(amount="1000", currency="EUR", usd="1250.00", **more):
    return Promise(D(amount) if amount else None, currency, D(usd), **more)


def receipt(amount="1000", currency="EUR", usd="1300.00"):
    return Receipt(D(amount) if amount else None, currency, D(usd))


def test_nothing_received_owes_everything():
    assert position(promise(), []) == Position(D("1250.00"), D(0), D("1250.00"))


@pytest.mark.requirement("R56")
def test_paid_in_own_currency_owes_nothing_whatever_the_dollars():
    paid = position(promise(is_settled=True), [receipt(usd="1199.99")])
    assert paid == Position(D("1250.00"), D("1199.99"), D(0), D(0), D("-50.01"))


def test_partly_paid_owes_the_rest_of_its_own_currency_at_the_pledges_rate():
    half = position(promise(), [receipt("400", usd="600.00")])
    assert half == Position(D("1250.00"), D("600.00"), D("750.00"))


def test_more_of_the_same_currency_is_an_overpayment_and_the_rest_an_exchange_difference():
    more = position(promise(is_settled=True), [receipt("1100", usd="1430.00")])
    assert more == Position(D("1250.00"), D("1430.00"), D(0), D("130.00"), D("50.00"))


def test_more_dollars_than_promised_dollars_is_an_overpayment_alone():
    more = position(promise("1000", "USD", "1000.00", is_settled=True), [receipt("1019.20", "USD", "1019.20")])
    assert more == Position(D("1000.00"), D("1019.20"), D(0), D("19.20"), D("0.00"))


def test_unknown_own_amount_of_a_paid_pledge_is_an_exchange_difference():
    paid = position(promise(None, is_settled=True), [receipt(None)])
    assert paid == Position(D("1250.00"), D("1300.00"), D(0), D(0), D("50.00"))


def test_unknown_own_amount_of_an_open_pledge_owes_the_dollars_left():
    assert position(promise(None), [receipt(None, usd="300.00")]).pledged_unpaid == D("950.00")


def test_money_in_another_currency_makes_no_overpayment():
    paid = position(promise(is_settled=True), [receipt("5000", "ZAR", "1250.00")])
    assert (paid.overpaid, paid.exchange_difference) == (D(0), D("0.00"))


@pytest.mark.requirement("R56")
def test_deposits_in_two_currencies_are_never_added_and_leave_the_dollars_owed():
    mixed = [receipt("400", usd="500.00"), receipt("300", "USD", "300.00")]
    assert received_in_own_currency(promise(), mixed) is None
    assert position(promise(), mixed) == Position(D("1250.00"), D("800.00"), D("450.00"))
    assert position(promise(is_settled=True), mixed) == Position(D("1250.00"), D("800.00"), D(0), D(0), D("-450.00"))


def test_a_deposit_of_unknown_amount_leaves_the_dollars_owed():
    unknown = [receipt("400", usd="500.00"), receipt(None, usd="300.00")]
    assert received_in_own_currency(promise(), unknown) is None
    assert position(promise(), unknown) == Position(D("1250.00"), D("800.00"), D("450.00"))
    assert position(promise(), [receipt("5000", usd="500.00"), receipt(None, usd="300.00")]).overpaid == D(0)


def test_deposits_in_the_promised_currency_are_added_whatever_iterable_they_come_in():
    both = [receipt("400", usd="500.00"), receipt("300", usd="380.00")]
    assert received_in_own_currency(promise(), iter(both)) == D(700)
    assert received_in_own_currency(promise(), []) == D(0)
    assert received_in_own_currency(promise(None), both) is None
    assert position(promise(), iter(both)) == Position(D("1250.00"), D("880.00"), D("375.00"))


def test_more_than_was_promised_owes_nothing_before_it_is_settled():
    more = position(promise(), [receipt("1100", usd="1100.00")])
    assert more == Position(D("1250.00"), D("1100.00"), D(0), D("100.00"))
    assert position(promise(None), [receipt(None, usd="1300.00")]).pledged_unpaid == D(0)


def test_a_pledge_settled_short_of_its_amount_owes_nothing():
    short = position(promise(is_settled=True), [receipt("995", usd="1200.00")])
    assert short == Position(D("1250.00"), D("1200.00"), D(0), D(0), D("-43.75"))


def test_cancelled_pledge_is_no_promise_and_keeps_what_came():
    assert position(promise(state="cancelled"), []) == Position()
    assert position(promise(state="cancelled", is_settled=True), [receipt("400", usd="500.00")]) == Position(
        received=D("500.00")
    )


def test_written_off_pledge_owes_nothing():
    assert position(promise(state="written_off", written_off_usd=D("1250.00")), []).pledged_unpaid == D(0)
    assert position(promise(state="written_off"), [receipt("400", usd="500.00")]).pledged_unpaid == D(0)


def test_part_written_off_is_not_owed():
    assert position(promise(written_off_usd=D("250.00")), []).pledged_unpaid == D("1000.00")
    assert position(promise(written_off_usd=D("1250.01")), []).pledged_unpaid == D(0)


def test_positions_add_up_column_by_column():
    assert Position(D(1), D(2), D(3), D(4), D(5)).plus(Position(D(1), D(1), D(1), D(1), D(1))) == Position(
        2, 3, 4, 5, 6
    )
