"""Pledges: promises in the donor's own currency, never money."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from alliance.core import clock
from alliance.core.errors import KeyReused, NotAllowed, OutOfState, Refused
from alliance.people.models import Role
from alliance.register.models import RegisterEntry
from funds.models import Account, Pledge, Posting, Window
from funds.operations.pledges import accept_as_paid, acknowledge_pledge, cancel_pledge, record_pledge, write_off_pledge
from tests.funds.factories import (
    PLEDGED_ON,
    make_agreement,
    make_deposit,
    make_donor,
    make_pledge,
    make_rate,
    make_window,
)

D = Decimal


@pytest.mark.requirement("R56")
def test_pledge_raises_no_balance(donor):
    make_pledge(donor)
    assert Posting.objects.count() == 0
    assert {account.balance for account in Account.objects.all()} == {D(0)}


@pytest.mark.requirement("R56", "D2")
def test_pledge_keeps_own_amount_rate_its_day_and_source(donor):
    make_rate("SEK", date(2008, 3, 4), "6.10")
    pledge = make_pledge(donor, amount=D("10000000"), currency="SEK")
    assert (pledge.amount, pledge.currency, pledge.rate, pledge.rate_on) == (
        D("10000000"),
        "SEK",
        D("6.10"),
        date(2008, 3, 4),
    )
    assert pledge.amount_usd == D("1639344.26")
    assert pledge.rate_source == "test table"


def test_rate_of_long_ago_is_no_rate_of_the_day(donor):
    with pytest.raises(Refused, match="no rate of exchange for SEK") as refusal:
        make_pledge(donor, amount=D(5), currency="SEK", pledged_on=date(2010, 3, 10))
    assert refusal.value.field == "currency"


BAD = [
    ({"amount": D(0)}, "amount"),
    ({"amount": D("-5")}, "amount"),
    ({"amount": D("5.001")}, "amount"),
    ({"amount": D("1e15")}, "amount"),
    ({"amount": D("NaN")}, "amount"),
    ({"currency": "XYZ"}, "currency"),
    ({"currency": "usd"}, "currency"),
    ({"currency": "EUR", "amount": D("0.001")}, "amount"),
]


@pytest.mark.parametrize(("values", "field"), BAD, ids=[str(v) for v, _ in BAD])
def test_bad_input_is_refused_by_its_field(donor, values, field):
    with pytest.raises(Refused) as refusal:
        make_pledge(donor, **values)
    assert refusal.value.field == field
    assert Pledge.objects.count() == 0


def test_future_pledge_is_refused(donor):
    with pytest.raises(Refused, match="future") as refusal:
        make_pledge(donor, pledged_on=clock.today() + timedelta(days=1))
    assert refusal.value.field == "pledged_on"


def test_amount_worth_less_than_a_cent_is_refused(donor):
    make_rate("KRW", PLEDGED_ON, "1000")
    with pytest.raises(Refused, match="less than one cent"):
        make_pledge(donor, amount=D(1), currency="KRW")


def test_pledge_to_a_closed_window_is_refused(donor):
    Window.objects.filter(code="W1").update(status="closed")
    with pytest.raises(Refused, match="closed"):
        make_pledge(donor, window=make_window("W1"))


WHO = [
    ("donor", True), ("rival_donor", False), ("agency", False), ("member", False), ("reviewer", False), ("officer", True),
    ("finance_officer", True), ("head", True), ("auditor", False), ("forum_chair", False),
]  # fmt: skip


@pytest.mark.parametrize(("key", "allowed"), WHO)
def test_only_own_contributors_and_the_secretariat_pledge(people, key, allowed):
    donor = make_donor()
    if allowed:
        assert make_pledge(people[key], donor=donor).noted_by == people[key]
    else:
        with pytest.raises(NotAllowed):
            make_pledge(people[key], donor=donor)


@pytest.mark.parametrize("key", ["donor", "rival_donor", "agency", "member", "auditor"])
def test_only_the_secretariat_acknowledges(people, key):
    pledge = make_pledge(people["donor"])
    with pytest.raises(NotAllowed):
        acknowledge_pledge(by=people[key], pledge=pledge)


def test_acknowledged_pledge_is_public_and_its_entry_too(donor, officer):
    pledge = acknowledge_pledge(by=officer, pledge=make_pledge(donor))
    assert (pledge.state, pledge.acknowledged_by, pledge.is_public) == ("acknowledged", officer, True)
    kinds = dict(RegisterEntry.objects.filter(kind__startswith="pledge.").values_list("kind", "public_from"))
    assert kinds["pledge.recorded/1"] is None
    assert kinds["pledge.acknowledged/1"] is not None


def test_pledge_is_acknowledged_once(donor, officer):
    pledge = make_pledge(donor, acknowledged_by=officer)
    with pytest.raises(OutOfState):
        acknowledge_pledge(by=officer, pledge=pledge)


@pytest.mark.requirement("D8")
def test_same_form_twice_makes_one_pledge(donor):
    values = {"donor": make_donor(), "amount": D(5), "currency": "USD", "pledged_on": PLEDGED_ON}
    first = record_pledge(by=donor, key="k1", **values)
    assert record_pledge(by=donor, key="k1", **values) == first
    assert Pledge.objects.count() == 1


@pytest.mark.requirement("D8")
def test_same_form_with_other_content_is_refused(donor):
    values = {"donor": make_donor(), "currency": "USD", "pledged_on": PLEDGED_ON}
    record_pledge(by=donor, key="k1", amount=D(5), **values)
    with pytest.raises(KeyReused):
        record_pledge(by=donor, key="k1", amount=D(6), **values)


def test_cancelled_pledge_says_why_and_stays(donor):
    pledge = cancel_pledge(by=donor, pledge=make_pledge(donor), why="the budget was cut")
    assert (pledge.state, pledge.cancelled_why) == ("cancelled", "the budget was cut")


def test_pledge_is_not_cancelled_without_a_reason(donor):
    with pytest.raises(Refused, match="why"):
        cancel_pledge(by=donor, pledge=make_pledge(donor), why="  ")


@pytest.mark.parametrize("key", ["rival_donor", "finance_officer", "agency", "auditor"])
def test_pledge_is_cancelled_by_its_signatory_or_the_secretariat(people, key):
    pledge = make_pledge(people["donor"])
    with pytest.raises(NotAllowed):
        cancel_pledge(by=people[key], pledge=pledge, why="no")


def test_pledge_with_an_agreement_is_not_cancelled(donor, officer, finance_officer):
    pledge = make_pledge(donor, acknowledged_by=officer)
    make_agreement(finance_officer, pledge=pledge)
    with pytest.raises(OutOfState, match="stands on this pledge"):
        cancel_pledge(by=donor, pledge=pledge, why="no")


def test_pledge_is_paid_in_its_own_currency(donor, officer, finance_officer):
    make_rate("SEK", date(2008, 3, 1), "6")
    make_rate("SEK", date(2008, 5, 1), "8")
    pledge = make_pledge(donor, acknowledged_by=officer, amount=D(6000), currency="SEK")
    make_deposit(finance_officer, pledge=pledge, amount=D(5999), currency="SEK")
    pledge.refresh_from_db()
    assert pledge.settled_on is None
    make_deposit(finance_officer, pledge=pledge, amount=D(1), currency="SEK")
    pledge.refresh_from_db()
    assert pledge.settled_on == date(2008, 5, 5)


def test_pledge_a_little_short_can_be_accepted_as_paid(donor, officer, finance_officer):
    pledge = make_pledge(donor, acknowledged_by=officer)
    make_deposit(finance_officer, pledge=pledge, amount=D("9985.00"), currency="USD")
    assert accept_as_paid(by=finance_officer, pledge=pledge, on=date(2008, 6, 1)).settled_on == date(2008, 6, 1)


def test_pledge_without_money_is_not_accepted_as_paid(donor, officer, finance_officer):
    with pytest.raises(Refused, match="Nothing was received"):
        accept_as_paid(by=finance_officer, pledge=make_pledge(donor, acknowledged_by=officer), on=PLEDGED_ON)


def test_write_off_takes_what_is_owed_and_no_more(donor, officer, finance_officer):
    pledge = make_pledge(donor, acknowledged_by=officer)
    make_deposit(finance_officer, pledge=pledge, amount=D(4000), currency="USD")
    with pytest.raises(Refused, match=r"USD.6,000\.00"):
        write_off_pledge(by=finance_officer, pledge=pledge, on=PLEDGED_ON, amount_usd=D("6000.01"))
    pledge = write_off_pledge(by=finance_officer, pledge=pledge, on=PLEDGED_ON)
    assert (pledge.state, pledge.written_off_usd) == ("written_off", D("6000.00"))


def test_part_of_a_pledge_is_written_off_and_the_rest_stays_owed(donor, officer, head):
    pledge = make_pledge(donor, acknowledged_by=officer)
    pledge = write_off_pledge(by=head, pledge=pledge, on=PLEDGED_ON, amount_usd=D(1000))
    assert (pledge.state, pledge.written_off_usd) == ("acknowledged", D("1000.00"))


def test_the_table_of_moves_and_the_permissions_agree(people):
    """Who the table names for acknowledging is who may, by role."""
    named = set(Pledge.TRANSITIONS["acknowledge"].who)
    assert named == {Role.OFFICER, Role.FINANCE_OFFICER, Role.HEAD}
