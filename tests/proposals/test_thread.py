"""From a draft to accepted spending, in one go: the figures at each step."""

from decimal import Decimal

import pytest

from alliance.register.verification import Verification
from funds.models import Account
from proposals import checks
from proposals.models import Project
from proposals.operations import meet_condition, return_report, submit_report
from tests.proposals.factories import (
    accepted_report,
    approved_project,
    paid_first_tranche,
    signed_contract,
    write_report,
)

D = Decimal


def balance(code):
    return Account.objects.get(code=code).balance


@pytest.mark.requirement("R60", "R63", "R68", "R71")
def test_money_follows_the_work(project, agency, officer, finance_officer, second_finance_officer, head):
    assert balance(f"project:{project.reference}") == D("250000.00")
    contract = signed_contract(project, officer, agency, head)
    paid = paid_first_tranche(contract, finance_officer, second_finance_officer)
    assert paid == D("125000.00")
    accepted_report(contract, agency, officer, spent="40000.00")
    row = Project.objects.with_money().get(pk=project.pk)
    assert (row.allocated, row.net_funded, row.spent) == (D("250000.00"), D("125000.00"), D("40000.00"))
    assert (row.undisbursed, row.with_partners) == (D("125000.00"), D("85000.00"))
    assert balance(f"spent:{project.reference}:iom:1") == D("40000.00")
    assert row.state == Project.State.ACTIVE


@pytest.mark.requirement("D1")
def test_register_explains_every_row(agency, officer, finance_officer, second_finance_officer, head):
    project = approved_project(agency, officer, finance_officer, conditions=("A steering group is set up.",))
    meet_condition(by=officer, condition=project.conditions.get(), evidence="Minutes of 2 September.")
    contract = signed_contract(project, officer, agency, head)
    paid_first_tranche(contract, finance_officer, second_finance_officer)
    report = submit_report(by=agency, report=write_report(agency, contract.reports.get(number=1)))
    return_report(by=officer, report=report, reason="Break the figures down.")
    accepted_report(contract, agency, officer)
    assert list(Verification().problems()) == []
    assert list(checks.problems()) == []
