"""What the secretariat costs, its share of spending, and the ceiling, for everybody to see."""

from decimal import Decimal

import pytest
from django.urls import reverse

from alliance.core import clock
from tests.funds.factories import fund_project, make_paid, post_voucher

D = Decimal


@pytest.fixture
def cost(finance_officer, second_finance_officer):
    fund_project(finance_officer)
    make_paid(finance_officer, second_finance_officer, on=clock.today(), amount="950")
    post_voucher(finance_officer, second_finance_officer, kind="direct_cost", amount=D(50))


@pytest.mark.requirement("R66")
@pytest.mark.parametrize(("ceiling", "warned"), [("5.00", False), ("4.99", True)])
def test_money_page_shows_cost_share_and_ceiling_and_warns_above_it(cost, client, settings, ceiling, warned):
    settings.ALLIANCE_RULES = settings.ALLIANCE_RULES | {"direct_cost_ceiling_percent": ceiling}
    page = client.get(reverse("reporting:money"))
    share = page.context["share"]
    assert (share.cost, share.percent, share.is_above) == (D("50.00"), D("5.0"), warned)
    assert ("Above the ceiling for direct costs" in page.content.decode()) == warned
    assert f"{ceiling}%" in page.content.decode()


@pytest.mark.requirement("R66")
def test_statement_of_cost_recovery_says_the_same_share(cost, client):
    share = client.get(reverse("reporting:money")).context["share"]
    tables = client.get("/en/money/statements/cost-recovery/").context["tables"]
    (line,) = [line for shown in tables for line in shown["table"].lines if line.code == "direct_percent"]
    assert line.cells[-1].value == share.percent == D("5.0")


@pytest.mark.requirement("R66")
def test_money_page_of_a_fund_that_spent_nothing_shows_no_share(db, client):
    assert client.get(reverse("reporting:money")).context["share"].percent is None
