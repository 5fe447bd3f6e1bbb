"""Deposits: cash, valued at its day, posted with its fee, or not at all."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from alliance.core import clock
from alliance.core.errors import NotAllowed, OutOfState, Refused
from funds.models import Account, Deposit, Donor, Posting, Source, Stake, Window
from funds.operations.deposits import preview_deposit
from funds.operations.fund import set_window_status
from funds.statements.funding_status import funding_status
from tests.funds.factories import fund_in, make_agreement, make_deposit, make_donor, make_pledge, make_window

D = Decimal


@pytest.mark.requirement("R56")
def test_receipt_raises_the_balance_at_the_booked_rate_less_the_fee(donor, officer, finance_officer):
    pledge = make_pledge(donor, acknowledged_by=officer, currency="USD", amount=D(1000), window=make_window("W1"))
    assert Account.objects.get(code="pool:W1").balance == D(0)
    make_deposit(finance_officer, donor=pledge.donor, amount=D(6000000), currency="SEK", window=make_window("W1"))
    assert Account.objects.get(code="pool:W1").balance == D("991374.05") - D("9913.74")


def test_deposit_and_fee_are_one_entry_of_two_postings(finance_officer):
    deposit = make_deposit(finance_officer)
    lines = Posting.objects.filter(entry_id=deposit.entry_id).order_by("line")
    assert [(p.debit.code, p.credit.code, p.amount) for p in lines] == [
        ("pool:GEN", "donor:sweden-mfa", D("10000.00")),
        ("fee", "pool:GEN", D("100.00")),
    ]


def test_unearmarked_deposit_goes_to_the_general_pool(finance_officer):
    assert make_deposit(finance_officer).window.code == "GEN"


@pytest.mark.requirement("D2")
def test_fee_is_rounded_once_per_deposit(finance_officer):
    fees = [make_deposit(finance_officer, amount=D("0.50")).fee_usd for _ in range(3)]
    assert fees == [D("0.01")] * 3
    assert Account.objects.get(code="fee").balance == D("0.03")


def test_no_fee_is_no_posting(finance_officer):
    deposit = make_deposit(finance_officer, agreement=make_agreement(finance_officer, fee_percent=D(0)))
    assert Posting.objects.filter(entry_id=deposit.entry_id).count() == 1


def test_rate_of_the_bank_is_kept_with_its_source(finance_officer):
    deposit = make_deposit(
        finance_officer, amount=D(100), currency="NOK", rate=D("5.125"), rate_source="Bank advice 12"
    )
    assert (deposit.amount_usd, deposit.rate, deposit.rate_source) == (D("19.51"), D("5.125"), "Bank advice 12")


def test_rate_without_a_source_is_refused(finance_officer):
    with pytest.raises(Refused, match="where this rate comes from"):
        make_deposit(finance_officer, amount=D(100), currency="NOK", rate=D("5.125"))


def test_instalments_are_paid_in_order_part_and_over(finance_officer):
    agreement = make_agreement(finance_officer, instalments=[(date(2008, 5, 1), D(4000)), (date(2008, 9, 1), D(6000))])
    parts = [make_deposit(finance_officer, agreement=agreement, amount=D(n)) for n in (1000, 3500, 5500)]
    assert [part.instalment.number for part in parts] == [1, 1, 2]
    agreement.refresh_from_db()
    assert (agreement.state, agreement.completed_on) == ("completed", date(2008, 5, 5))


def test_more_than_agreed_is_taken_and_shown_as_overpaid(donor, officer, finance_officer):
    from funds.contributions.positions import position

    pledge = make_pledge(donor, acknowledged_by=officer)
    agreement = make_agreement(finance_officer, pledge=pledge)
    make_deposit(finance_officer, agreement=agreement, amount=D(10500))
    pledge.refresh_from_db()
    assert position(pledge, pledge.deposits.all()).overpaid == D("500.00")


@pytest.mark.requirement("R102")
def test_donor_moves_along_the_pipeline_with_its_acts(donor, officer, finance_officer):
    stages = [make_donor().stage]
    pledge = make_pledge(donor, acknowledged_by=officer)
    stages.append(Donor.objects.get(pk=pledge.donor_id).stage)
    agreement = make_agreement(finance_officer, pledge=pledge)
    stages.append(Donor.objects.get(pk=pledge.donor_id).stage)
    make_deposit(finance_officer, agreement=agreement)
    stages.append(Donor.objects.get(pk=pledge.donor_id).stage)
    assert stages == ["potential", "pledged", "agreed", "received"]


@pytest.mark.requirement("R96")
def test_trustees_seed_is_kept_apart_from_donor_money(finance_officer):
    make_deposit(finance_officer, amount=D(1000))
    seed = make_deposit(finance_officer, donor=make_donor("world-bank", "trustee"), amount=D(500), currency="USD")
    assert seed.is_seed
    assert Account.objects.get(code="seed:world-bank").balance == D("-500.00")
    assert {s.source.kind: s.amount for s in Stake.objects.filter(pool__code="pool:GEN")} == {
        "donor": D("990"),
        "seed": D("495"),
    }
    status = funding_status()
    assert (status.seed.amount, status.amount("contributions")) == (D("500.00"), D("1500.00"))


@pytest.mark.parametrize("key", ["donor", "agency", "officer", "head", "auditor", "member"])
def test_only_finance_officers_record_deposits(people, key):
    with pytest.raises(NotAllowed):
        make_deposit(people[key])


@pytest.mark.requirement("R103")
@pytest.mark.parametrize("status", ["proposed", "approved_in_principle", "closed"])
def test_no_contribution_is_received_by_a_fund_that_does_not_stand(finance_officer, status):
    fund_in(status)
    with pytest.raises(OutOfState, match="cannot receive contributions"):
        make_deposit(finance_officer)
    assert Posting.objects.count() == 0


def test_deposit_before_its_agreement_is_refused(finance_officer):
    agreement = make_agreement(finance_officer)
    with pytest.raises(Refused, match="before the agreement") as refusal:
        make_deposit(finance_officer, agreement=agreement, received_on=date(2008, 4, 9))
    assert refusal.value.field == "received_on"


def test_future_deposit_is_refused(finance_officer):
    with pytest.raises(Refused, match="future"):
        make_deposit(finance_officer, received_on=clock.today() + timedelta(days=1))


def test_deposit_in_no_period_is_refused_and_leaves_nothing(finance_officer):
    with pytest.raises(Refused, match="no open accounting period"):
        make_deposit(finance_officer, received_on=date(1999, 12, 31))
    assert (Deposit.objects.count(), Posting.objects.count(), Source.objects.count()) == (0, 0, 0)


def test_window_that_closes_meanwhile_takes_no_deposit(finance_officer, head):
    seen_open = make_window("W1")
    set_window_status(by=head, window=seen_open, status="closed")
    with pytest.raises(OutOfState, match="window is closed"):
        make_deposit(finance_officer, window=seen_open)
    assert Deposit.objects.count() == 0


def test_deposit_into_a_closed_window_is_refused(finance_officer):
    Window.objects.filter(code="W1").update(status="closed")
    with pytest.raises(OutOfState, match="no more money"):
        make_deposit(finance_officer, window=make_window("W1"))


@pytest.mark.parametrize("amount", ["0", "-1", "1.001", "1e20"])
def test_amount_that_cannot_be_is_refused(finance_officer, amount):
    with pytest.raises(Refused):
        make_deposit(finance_officer, amount=D(amount))
    assert Posting.objects.count() == 0


def test_preview_writes_nothing_and_says_what_would_be_posted(finance_officer):
    arrival = preview_deposit(amount=D("200.50"), received_on=date(2008, 5, 5), donor=make_donor(), currency="USD")
    assert (arrival.value.amount_usd, arrival.fee_usd, arrival.net_usd) == (D("200.50"), D("2.01"), D("198.49"))
    assert Posting.objects.count() == 0
