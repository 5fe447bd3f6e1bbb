"""A deposit booked by mistake: from the day of its reversal on it counts nowhere, before that day it did."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from alliance.core.errors import InsufficientFunds, OutOfState, Refused
from alliance.register.models import RegisterEntry
from funds import checks
from funds.contributions.ageing import overdue
from funds.contributions.agreements import standings_of
from funds.contributions.positions import position
from funds.contributions.totals import chains, totals_of_donor
from funds.models import Account, Agreement, Deposit, Donor, Pledge, Posting, Stake, Voucher
from funds.operations.pledges import accept_as_paid, cancel_pledge, write_off_pledge
from funds.operations.seed import readings
from funds.querysets import DepositQuerySet
from funds.statements.funding_status import funding_status
from funds.statements.sources import sources
from reporting.verification.everything import verify
from tests.funds.factories import (
    PROJECT,
    RECEIVED_ON,
    make_agreement,
    make_deposit,
    make_donor,
    make_pledge,
    make_voucher,
    make_window,
    post_voucher,
)

D = Decimal
REVERSED_ON = RECEIVED_ON + timedelta(days=20)
DAY_BEFORE = REVERSED_ON - timedelta(days=1)


@pytest.fixture
def two(finance_officer, second_finance_officer):
    return finance_officer, second_finance_officer


def money_of(deposit):
    return Posting.objects.get(entry_id=deposit.entry_id, line=1)


def take_back(two, deposit, on=REVERSED_ON):
    """Reverse a deposit's money by voucher; return the deposit as it is then."""
    post_voucher(*two, "reversal", posting=money_of(deposit), on=on)
    return Deposit.ever.get(pk=deposit.pk)


@pytest.mark.requirement("R52", "D3")
def test_reversal_of_the_money_takes_its_fee_in_the_same_voucher(two):
    deposit = take_back(two, make_deposit(two[0]))
    voucher = Voucher.objects.get(kind="reversal")
    mirrored = Posting.objects.filter(entry_id=voucher.entry_id).order_by("line")
    assert [(p.debit.code, p.credit.code, p.amount, p.reverses.entry_id) for p in mirrored] == [
        ("donor:sweden-mfa", "pool:GEN", D("10000.00"), deposit.entry_id),
        ("pool:GEN", "fee", D("100.00"), deposit.entry_id),
    ]
    assert (deposit.reversed_on, voucher.amount) == (REVERSED_ON, D("10000.00"))
    assert {account.balance for account in Account.objects.all()} == {D(0)}
    assert (Stake.objects.get().amount, list(checks.problems()), verify().problems) == (D(0), [], [])


@pytest.mark.requirement("R52")
def test_fee_alone_is_not_reversed(two):
    deposit = make_deposit(two[0])
    fee = Posting.objects.get(entry_id=deposit.entry_id, debit__kind="fee")
    with pytest.raises(Refused, match="corrected with its deposit"):
        make_voucher(two[0], "reversal", posting=fee)


def test_deposit_is_not_reversed_before_it_came_nor_twice(two):
    deposit = make_deposit(two[0])
    with pytest.raises(Refused, match="on its own day, or later"):
        make_voucher(two[0], "reversal", posting=money_of(deposit), on=RECEIVED_ON - timedelta(days=1))
    take_back(two, deposit)
    with pytest.raises(OutOfState):
        make_voucher(two[0], "reversal", posting=Posting.objects.get(reverses=money_of(deposit)))


@pytest.mark.requirement("R52")
def test_no_posting_is_corrected_before_its_own_day(two):
    """The project would have held less than nothing in between."""
    from funds.operations.money import allocate

    make_deposit(two[0])
    (posting,) = allocate(by=two[0], project=PROJECT, amounts={make_window(): D(9000)}, on=REVERSED_ON)
    with pytest.raises(Refused, match="on its own day, or later") as refusal:
        make_voucher(two[0], "reversal", posting=posting, on=DAY_BEFORE)
    assert refusal.value.field == "on"
    post_voucher(*two, "reversal", posting=posting, on=REVERSED_ON)


def test_money_that_was_given_to_a_project_cannot_be_taken_back(two):
    from funds.operations.money import allocate

    deposit = make_deposit(two[0])
    allocate(by=two[0], project=PROJECT, amounts={make_window(): D(9000)}, on=RECEIVED_ON)
    with pytest.raises(InsufficientFunds):
        make_voucher(two[0], "reversal", posting=money_of(deposit))


@pytest.mark.requirement("R56")
def test_pledge_and_agreement_are_open_again(two, donor, officer):
    pledge = make_pledge(donor, acknowledged_by=officer)
    agreement = make_agreement(two[0], pledge=pledge, instalments=[(date(2008, 5, 1), D(10000))])
    deposit = make_deposit(two[0], agreement=agreement)
    settled = Agreement.objects.get().state, Pledge.objects.get().settled_on
    assert settled == ("completed", RECEIVED_ON)
    take_back(two, deposit)
    agreement, pledge = Agreement.objects.get(), Pledge.objects.get()
    assert (agreement.state, agreement.completed_on, pledge.settled_on) == ("signed", None, None)
    assert position(pledge, pledge.deposits.all()) == (D(10000), D(0), D(10000), D(0), D(0))
    assert [(line.received, line.state) for line in standings_of(agreement)] == [(D(0), "due")]
    assert [line.owed for line in overdue([agreement], REVERSED_ON)] == [D(10000)]
    kinds = RegisterEntry.objects.filter(kind__endswith=".reopened/1").order_by("n").values_list("kind", flat=True)
    assert list(kinds) == ["agreement.reopened/1", "pledge.reopened/1"]
    assert verify().problems == []


@pytest.mark.requirement("R56")
def test_what_other_deposits_still_pay_stays_paid(two, donor, officer):
    pledge = make_pledge(donor, acknowledged_by=officer)
    agreement = make_agreement(two[0], pledge=pledge)
    make_deposit(two[0], agreement=agreement)
    take_back(two, make_deposit(two[0], agreement=agreement, amount=D(500)))
    assert (Agreement.objects.get().state, Pledge.objects.get().settled_on) == ("completed", RECEIVED_ON)


@pytest.mark.requirement("R56")
@pytest.mark.parametrize("end", ["accepted", "written off"])
def test_pledge_ended_beside_a_reversed_deposit_is_owed_whole_again(two, donor, officer, end):
    pledge = make_pledge(donor, acknowledged_by=officer)
    deposit = make_deposit(two[0], pledge=pledge, amount=D(4000))
    if end == "accepted":
        accept_as_paid(by=two[0], pledge=pledge, on=RECEIVED_ON)
    else:
        write_off_pledge(by=two[0], pledge=pledge, on=RECEIVED_ON)
    take_back(two, deposit)
    pledge = Pledge.objects.get()
    assert (pledge.state, position(pledge, pledge.deposits.all()).pledged_unpaid) == ("acknowledged", D(10000))
    cancel_pledge(by=officer, pledge=pledge, why="It was never meant")
    assert Pledge.objects.get().state == "cancelled"


@pytest.mark.requirement("R56")
def test_donors_totals_are_without_it(two, donor, officer):
    deposit = make_deposit(two[0], pledge=make_pledge(donor, acknowledged_by=officer))
    loose = make_deposit(two[0], amount=D(700))
    for row in (deposit, loose):
        take_back(two, row)
    giver = make_donor()
    assert (totals_of_donor(giver).received, totals_of_donor(giver).pledged_unpaid) == (D(0), D(10000))
    assert [(chain.deposits, chain.position.received) for chain in chains(giver)] == [([], D(0))]
    assert Donor.objects.public().with_totals().get().deposited_usd == D(0)
    assert [line.deposited for line in sources()] == [D(0)]


@pytest.mark.requirement("R52")
def test_as_of_the_day_before_it_counts(two):
    deposit = take_back(two, make_deposit(two[0]))
    counted = {day: list(Deposit.ever.standing(day)) for day in (RECEIVED_ON, DAY_BEFORE, REVERSED_ON)}
    assert counted == {RECEIVED_ON: [deposit], DAY_BEFORE: [deposit], REVERSED_ON: []}
    assert list(Deposit.ever.standing(RECEIVED_ON - timedelta(days=1))) == []
    received = [funding_status(day).amount("contributions") for day in (DAY_BEFORE, REVERSED_ON)]
    assert received == [D(10000), D(0)]


@pytest.mark.requirement("R98")
def test_seed_capital_that_was_taken_back_is_not_read_against_its_ceiling(two):
    make_deposit(two[0], amount=D(8500))
    seed = make_deposit(two[0], donor=make_donor("world-bank", "trustee"), amount=D(2000), currency="USD")
    received = readings()[-1]
    assert (received.seed, received.complies) == (D(2000), False)
    take_back(two, seed)
    received = readings()[-1]
    assert (received.seed, received.others, received.complies) == (D(0), D(8500), True)


def test_same_money_can_be_booked_again_where_it_belongs(two):
    values = {"amount": D(300), "bank_reference": "BK-1"}
    take_back(two, make_deposit(two[0], **values))
    assert make_deposit(two[0], **values).reference == Deposit.objects.get().reference


@pytest.mark.requirement("R96")
def test_seed_line_of_the_statement_follows_the_reversal(two):
    take_back(two, make_deposit(two[0], donor=make_donor("world-bank", "trustee"), currency="USD"))
    status = funding_status(REVERSED_ON)
    assert (status.seed.amount, status.amount("contributions"), status.amount("fee")) == (D(0), D(0), D(0))


@pytest.mark.requirement("R52")
def test_verify_finds_a_deposit_that_the_books_contradict(two):
    deposit = make_deposit(two[0])
    Deposit.objects.filter(pk=deposit.pk).update(reversed_on=REVERSED_ON)
    assert [problem.where for problem in checks.problems()] == [f"funds_deposit:{deposit.pk}"]


def test_pages_say_that_it_was_reversed_and_by_which_voucher(two, sign_in, donor):
    agreement = make_agreement(two[0])
    deposit = take_back(two, make_deposit(two[0], agreement=agreement))
    voucher = Voucher.objects.get(kind="reversal")
    link = f'href="{voucher.get_absolute_url()}"'
    listed = reverse("funds:deposits")
    for person, is_told in ((two[0], True), (donor, False)):
        client = sign_in(person)
        for url in (listed, deposit.get_absolute_url(), agreement.get_absolute_url()):
            page = client.get(url).content.decode()
            assert "Reversed" in page
            assert (link in page) == (is_told and url != agreement.get_absolute_url())
    answer = sign_in(two[0]).get(f"{listed}?format=csv")
    line = b"".join(answer.streaming_content).decode().splitlines()[-1]
    assert line.endswith(f"Reversed,{REVERSED_ON.isoformat()}")


def test_deposits_page_leads_to_its_correction_and_its_fees_line_does_not(two, sign_in):
    deposit = make_deposit(two[0])
    number = f"{deposit.entry.n}/1"
    client = sign_in(two[0])
    assert f"?posting={number}" in client.get(deposit.get_absolute_url()).content.decode()
    assert "?posting=" not in client.get(reverse("funds:account", args=["fee"])).content.decode()
    take_back(two, deposit)
    assert "?posting=" not in client.get(deposit.get_absolute_url()).content.decode()


def test_every_deposit_is_read_as_standing_unless_asked_for_ever():
    assert Deposit._default_manager is Deposit.objects
    assert isinstance(Deposit.ever.all(), DepositQuerySet)
