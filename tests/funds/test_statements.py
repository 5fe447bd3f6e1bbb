"""Statements: derived from postings alone, at any day."""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from alliance.register.models import head
from funds.contributions.totals import chains, totals_of_donor
from funds.ledger.shares import allocated_to, attributed_to, drawn_from_windows, shares_of_project
from funds.models import Account, AccountKind
from funds.operations import money
from funds.statements.funding_status import LABELS, funding_status
from funds.statements.sources import sources
from funds.statements.trial_balance import trial_balance
from funds.statements.windows import windows
from tests.funds.factories import (
    PROJECT,
    make_accounts,
    make_agreement,
    make_deposit,
    make_donor,
    make_organisation,
    make_pledge,
    make_window,
    pay_out,
    post_voucher,
)
from tests.ground.scenes import scene

D = Decimal
YEARS = (2007, 2008, 2009)


@scene
def life(finance_officer, second_finance_officer):
    """A fund with everything that can move money, over two years."""
    iom, general = make_organisation("iom"), make_window("GEN")
    by, second = {"by": finance_officer}, {"by": second_finance_officer, "prepared_by": finance_officer}
    make_deposit(finance_officer, amount=D(100000), received_on=date(2007, 12, 3))
    make_deposit(
        finance_officer,
        donor=make_donor("world-bank", "trustee"),
        currency="USD",
        amount=D(20000),
        received_on=date(2008, 1, 7),
    )
    money.post_interest(**by, window=general, amount=D("310.07"), on=date(2008, 2, 1))
    money.post_interest(**by, window=general, amount=D("20.01"), on=date(2008, 2, 2), from_partners=True)
    money.post_cost(**by, kind=AccountKind.DIRECT_COST, window=general, amount=D("500.50"), on=date(2008, 2, 3))
    money.post_cost(**by, kind=AccountKind.BANK_CHARGES, window=general, amount=D("9.99"), on=date(2008, 2, 4))
    money.post_cost(**by, kind=AccountKind.OTHER_FUNDS, window=general, amount=D(1000), on=date(2008, 2, 5))
    make_accounts()
    money.allocate(**by, project=PROJECT, amounts={general: D(60000)}, on=date(2008, 3, 1))
    pay_out(**by, project=PROJECT, payee=iom, amount=D(50000), on=date(2008, 3, 2))
    money.post_spending(
        **by, project=PROJECT, organisation=iom, lines={"1": D("30000.33"), "5": D("10000")}, on=date(2008, 6, 30)
    )
    money.return_money(**by, project=PROJECT, organisation=iom, amount=D(5000), on=date(2008, 7, 1))
    money.receive_refund(**by, project=PROJECT, organisation=iom, amount=D(4000), on=date(2008, 7, 3))
    money.release(**second, project=PROJECT, amount=D(2000), on=date(2008, 7, 4))


EXPECTED = {
    "contributions": "120000.00",
    "interest_fund": "310.07",
    "interest_partners": "20.01",
    "total_sources": "120330.08",
    "transfers_partners": "50000.00",
    "transfers_other_funds": "1000.00",
    "transfers_total": "51000.00",
    "refunds_partners": "4000.00",
    "fee": "1200.00",
    "direct_cost": "500.50",
    "bank_charges": "9.99",
    "total_uses": "48710.49",
    "balance_agent": "71619.59",
    "refunds_in_transit": "1000.00",
    "partners_received": "50000.00",
    "partners_expenditure": "40000.33",
    "partners_refunds": "5000.00",
    "balance_partners": "4999.67",
    "total_balance": "77619.26",
}


@pytest.mark.requirement("R52", "R57")
def test_funding_status_shows_sources_uses_and_balances(life):
    status = funding_status()
    assert {row.code: f"{row.amount:.2f}" for row in status.rows} == EXPECTED
    assert {row.code: str(row.percent) for row in status.rows if row.percent is not None} == {
        "balance_agent": "59.7", "balance_partners": "10.0", "total_balance": "64.7",
    }  # fmt: skip


@pytest.mark.requirement("R52")
def test_balance_is_in_minus_out_at_every_date(life):
    for day in (
        date(2007, 12, 2),
        date(2007, 12, 31),
        date(2008, 2, 3),
        date(2008, 3, 1),
        date(2008, 7, 2),
        date(2009, 1, 1),
    ):
        status = funding_status(day)
        assert status.amount("balance_agent") == status.amount("total_sources") - status.amount("total_uses"), day
        with_partners = (
            status.amount("partners_received")
            - status.amount("partners_expenditure")
            - status.amount("partners_refunds")
        )
        assert status.amount("balance_partners") == with_partners, day


@pytest.mark.requirement("R57")
def test_closing_balance_of_a_year_is_the_opening_balance_of_the_next(life):
    for year in YEARS:
        closing = funding_status(date(year, 12, 31))
        opening = funding_status(date(year + 1, 1, 1))
        assert closing.amount("total_balance") == opening.amount("total_balance")


@pytest.mark.requirement("R96")
def test_seed_stands_on_its_own_line(life):
    assert funding_status().seed.amount == D("20000.00")
    assert {line.source.kind: line.deposited for line in sources()}["seed"] == D("20000.00")


def test_empty_fund_has_a_statement_of_noughts(db):
    status = funding_status()
    assert {row.amount for row in status.rows} == {D("0.00")}
    assert [row.code for row in status.rows if row.percent is not None] == []


def test_trial_balance_agrees_with_the_accounts_and_in_total(life):
    lines = trial_balance()
    assert sum(line.debits for line in lines) == sum(line.credits for line in lines)
    assert {(line.code, line.balance) for line in lines} == {(a.code, a.balance) for a in Account.objects.all()}


def test_windows_show_what_came_went_and_is_left(life):
    line = next(line for line in windows() if line.window.code == "GEN")
    assert (line.received, line.fees, line.allocated) == (D("120000.00"), D("1200.00"), D("58000.00"))
    assert line.available == Account.objects.get(code="pool:GEN").balance


@pytest.mark.requirement("R54")
def test_parts_of_a_project_add_up_to_its_figures(life):
    shares = shares_of_project(PROJECT)
    assert len(shares) == 3
    assert sum(share.allocated for share in shares) == D("58000.00")
    assert sum(share.transferred for share in shares) == D("45000.00")  # less what was sent back
    assert sum(share.spent for share in shares) == D("40000.33")


@pytest.mark.requirement("R54")
def test_donor_sees_its_chain_to_what_it_was_attributed_to(donor, officer, finance_officer):
    pledge = make_pledge(donor, acknowledged_by=officer)
    agreement = make_agreement(finance_officer, pledge=pledge)
    deposit = make_deposit(finance_officer, agreement=agreement)
    make_deposit(finance_officer, donor=make_donor("switzerland-sdc"), amount=D(30000))
    money.allocate(by=finance_officer, project=PROJECT, amounts={make_window("GEN"): D(4000)}, on=date(2008, 6, 1))
    (chain,) = chains(pledge.donor)
    assert (chain.pledge, chain.agreements, chain.deposits) == (pledge, [agreement], [deposit])
    assert chain.attributed == D("1000.00")
    assert [(share.project, share.allocated) for share in attributed_to(pledge.donor)] == [(PROJECT, D("1000.00"))]
    assert totals_of_donor(pledge.donor).received == D("10000.00")


@pytest.mark.requirement("R54")
def test_contribution_shows_what_its_own_window_gave_and_what_went_on_from_it(finance_officer, second_finance_officer):
    for window in ("W1", "W2"):
        make_deposit(finance_officer, window=make_window(window))
    donor = make_donor()
    money.allocate(by=finance_officer, project=PROJECT, amounts={make_window("W1"): D(4000)}, on=date(2008, 6, 1))
    assert [chain.attributed for chain in chains(donor)] == [D("0.00"), D("4000.00")]  # the newest first
    moved = {"window": make_window("W1"), "destination": make_window("W2"), "consenting": [donor], "amount": D(1000)}
    post_voucher(finance_officer, second_finance_officer, "window_transfer", on=date(2008, 6, 1), **moved)
    money.allocate(by=finance_officer, project=PROJECT, amounts={make_window("W2"): D(10900)}, on=date(2008, 6, 2))
    assert [chain.attributed for chain in chains(donor)] == [D("9900.00"), D("5000.00")]
    assert drawn_from_windows(donor) == {"W1": D("4000.00"), "W2": D("10900.00")}
    assert allocated_to(donor) == D("14900.00")


def test_deposits_without_a_pledge_are_chains_of_their_own(finance_officer):
    make_deposit(finance_officer, agreement=make_agreement(finance_officer))
    make_deposit(finance_officer, amount=D(5))
    found = chains(make_donor())
    assert [(chain.pledge, len(chain.agreements), chain.position.received) for chain in found] == [
        (None, 1, D("10000.00")), (None, 0, D("5.00")),
    ]  # fmt: skip


def test_trial_balance_command_prints_one_document(life, capsys):
    call_command("trial_balance", json=True, as_of="2008-02-04")
    told = json.loads(capsys.readouterr().out)
    assert list(told) == ["as_of", "currency", "register_head", "accounts", "total_debits", "total_credits"]
    assert told["as_of"] == "2008-02-04"
    assert told["register_head"] == {"n": head()[0], "hash": head()[1]}
    assert {a["code"]: a["balance"] for a in told["accounts"]}["bank-charges"] == "9.99"
    assert told["total_debits"] == told["total_credits"]
    assert list(told["accounts"][0]) == ["code", "kind", "debits", "credits", "balance"]


def test_funding_status_command_prints_one_document(life, capsys):
    call_command("funding_status", json=True)
    told = json.loads(capsys.readouterr().out)
    assert {row["code"]: row["amount"] for row in told["rows"]} == EXPECTED
    assert [row["code"] for row in told["rows"]] == list(LABELS)
    assert told["rows"][0] == {
        "code": "contributions",
        "label": "Contributions from donors",
        "amount": "120000.00",
        "percent": None,
    }
    assert told["of_which"][0]["amount"] == "20000.00"


@pytest.mark.parametrize("command", ["trial_balance", "funding_status"])
def test_day_that_is_no_day_is_bad_input(db, command):
    with pytest.raises(CommandError, match="not a date") as refusal:
        call_command(command, as_of="2008-13-01")
    assert refusal.value.returncode == 2


@pytest.mark.parametrize("command", ["trial_balance", "funding_status"])
def test_statements_are_readable_without_json(life, capsys, command):
    call_command(command)
    assert "as of" in capsys.readouterr().out
