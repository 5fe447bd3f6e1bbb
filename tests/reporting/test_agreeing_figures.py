"""The same figure on two pages is the same figure, whatever happens later or elsewhere."""

from datetime import datetime, timedelta

import pytest

from alliance.core import clock
from alliance.forum.models import Recommendation
from alliance.people.models import Membership, Organisation, Role
from funds.models import Pledge
from funds.operations.agreements import cancel_agreement
from funds.operations.pledges import cancel_pledge
from proposals.models import ProposalRecommendation
from proposals.operations import return_proposal, withdraw_proposal
from reporting.donor_area import papers
from reporting.forum_report import gather
from reporting.forum_report.scope import scope
from reporting.homes import tasks_for
from reporting.homes.figures import figures_for
from reporting.outcomes import outcome_of
from reporting.statements.donors import commitments_charts, committed_by_donor
from reporting.statements.scope import Scope
from tests.funds.factories import make_agreement, make_donor, make_pledge
from tests.governance.factories import opened, person
from tests.proposals.factories import submitted_version

pytestmark = pytest.mark.django_db


def drawn(day):
    """Return what the commitments' picture shows: pledged, agreed and received."""
    return [row.values for chart in commitments_charts(Scope(day)) for row in chart.rows]


@pytest.mark.requirement("R57")
def test_commitment_of_a_past_day_stands_when_it_is_cancelled_later(finance_officer, officer, set_clock):
    donor = make_donor()
    agreement = make_agreement(finance_officer, donor=donor)
    pledge = make_pledge(finance_officer, donor=donor, acknowledged_by=officer)
    day = clock.today() + timedelta(days=1)
    set_clock(clock.now() + timedelta(days=1))
    before = committed_by_donor(Scope(day)), drawn(day)
    assert before == ({donor.pk: agreement.amount_usd}, [(pledge.amount_usd, agreement.amount_usd, 0)])
    set_clock(clock.now() + timedelta(days=1))
    cancel_agreement(by=finance_officer, agreement=agreement, why="The donor's budget was cut.")
    cancel_pledge(by=officer, pledge=Pledge.objects.get(pk=pledge.pk), why="The donor's budget was cut.")
    assert (committed_by_donor(Scope(day)), drawn(day)) == before
    assert (committed_by_donor(Scope(clock.today())), drawn(clock.today())) == ({}, [])
    for on in (day, clock.today()):
        assert papers.agreed(papers.papers(donor, on), on) == committed_by_donor(Scope(on)).get(donor.pk, 0)


@pytest.mark.requirement("R37")
def test_withdrawn_proposal_asks_for_nothing_on_the_page_and_in_the_report(agency, set_clock):
    set_clock(datetime(2008, 9, 15, 12))
    row, version = Recommendation.objects.get(code="B04"), submitted_version(agency)

    def asked():
        return outcome_of(row).asked, gather.asked_by(scope("MNL2008"))[row.code]

    assert asked() == (version.amount, version.amount)
    withdraw_proposal(by=agency, proposal=version.proposal)
    assert asked() == (0, 0)


def test_chairs_figure_follows_what_was_submitted(agency, officer):
    version = submitted_version(agency)

    def figure():
        return figures_for(person("forum_chair"))[0].value

    assert figure() == "1"
    return_proposal(by=officer, version=version, reason="More.")
    ProposalRecommendation.objects.filter(proposal=version.proposal).delete()
    assert figure() == "1"


@pytest.mark.requirement("R48")
def test_whoever_would_be_recused_is_not_asked_to_vote():
    opened()

    def asked(key):
        return [task.label for task in tasks_for(person(key), clock.now())].count("Vote")

    assert (asked("member_ghana"), asked("member_iom"), asked("officer")) == (1, 0, 0)
    iom = Organisation.objects.get(slug="iom")
    Membership.objects.create(
        user=person("member_ghana"), organisation=iom, role=Role.PARTNER_DRAFTER, starts_on=clock.today()
    )
    assert asked("member_ghana") == 0
