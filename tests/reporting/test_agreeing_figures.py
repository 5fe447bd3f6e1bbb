"""The same figure on two pages is the same figure, whatever happens later or elsewhere."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from alliance.core import clock, formats
from alliance.forum.models import Recommendation
from alliance.people.models import Membership, Organisation, Role
from alliance.register.models import RegisterEntry
from funds.contributions.ageing import overdue_on
from funds.contributions.agreements import standings_of
from funds.contributions.stages import stages
from funds.models import Agreement, Pledge, Posting, Window
from funds.operations.agreements import cancel_agreement
from funds.operations.amendments import amend_agreement, amend_pledge
from funds.operations.pledges import acknowledge_pledge, cancel_pledge
from funds.statements.funding_status import funding_status
from governance.operations import close_decision
from proposals.models import ProposalRecommendation, WaitingApproval
from proposals.operations import fund_waiting, prepare_waiting, return_proposal, withdraw_proposal
from reporting import postings
from reporting.donor_area import contributions
from reporting.donor_area.gather import donor_area
from reporting.donor_area.knowledge import known
from reporting.flow import money_flow
from reporting.forum_report import gather
from reporting.forum_report.scope import rests_on, scope
from reporting.homes import tasks_for
from reporting.homes.figures import figures_for
from reporting.outcomes import outcome_of
from reporting.statements.donors import commitments, commitments_charts
from reporting.statements.open_items import open_items
from reporting.statements.overview import funding_status as funding_table
from reporting.statements.overview import sources_and_uses, windows
from reporting.statements.scope import StatementScope
from tests.funds.factories import make_agreement, make_deposit, make_donor, make_pledge, make_rate, post_voucher
from tests.governance.factories import all_but, opened, person, vote
from tests.proposals.factories import money_in, submitted_version

pytestmark = pytest.mark.django_db
D = Decimal


def committed(day):
    """Return what the statement of commitments has of each donor that has any, by its slug."""
    return {donor.slug: donor.committed for donor in stages(day) if donor.committed is not None}


def drawn(day):
    """Return what the commitments' picture shows: pledged, agreed and received."""
    return [row.values for chart in commitments_charts(StatementScope(day)) for row in chart.rows]


@pytest.mark.requirement("R57")
def test_commitment_of_a_past_day_stands_when_it_is_cancelled_later(finance_officer, officer, set_clock):
    donor = make_donor()
    agreement = make_agreement(finance_officer, donor=donor)
    pledge = make_pledge(finance_officer, donor=donor, acknowledged_by=officer)
    day = clock.today() + timedelta(days=1)
    set_clock(clock.now() + timedelta(days=1))
    before = committed(day), drawn(day)
    assert before == ({donor.organisation.slug: agreement.amount_usd}, [(pledge.amount_usd, agreement.amount_usd, 0)])
    set_clock(clock.now() + timedelta(days=1))
    cancel_agreement(by=finance_officer, agreement=agreement, why="The donor's budget was cut.")
    cancel_pledge(by=officer, pledge=Pledge.objects.get(pk=pledge.pk), why="The donor's budget was cut.")
    assert (committed(day), drawn(day)) == before
    assert (committed(clock.today()), drawn(clock.today())) == ({}, [])
    for on in (day, clock.today()):
        assert contributions.agreed(contributions.papers(donor, on), on) == committed(on).get(
            donor.organisation.slug, 0
        )


JUNE, AUGUST, SEPTEMBER = date(2008, 6, 30), date(2008, 8, 1), date(2008, 9, 1)


def amended_in_september(finance_officer, set_clock):
    """Return an agreement of 1,000 signed in May, that an amendment of 1 September, recorded on the 12th, made 1,500."""
    set_clock(datetime(2008, 5, 10, 12))
    agreement = make_agreement(
        finance_officer, amount=D(1000), signed_on=date(2008, 5, 5), instalments=[(AUGUST, D(1000))]
    )
    set_clock(datetime(2008, 9, 12, 12))
    terms = {"amount": D(1500), "signed_on": SEPTEMBER, "why": "A new budget.", "instalments": [(JUNE, D(1500))]}
    amend_agreement(by=finance_officer, agreement=agreement, **terms)
    return Agreement.objects.get()


@pytest.mark.requirement("R57")
def test_agreement_of_a_past_day_is_worth_what_it_was_before_a_later_amendment(finance_officer, set_clock):
    agreement = amended_in_september(finance_officer, set_clock)
    before = RegisterEntry.objects.get(kind="agreement.amended/1").n - 1

    def read(day, known_at=None):
        area = donor_area(agreement.donor, day)
        (reported,) = gather.donors(scope("MNL2008", as_of=day, known_at=known_at))
        steps = [step.amount for step in area.contributions[0].steps if step.done]
        due = [(row.due_on, row.open) for row in area.instalments]
        return committed(day), drawn(day), area.agreed, steps, due, reported.committed

    def worth(amount, due_on):
        written = formats.money(amount, "USD")
        return (
            {agreement.donor.organisation.slug: amount},
            [(0, amount, 0)],
            amount,
            [written],
            [(due_on, amount)],
            amount,
        )

    assert read(JUNE) == worth(D(1000), AUGUST)
    assert read(SEPTEMBER) == worth(D(1500), JUNE)
    assert read(SEPTEMBER, known_at=before)[-1] == D(1000)


@pytest.mark.requirement("R104")
def test_what_an_amendment_adds_is_in_the_report_of_the_period_it_was_signed_in(finance_officer, set_clock):
    agreement = amended_in_september(finance_officer, set_clock)
    set_clock(datetime(2008, 12, 1, 12))
    terms = {"amount": D(1700), "signed_on": date(2008, 11, 20), "why": "More.", "instalments": [(AUGUST, D(1700))]}
    amend_agreement(by=finance_officer, agreement=agreement, **terms)
    signed = [[row.committed for row in gather.donors(scope(code))] for code in ("BRU2007", "MNL2008", "ATH2009")]
    assert signed == [[], [D(1500)], [D(200)]]


@pytest.mark.requirement("R57", "R104")
def test_late_amendment_of_an_earlier_date_is_known_from_its_own_entry_on(finance_officer, set_clock):
    agreement = amended_in_september(finance_officer, set_clock)
    entry, day = RegisterEntry.objects.get(kind="agreement.amended/1").n, SEPTEMBER + timedelta(days=1)
    assert rests_on(scope("MNL2008", as_of=day)).n == known(agreement.donor, day).n == entry
    assert rests_on(scope("MNL2008", as_of=JUNE)).n == known(agreement.donor, JUNE).n < entry


@pytest.mark.requirement("R57")
def test_pledge_of_a_past_day_is_what_it_was_and_is_drawn_once_acknowledged(officer, set_clock):
    set_clock(datetime(2008, 5, 10, 12))
    pledge = make_pledge(officer, amount=D(1000), pledged_on=date(2008, 5, 5))
    set_clock(datetime(2008, 6, 10, 12))
    acknowledge_pledge(by=officer, pledge=pledge)
    set_clock(datetime(2008, 9, 12, 12))
    amend_pledge(by=officer, pledge=pledge, amount=D(1500), pledged_on=pledge.pledged_on, why="A new budget.")
    days = (date(2008, 5, 31), JUNE, date(2008, 9, 12))
    assert [drawn(day) for day in days] == [[], [(D(1000), 0, 0)], [(D(1500), 0, 0)]]
    assert [donor_area(pledge.donor, day).pledged for day in days] == [D(1000), D(1000), D(1500)]
    window = [[row.window for row in donor_area(pledge.donor, day).contributions] for day in days]
    set_clock(datetime(2008, 10, 10, 12))
    amend_pledge(
        by=officer, pledge=pledge, amount=D(1500), pledged_on=date(2008, 9, 12), window=Window.objects.get(code="W2"),
        why="Another window.",
    )  # fmt: skip
    assert [drawn(day) for day in days] == [[], [(D(1000), 0, 0)], [(D(1500), 0, 0)]]
    assert [donor_area(pledge.donor, day).pledged for day in days] == [D(1000), D(1000), D(1500)]
    assert [[row.window for row in donor_area(pledge.donor, day).contributions] for day in days] == window


def overdue_in_statement(day):
    return [(line.cells[0].value, line.cells[1].value) for line in open_items(StatementScope(day))[1].lines[:-1]]


@pytest.mark.requirement("R57")
def test_instalment_paid_or_replaced_later_was_overdue_on_a_past_day(finance_officer, set_clock):
    set_clock(datetime(2008, 7, 1, 12))
    paid, replaced = (
        make_agreement(finance_officer, amount=amount, instalments=[(date(2008, 5, 1), amount)])
        for amount in (D(1000), D(400))
    )
    make_deposit(finance_officer, agreement=paid, amount=D(1000), received_on=date(2008, 7, 1))
    terms = {"amount": D(400), "signed_on": date(2008, 7, 1), "why": "Later."}
    amend_agreement(by=finance_officer, agreement=replaced, instalments=[(SEPTEMBER, D(400))], **terms)
    assert Agreement.objects.get(pk=paid.pk).state == "completed"
    assert sorted(overdue_in_statement(JUNE)) == [(D(400), date(2008, 5, 1)), (D(1000), date(2008, 5, 1))]
    assert overdue_in_statement(date(2008, 7, 1)) == []


@pytest.mark.requirement("R57")
def test_statement_calls_nothing_overdue_where_another_currency_came(finance_officer, set_clock):
    set_clock(datetime(2008, 6, 30, 12))
    make_rate("SEK", date(2008, 5, 5), "6.00")
    agreement = make_agreement(finance_officer, instalments=[(date(2008, 5, 1), D(10000))])
    assert overdue_in_statement(JUNE) == [(D(10000), date(2008, 5, 1))]
    make_deposit(finance_officer, agreement=agreement, amount=D(5), currency="SEK")
    assert overdue_in_statement(JUNE) == [(line.owed_usd, line.instalment.due_on) for line in overdue_on(JUNE)] == []
    assert [row.open for row in donor_area(agreement.donor, JUNE).instalments] == [None]


@pytest.mark.requirement("R52")
def test_deposit_pays_the_instalment_that_it_names_everywhere(finance_officer, set_clock):
    set_clock(datetime(2008, 6, 30, 12))
    due = [(date(2008, 5, 1), D(400)), (date(2008, 6, 1), D(600))]
    agreement = make_agreement(finance_officer, amount=D(1000), instalments=due)
    make_deposit(finance_officer, agreement=agreement, amount=D(600), instalment=agreement.instalments.get(number=2))
    owed = [(1, D(400))]
    assert [(row.instalment.number, row.owed) for row in standings_of(agreement) if not row.is_paid] == owed
    assert [(row.instalment.number, row.owed) for row in overdue_on(JUNE)] == owed
    assert [(row.number, row.open) for row in donor_area(agreement.donor, JUNE).instalments] == owed
    assert overdue_in_statement(JUNE) == [(D(400), date(2008, 5, 1))]


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
    withdraw_proposal(by=agency, proposal=version.proposal)
    assert figure() == "0"


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
        (line, *_total) = commitments(StatementScope(day))[0].lines
        area = donor_area(donor, day)
        overdue, loose = (table.lines[:1] for table in open_items(StatementScope(day))[1:])
        return {
            "commitments": (line.cells[0].value, line.cells[3].value),
            "picture": [group[2] for group in drawn(day)],
            "overdue": [row.cells[0].value for row in overdue],
            "without an agreement": [row.cells[0].value for row in loose],
            "donor's area": (area.received, area.fee, sum(row.usd for row in area.deposits), len(area.instalments)),
            "report": [row.deposited for row in gather.donors(scope("MNL2008", as_of=day))],
            "statement": funding_status(day).amount("contributions"),
            "money's flow": [link.amount for link in money_flow(day).links if link.source.startswith("source:")],
        }

    stood = read(before)
    assert stood == {
        "commitments": (D(10700), D(10700)), "picture": [D(10700)], "overdue": [], "without an agreement": [D(700)],
        "donor's area": (D(10700), D(107), D(10700), 0), "report": [D(10700)], "statement": D(10700),
        "money's flow": [D(10700)],
    }  # fmt: skip
    for row in rows:
        money = Posting.objects.get(entry_id=row.entry_id, line=1)
        post_voucher(finance_officer, second_finance_officer, "reversal", posting=money, on=date(2008, 6, 1))
    assert read(before) == stood
    assert read(after) == {
        "commitments": (D(10000), D(0)), "picture": [D(0)], "overdue": [D(10000)], "without an agreement": [],
        "donor's area": (D(0), D(0), D(0), 1), "report": [D(0)], "statement": D(0), "money's flow": [],
    }  # fmt: skip
    client = sign_in(finance_officer)
    pages = [client.get(reverse("reporting:money"), {"as_of": day.isoformat()}) for day in (before, after)]
    assert [row.deposited_usd for page in pages for row in page.context["donors"]] == [D(10700), D(0)]


@pytest.mark.requirement("R96", "R57")
def test_seed_capital_given_back_lessens_its_own_line_and_every_sum_it_is_in(
    finance_officer, second_finance_officer, set_clock
):
    set_clock(datetime(2008, 6, 30, 12))
    two, day = (finance_officer, second_finance_officer), StatementScope(date(2008, 6, 30))
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


def approved_without_money(moment, set_clock):
    """Close a decision while the pools are short; return its waiting approval."""
    set_clock(moment)
    decision = opened()
    vote(decision, "approve", *all_but("member_iom"))
    close_decision(by=person("officer"), decision=decision)
    return WaitingApproval.objects.get()


@pytest.mark.requirement("R104", "R60")
def test_money_of_an_approval_that_waited_is_in_the_report_of_the_period_it_came_in(
    finance_officer, second_finance_officer, set_clock
):
    approval = approved_without_money(datetime(2008, 9, 15, 12), set_clock)
    set_clock(datetime(2008, 12, 1, 12))
    money_in(finance_officer, "500000.00")
    prepare_waiting(by=finance_officer, waiting=approval)
    project = fund_waiting(by=second_finance_officer, waiting=approval)
    manila, athens = (gather.gather(scope(code)) for code in ("MNL2008", "ATH2009"))
    assert [(row.reference, row.outcome) for row in (*manila.decisions, *athens.decisions)] == [
        (approval.decision_reference, "Approved, waiting for money"),
        (approval.decision_reference, "Approved earlier, money allocated on 1 December 2008"),
    ]
    assert (manila.by_window, manila.allocated, manila.closed) == ((), 0, 1)
    assert [row.amount for row in athens.by_window] == [project.amount] == [athens.allocated]
    assert ([row.reference for row in athens.projects], athens.closed) == ([project.reference], 0)


@pytest.mark.requirement("R104")
def test_approval_that_lapsed_says_so_from_the_day_after_its_last(set_clock):
    approval = approved_without_money(datetime(2008, 11, 1, 12), set_clock)
    last = approval.stands_until
    set_clock(datetime(2009, 11, 10, 12))
    found = [gather.decided(scope("ATH2009", as_of=day))[0].outcome for day in (last, last + timedelta(days=1))]
    assert found == ["Approved, waiting for money", "Approved, lapsed without money"]
