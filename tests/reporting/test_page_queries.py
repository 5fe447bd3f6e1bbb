"""Statements and homes ask the database as little for a hundred rows as for one."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alliance.core import clock
from funds.models import Deposit
from funds.operations.payments import authorise_payment
from proposals.operations import submit_report
from reporting.statements.catalogue import KINDS
from tests.funds.factories import (
    fund_project,
    make_agreement,
    make_deposit,
    make_paid,
    make_payment,
    make_pledge,
    make_voucher,
)
from tests.funds.test_ledger import allocate, deposit
from tests.governance.factories import opened_text
from tests.proposals.factories import (
    approved_project,
    checked_version,
    draft_proposal,
    offered_contract,
    paid_first_tranche,
    signed_contract,
    submitted_version,
    write_report,
)

MOST = 16  # the session and the person included
FRAME = 5  # session, person, moment, memberships, unread notices
NUMBERS = (1, 10, 100)
HOMES = ("finance_officer", "officer", "head", "member", "chair", "agency", "donor", "auditor", "forum_chair")


def asked(client, address):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len([query for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))])


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def projects(finance_officer):
    """Return a function that gives the fund so many projects with money."""
    deposit(by=finance_officer, slug="sweden-mfa", amount="1000.00", fee="10.00")
    made = []

    def give(wanted):
        for number in range(len(made), wanted):
            made.append(allocate(None, f"PRJ-{number}", GEN="1.00"))

    return give


def test_statements_ask_the_same_for_a_hundred_projects_as_for_one(projects, finance_officer):
    client, counts = signed_in(finance_officer), {}
    for wanted in NUMBERS:
        projects(wanted)
        counts[wanted] = {code: asked(client, f"/en/money/statements/{code}/") for code in KINDS}
    assert counts[1] == counts[10] == counts[100]
    assert {code: count for code, count in counts[1].items() if count > MOST} == {}


def test_accounts_ask_the_same_for_a_hundred_as_for_few(projects, finance_officer):
    client, counts = signed_in(finance_officer), set()
    for wanted in NUMBERS:
        projects(wanted)
        counts.add(asked(client, "/en/funds/accounts/"))
    assert counts == {FRAME + 2}


def test_account_asks_the_same_for_ten_deposits_as_for_one(finance_officer):
    client, counts = signed_in(finance_officer), []
    for wanted in (1, 10):
        while Deposit.objects.count() < wanted:
            make_deposit(finance_officer)
        counts.append(
            [asked(client, f"/en/funds/accounts/{code}/") for code in ("donor:sweden-mfa", "pool:GEN", "fee")]
        )
    assert counts[0] == counts[1]


def test_page_of_accounts_has_the_sum_of_all(projects, finance_officer):
    projects(100)
    client = signed_in(finance_officer)
    pages = [client.get(f"/en/funds/accounts/?page={number}").context["found"] for number in (1, 2, 3, 99)]
    assert [len(page.lines) for page in pages] == [50, 50, 6, 6]
    assert {(page.total, page.in_all) for page in pages} == {(Decimal("1110.00"), 106)}
    codes = [line.code for page in pages[:3] for line in page.lines]
    assert codes == sorted(codes)
    assert len(set(codes)) == 106


def test_page_of_the_trial_balance_has_the_sum_of_all(projects, finance_officer):
    projects(100)
    (shown,) = signed_in(finance_officer).get("/en/money/statements/trial-balance/?page=3").context["tables"]
    labels = [str(line.label) for line, _cells in shown["lines"]]
    assert (len(labels), labels[-1], shown["page"].has_next()) == (7, "Total", False)
    assert [text for text, *_rest in shown["lines"][-1][1]] == ["1,110.00", "1,110.00", "0.00"]


def more_to_do(people):
    """Give every role one more of each thing that can wait for it."""
    agency, officer, head = people["agency"], people["officer"], people["head"]
    finance_officer, second = people["finance_officer"], people["second_finance_officer"]
    make_pledge(officer)
    make_pledge(officer, acknowledged_by=officer)
    make_agreement(finance_officer, instalments=[(clock.today(), Decimal(10000))])
    fund_project(finance_officer)
    make_payment(second)
    authorise_payment(by=finance_officer, payment=make_payment(second))
    make_paid(second, finance_officer, on=clock.today())
    make_voucher(second)
    draft_proposal(agency)
    submitted_version(agency)
    checked_version(agency, officer)
    approved_project(agency, officer, finance_officer)
    offered_contract(approved_project(agency, officer, finance_officer), officer)
    project = approved_project(agency, officer, finance_officer)
    contract = signed_contract(project, officer, agency, head)
    paid_first_tranche(contract, second, finance_officer)
    submit_report(by=agency, report=write_report(agency, contract.reports.get(number=1)))
    opened_text()


def test_homes_ask_the_same_for_three_of_everything_as_for_one(people):
    homes, counts = {key: signed_in(people[key]) for key in HOMES}, {}
    for client in homes.values():
        asked(client, "/en/home/")  # what a process learns once, such as the kinds of grants
    for made in (1, 2, 3):
        more_to_do(people)
        if made != 2:
            counts[made] = {key: asked(client, "/en/home/") for key, client in homes.items()}
    assert counts[1] == counts[3]
    assert {key: count for key, count in counts[1].items() if count > MOST} == {}


def test_donors_area_asks_the_same_for_a_hundred_projects_as_for_one(projects, finance_officer, donor):
    counts = set()
    for wanted in NUMBERS:
        projects(wanted)
        counts.add(asked(signed_in(donor), "/en/my-contributions/"))
    assert len(counts) == 1
    assert counts.pop() <= MOST


def test_day_is_read_once_for_a_page(finance_officer):
    with CaptureQueriesContext(connection) as captured:
        assert (
            signed_in(finance_officer).get(f"/en/money/statements/interest/?as_of={date(2008, 1, 1)}").status_code
            == 200
        )
    assert len([query for query in captured if "alliance_now" in query["sql"]]) == 1
