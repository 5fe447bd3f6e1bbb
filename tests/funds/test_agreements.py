"""Contribution agreements and instalments: signed is not received."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from alliance.core import clock
from alliance.core.errors import NotAllowed, OutOfState, Refused
from funds.models import Agreement, Posting
from funds.operations.agreements import cancel_agreement
from tests.funds.factories import SIGNED_ON, make_agreement, make_deposit, make_donor, make_pledge, make_rate

D = Decimal


@pytest.mark.requirement("R56")
def test_agreement_is_not_cash(finance_officer):
    make_agreement(finance_officer)
    assert Posting.objects.count() == 0


def test_fee_is_one_per_cent_unless_agreed_otherwise(finance_officer):
    assert make_agreement(finance_officer).fee_percent == D("1.00")
    assert make_agreement(finance_officer, fee_percent=D("0.50")).fee_percent == D("0.50")


@pytest.mark.parametrize("key", ["donor", "agency", "officer", "head", "auditor", "member"])
def test_only_finance_officers_record_agreements(people, key):
    with pytest.raises(NotAllowed):
        make_agreement(people[key])


def test_agreement_stands_on_an_acknowledged_pledge(donor, finance_officer):
    with pytest.raises(OutOfState, match="acknowledged"):
        make_agreement(finance_officer, pledge=make_pledge(donor))


def test_agreement_is_in_its_pledges_currency(donor, officer, finance_officer):
    make_rate("EUR", SIGNED_ON, "0.64")
    with pytest.raises(Refused, match="settled in its own currency") as refusal:
        make_agreement(finance_officer, pledge=make_pledge(donor, acknowledged_by=officer), currency="EUR")
    assert refusal.value.field == "currency"


def test_agreement_is_its_pledges_donors(donor, officer, finance_officer):
    pledge = make_pledge(donor, acknowledged_by=officer)
    with pytest.raises(Refused, match="another donor"):
        make_agreement(finance_officer, pledge=pledge, donor=make_donor("switzerland-sdc"))


def test_agreement_before_its_pledge_is_refused(donor, officer, finance_officer):
    pledge = make_pledge(donor, acknowledged_by=officer)
    with pytest.raises(Refused, match="before the pledge") as refusal:
        make_agreement(finance_officer, pledge=pledge, signed_on=date(2008, 3, 9))
    assert refusal.value.field == "signed_on"


def test_future_agreement_is_refused(finance_officer):
    with pytest.raises(Refused, match="future"):
        make_agreement(finance_officer, signed_on=clock.today() + timedelta(days=1))


INSTALMENTS = [
    ([(date(2008, 5, 1), D(4000))], "add up"),
    ([(date(2008, 9, 1), D(4000)), (date(2008, 5, 1), D(6000))], "in order"),
    ([(date(2008, 4, 9), D(10000))], "from the day of signature"),
    ([(date(2008, 5, 1), D(-1)), (date(2008, 6, 1), D(10001))], "more than zero"),
]


@pytest.mark.parametrize(("due", "why"), INSTALMENTS)
def test_instalments_that_do_not_fit_are_refused(finance_officer, due, why):
    with pytest.raises(Refused, match=why):
        make_agreement(finance_officer, instalments=due)
    assert Agreement.objects.count() == 0


@pytest.mark.parametrize("fee", ["-0.01", "100"])
def test_fee_that_is_no_part_is_refused(finance_officer, fee):
    with pytest.raises(Refused, match="percentage"):
        make_agreement(finance_officer, fee_percent=D(fee))


def test_cancelled_agreement_takes_no_deposit_and_keeps_those_it_had(finance_officer, head):
    agreement = make_agreement(finance_officer)
    make_deposit(finance_officer, agreement=agreement, amount=D(10))
    cancel_agreement(by=head, agreement=agreement, why="the donor withdrew")
    with pytest.raises(OutOfState, match="cancelled"):
        make_deposit(finance_officer, agreement=agreement, amount=D(10))
    assert agreement.deposits.count() == 1


def test_agreement_is_not_cancelled_without_a_reason(finance_officer):
    with pytest.raises(Refused, match="why"):
        cancel_agreement(by=finance_officer, agreement=make_agreement(finance_officer), why="")
