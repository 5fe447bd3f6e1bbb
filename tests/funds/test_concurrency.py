"""A tenth of the campaigns that move money: processes, not threads."""

from decimal import Decimal

import pytest

from funds.operations.aliases import name_donor
from funds.operations.donors import register_donor
from tests.alliance.workers import database_url
from tests.campaigns import money_acts
from tests.campaigns.allocate import Plan, run
from tests.funds.factories import make_donor, make_organisation
from tests.governance.test_races import at_once, kinds


@pytest.mark.requirement("R52", "R60")
@pytest.mark.django_db(transaction=True)
def test_processes_asking_ten_times_the_pool_get_the_pool_and_no_more(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", database_url())
    plan = Plan(processes=4, pool=Decimal("1200.00"), asked=Decimal("100.00"))
    outcomes, wrong = run(plan)
    assert wrong == []
    assert outcomes == {"allocated": 12, "InsufficientFunds": 108}


@pytest.mark.requirement("R52", "D3")
@pytest.mark.django_db(transaction=True)
def test_processes_preparing_and_authorising_every_kind_at_once_break_nothing(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", database_url())
    outcomes, wrong = money_acts.run(money_acts.Plan(processes=3, turns=16))
    assert wrong == []
    assert sum(outcomes.values()) == 3 * 16 + 1
    assert outcomes["period closed"] == 1


@pytest.mark.django_db(transaction=True)
def test_officers_at_once_register_a_donor_once_and_give_a_name_once(people):
    officer, sida = people["officer"], make_organisation("sida")
    made = at_once([lambda: register_donor(by=officer, organisation=sida, donor_type="state")] * 4)
    assert kinds(made) == {"Donor": 1, "Refused": 3}
    donors = [make_donor("sida"), make_donor("switzerland-sdc")] * 2
    named = at_once(
        [lambda row=row: name_donor(by=officer, donor=row, name="The agency", kind="other_name") for row in donors]
    )
    assert kinds(named) == {"DonorAlias": 1, "Refused": 3}
