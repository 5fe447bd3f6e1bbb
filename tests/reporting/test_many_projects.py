"""A fund of a hundred projects: its pages ask the database as little as for one, and their sums are those of all."""

from decimal import Decimal

import pytest

from reporting.statements.catalogue import KINDS
from tests.funds.test_ledger import allocate, deposit
from tests.ground.scenes import scene
from tests.reporting.test_page_queries import MOST, asked
from tests.world import signed_in

STATEMENTS = [f"/en/money/statements/{code}/" for code in KINDS]
ACCOUNTS = "/en/funds/accounts/"
DONOR = "/en/my-contributions/"
NUMBERS = (1, 10, 100)
FRAME = 5  # session, person, moment, memberships, unread notices


@scene
def counts(finance_officer):
    """How often each page asks at 1, 10 and 100 projects; the hundred are there for the tests."""
    deposit(by=finance_officer, slug="sweden-mfa", amount="1000.00", fee="10.00")
    return {number: counted() for number in grown()}


def grown():
    """Give the fund one project with money after the other, and stop at each of the numbers."""
    for number in range(1, max(NUMBERS) + 1):
        allocate(None, f"PRJ-{number}", GEN="1.00")
        if number in NUMBERS:
            yield number


def counted():
    officer, donor = signed_in("finance_officer"), signed_in("donor")
    return {address: asked(officer, address) for address in (*STATEMENTS, ACCOUNTS)} | {DONOR: asked(donor, DONOR)}


@pytest.mark.parametrize("address", [*STATEMENTS, DONOR])
def test_page_asks_the_same_for_a_hundred_projects_as_for_one(counts, address):
    assert counts[1][address] == counts[10][address] == counts[100][address] <= MOST


def test_accounts_ask_the_same_for_a_hundred_as_for_few(counts):
    assert {counts[number][ACCOUNTS] for number in NUMBERS} == {FRAME + 2}


def test_page_of_accounts_has_the_sum_of_all(counts):
    client = signed_in("finance_officer")
    pages = [client.get(f"{ACCOUNTS}?page={number}").context["found"] for number in (1, 2, 3, 99)]
    assert [len(page.lines) for page in pages] == [50, 50, 6, 6]
    assert {(page.total, page.in_all) for page in pages} == {(Decimal("1110.00"), 106)}
    codes = [line.code for page in pages[:3] for line in page.lines]
    assert codes == sorted(codes)
    assert len(set(codes)) == 106


def test_page_of_the_trial_balance_has_the_sum_of_all(counts):
    (shown,) = signed_in("finance_officer").get("/en/money/statements/trial-balance/?page=3").context["tables"]
    labels = [str(line.label) for line, _cells in shown["lines"]]
    assert (len(labels), labels[-1], shown["page"].has_next()) == (7, "Total", False)
    assert [text for text, *_rest in shown["lines"][-1][1]] == ["1,110.00", "1,110.00", "0.00"]
