"""The rules that the page about the portal states are those that it runs by today."""

from decimal import Decimal

import pytest

from alliance.core import clock
from funds.operations.trustee import appoint_trustee
from reporting.rules import rules
from tests.funds.factories import make_organisation
from tests.governance.factories import committee

pytestmark = pytest.mark.django_db


def said():
    return {rule.subject: rule.text for rule in rules()}


@pytest.mark.requirement("R62")
def test_rules_of_votes_are_those_in_force():
    assert ("at least 2/3" in said()["Majority"], "more than 1/2" in said()["Quorum"]) == (True, True)
    committee(quorum="3/4", majority="4/5", required=["others"])
    assert ("at least 4/5" in said()["Majority"], "more than 3/4" in said()["Quorum"]) == (True, True)
    assert "Other essential members" in said()["Quorum"]


@pytest.mark.requirement("R95")
def test_fee_is_the_trustees_of_the_day(head):
    assert said()["Fee"].startswith("1% of each deposit")
    bank = make_organisation("first-bank")
    appoint_trustee(by=head, organisation=bank, agreement="A", starts_on=clock.today(), fee_percent=Decimal("1.25"))
    assert said()["Fee"].startswith("1.25% of each deposit")
    assert said()["Trustee’s fee"].endswith("without a trustee, with 1%.")


@pytest.mark.parametrize(
    ("name", "value", "subject", "text"),
    [
        ("import_lines", 1500, "Imports", "1,500 lines"),
        ("waiting_months", 9, "Approvals that wait", "9 months"),
        ("refund_in_transit_days", 45, "Refunds in transit", "45 days"),
        ("reminder_days_before", 20, "Reminders", "20 days before"),
        ("reminder_days_after", 40, "Reminders", "40 days after"),
        ("upload_megabytes", 25, "Uploads", "25 MB"),
        ("indirect_cost_percent", "7.50", "Indirect support costs", "7.5%"),
        ("seed_ceiling_percent", "15.00", "Seed capital", "15%"),
    ],
)
def test_figure_that_is_set_is_the_figure_that_is_said(settings, name, value, subject, text):
    settings.ALLIANCE_RULES = settings.ALLIANCE_RULES | {name: value}
    assert text in said()[subject]
