"""Homes and accounts ask the database as little for many rows as for one."""

from datetime import date
from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from alliance.core import clock
from funds.models import Deposit
from funds.operations.payments import authorise_payment
from proposals.operations import submit_report
from tests.funds.factories import (
    fund_project,
    make_agreement,
    make_deposit,
    make_paid,
    make_payment,
    make_pledge,
    make_voucher,
)
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
from tests.world import signed_in

MOST = 16  # the session and the person included
HOMES = ("finance_officer", "officer", "head", "member", "chair", "agency", "donor", "auditor", "forum_chair")


def asked(client, address):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len([query for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))])


def test_account_asks_the_same_for_ten_deposits_as_for_one(finance_officer):
    client, counts = signed_in("finance_officer"), []
    for wanted in (1, 10):
        while Deposit.objects.count() < wanted:
            make_deposit(finance_officer)
        counts.append(
            [asked(client, f"/en/funds/accounts/{code}/") for code in ("donor:sweden-mfa", "pool:GEN", "fee")]
        )
    assert counts[0] == counts[1]


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
    homes, counts = {key: signed_in(key) for key in HOMES}, {}
    for client in homes.values():
        asked(client, "/en/home/")  # what a process learns once, such as the kinds of grants
    for made in (1, 2, 3):
        more_to_do(people)
        if made != 2:
            counts[made] = {key: asked(client, "/en/home/") for key, client in homes.items()}
    assert counts[1] == counts[3]
    assert {key: count for key, count in counts[1].items() if count > MOST} == {}


def test_day_is_read_once_for_a_page(db):
    client = signed_in("finance_officer")
    with CaptureQueriesContext(connection) as captured:
        assert client.get(f"/en/money/statements/interest/?as_of={date(2008, 1, 1)}").status_code == 200
    assert len([query for query in captured if "alliance_now" in query["sql"]]) == 1
