"""The donor's pages and the project's page tell the same of the same money."""

from decimal import Decimal

import pytest

from alliance.core import clock
from alliance.people.models import Organisation
from funds.ledger.shares import attributed_to
from funds.models import Donor
from funds.operations import money
from proposals.models import Project
from reporting.donor_area.gather import donor_area
from reporting.projects import project_record, public_projects
from tests.funds.factories import pay_out
from tests.proposals.factories import approved_project


@pytest.mark.requirement("R54")
def test_donors_and_projects_pages_agree_after_a_refund_and_a_release(
    agency, officer, finance_officer, second_finance_officer
):
    reference = approved_project(agency, officer, finance_officer).reference
    iom, by = Organisation.objects.get(slug="iom"), finance_officer
    act = {"by": by, "project": reference, "on": clock.today()}
    pay_out(payee=iom, amount=Decimal("1000.01"), **act)
    money.post_spending(organisation=iom, lines={"1": Decimal("300.01")}, **act)
    money.return_money(organisation=iom, amount=Decimal("200.00"), **act)
    money.receive_refund(organisation=iom, amount=Decimal("150.00"), **act)
    money.release(prepared_by=second_finance_officer, amount=Decimal("100.00"), **act)
    project = Project.objects.with_money().get(reference=reference)
    record = project_record(public_projects().select_related("version", "proposal").get(reference=reference))
    of_project = [part for part in record.attributions if part.source.donor_id]
    donors = Donor.objects.select_related("organisation").order_by("pk")
    parts = [row.part for donor in donors for row in donor_area(donor).projects]
    assert [(row.allocated, row.transferred, row.spent) for row in parts] == [tuple(part[2:]) for part in of_project]
    assert [part for donor in donors for part in attributed_to(donor)] == of_project
    for name, whole in (
        ("allocated", project.allocated),
        ("transferred", project.net_funded),
        ("spent", project.spent),
    ):
        assert sum(getattr(part, name) for part in record.attributions) == whole
    assert project.net_funded == Decimal("800.01")
