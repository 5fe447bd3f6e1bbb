"""The same figure on two pages is the same figure, whatever happens later or elsewhere."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from alliance.core import clock
from alliance.forum.models import Recommendation
from alliance.people.models import Membership, Organisation, Role
from funds.models import Pledge, Posting
from funds.operations.agreements import cancel_agreement
from funds.operations.pledges import cancel_pledge
from funds.statements import funding_status
from proposals.models import ProposalRecommendation
from proposals.operations import return_proposal, withdraw_proposal
from reporting import postings
from reporting.donor_area import papers
from reporting.donor_area.gather import donor_area
from reporting.forum_report import gather
from reporting.forum_report.scope import scope
from reporting.homes import tasks_for
from reporting.homes.figures import figures_for
from reporting.outcomes import outcome_of
from reporting.statements.donors import commitments, commitments_charts, committed_by_donor
from reporting.statements.open_items import open_items
from reporting.statements.overview import funding_status as funding_table
from reporting.statements.overview import sources_and_uses, windows
from reporting.statements.scope import Scope
from tests.funds.factories import make_agreement, make_deposit, make_donor, make_pledge, post_voucher
from tests.governance.factories import opened, person
from tests.proposals.factories import submitted_version

pytestmark = pytest.mark.django_db
D = Decimal


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


@pytest.mark.requirement("R52", "R56")
def test_reversed_deposit_is_received_nowhere_from_its_day_on_and_everywhere_before(
    finance_officer, second_finance_officer, sign_in, set_clock
):
    set_clock(datetime(2008, 6, 30, 12))
    donor, agreement = make_donor(), make_agreement(finance_officer, instalments=[(date(2008, 5, 1), D(10000))])
    rows = [make_deposit(finance_officer, agreement=agreement), make_deposit(finance_officer, amount=D(700))]
    before, after = date(2008, 5, 31), date(2008, 6, 30)

    def read(day):
        (line, *_total) = commitments(Scope(day))[0].lines
        area = donor_area(donor, day)
        overdue, loose = (table.lines[:1] for table in open_items(Scope(day))[1:])
        return {
            "commitments": (line.cells[0].value, line.cells[3].value),
            "picture": [group[2] for group in drawn(day)],
            "overdue": [row.cells[0].value for row in overdue],
            "without an agreement": [row.cells[0].value for row in loose],
            "donor's area": (area.received, area.fee, sum(row.usd for row in area.deposits), len(area.instalments)),
            "report": [row.deposited for row in gather.donors(scope("MNL2008", as_of=day))],
            "statement": funding_status(day).amount("contributions"),
        }

    stood = read(before)
    assert stood == {
        "commitments": (D(10700), D(10700)), "picture": [D(10700)], "overdue": [], "without an agreement": [D(700)],
        "donor's area": (D(10700), D(107), D(10700), 0), "report": [D(10700)], "statement": D(10700),
    }  # fmt: skip
    for row in rows:
        money = Posting.objects.get(entry_id=row.entry_id, line=1)
        post_voucher(finance_officer, second_finance_officer, "reversal", posting=money, on=date(2008, 6, 1))
    assert read(before) == stood
    assert read(after) == {
        "commitments": (D(10000), D(0)), "picture": [D(0)], "overdue": [D(10000)], "without an agreement": [],
        "donor's area": (D(0), D(0), D(0), 1), "report": [D(0)], "statement": D(0),
    }  # fmt: skip
    page = sign_in(finance_officer).get(reverse("reporting:money"))
    assert [row.deposited_usd for row in page.context["donors"]] == [D(0)]


@pytest.mark.requirement("R96", "R57")
def test_seed_capital_given_back_lessens_its_own_line_and_every_sum_it_is_in(
    finance_officer, second_finance_officer, set_clock
):
    set_clock(datetime(2008, 6, 30, 12))
    two, day = (finance_officer, second_finance_officer), Scope(date(2008, 6, 30))
    trustee = make_donor("world-bank", "trustee")
    make_deposit(finance_officer, amount=D(1000))
    make_deposit(finance_officer, donor=trustee, currency="USD", amount=D(500))
    post_voucher(*two, "donor_refund", donor=trustee, amount=D(200))
    table = {line.code: line.cells[1].value for line in sources_and_uses(day)[0].lines}
    assert (table["contributions"], table["seed"], table["total_sources"]) == (D(1300), D(300), D(1300))
    assert table["closing"] == table["total_sources"] - table["total_uses"] == D(1285)
    lines = {line.code: [cell.value for cell in line.cells] for line in commitments(day)[0].lines}
    assert lines["world-bank"] == [D(500), D(0), D(500), D(500), D(200)]
    assert lines["sweden-mfa"] == [D(1000), D(0), D(1000), D(1000), D(0)]
    for row, amount in (("contributions", D(1300)), ("seed", D(300))):
        assert postings.total(postings.behind(row)) == amount == next(
            line.cells[0].value for line in funding_table(day)[0].lines if line.code == row
        )  # fmt: skip
    assert [line.cells[-1].value for line in windows(day)[0].lines if line.code == "GEN"] == [D(1285)]
    area = donor_area(trustee, day.as_of)
    assert [(part.received, part.refunded, part.unallocated) for part in area.windows] == [(D(500), D(200), D(295))]
