"""Partners' reports: complete when sent, never more than was held, posted when accepted."""

from decimal import Decimal

import pytest
from django.urls import reverse

from alliance.core import clock
from alliance.core.errors import NotAllowed, OutOfState, Refused
from alliance.register.verification import Verification
from funds.models import Account, Posting
from proposals.breakdowns import public_cells
from proposals.closure import open_items
from proposals.models import BudgetCategory, Tranche
from proposals.operations import accept_report, return_report, save_report, submit_report
from proposals.operations.projects import blocks, standing
from proposals.operations.reports import held_by_partner, taken_back
from tests.funds.factories import post_voucher
from tests.ground.scenes import scene
from tests.proposals.factories import (
    draft_proposal,
    paid_first_tranche,
    write_report,
)

D = Decimal


@scene
def contract(signed, finance_officer, second_finance_officer):
    paid_first_tranche(signed, finance_officer, second_finance_officer)
    return signed


@pytest.fixture
def report(contract):
    return contract.reports.get(number=1)


@pytest.mark.requirement("R46", "R68")
@pytest.mark.parametrize("text", ["results", "narrative", "rights_follow_up"])
def test_report_with_an_empty_part_is_refused(text, report, agency):
    write_report(agency, report, **{text: " "})
    with pytest.raises(Refused) as refusal:
        submit_report(by=agency, report=report)
    assert refusal.value.field == text


def test_report_without_indicators_is_refused(report, agency):
    save_report(by=agency, report=report, texts={"results": "x", "narrative": "x", "rights_follow_up": "x"})
    with pytest.raises(Refused, match="Indicator 1"):
        submit_report(by=agency, report=report)


@pytest.mark.requirement("R74")
def test_breakdown_adds_up_or_is_explained(report, agency):
    write_report(agency, report)
    indicator = report.contract.project.proposal.indicators.get()
    save_report(by=agency, report=report, cells={(indicator, "sex", "male"): D(19)})
    with pytest.raises(Refused, match="does not add up"):
        submit_report(by=agency, report=report)
    save_report(by=agency, report=report, actuals={indicator: (D(40), "One person is not stated.")})
    assert submit_report(by=agency, report=report).state == "submitted"


@pytest.mark.requirement("R74")
def test_small_cells_are_hidden_in_public(report):
    cells = public_cells([("sex", "female", D(30)), ("sex", "male", D(3)), ("sex", "unknown", D(12))])
    assert [(cell.category, cell.value) for cell in cells] == [("female", D(30)), ("male", None), ("unknown", None)]


@pytest.mark.parametrize(("spent", "accepted"), [("125000.00", True), ("125000.01", False)])
def test_spending_is_never_more_than_the_partner_holds(spent, accepted, report, agency):
    write_report(agency, report, spent=spent)
    if accepted:
        assert submit_report(by=agency, report=report).state == "submitted"
    else:
        with pytest.raises(Refused, match="More is reported"):
            submit_report(by=agency, report=report)


@pytest.mark.requirement("R68")
def test_acceptance_posts_spending_by_category(report, agency, officer):
    write_report(agency, report, spent="40000.00")
    submit_report(by=agency, report=report)
    before = Posting.objects.count()
    accept_report(by=officer, report=report)
    code = f"spent:{report.contract.project.reference}:iom:1"
    assert (Account.objects.get(code=code).balance, Posting.objects.count()) == (D("40000.00"), before + 1)


@pytest.mark.requirement("R52")
def test_correction_of_accepted_spending_is_told_beside_the_report(
    report, agency, officer, finance_officer, second_finance_officer, sign_in
):
    submit_report(by=agency, report=write_report(agency, report, spent="40000.00"))
    accept_report(by=officer, report=report)
    page = sign_in(agency).get(report.get_absolute_url()).content.decode()
    posting = Posting.objects.get(debit__kind="spent")
    post_voucher(finance_officer, second_finance_officer, "reversal", posting=posting, on=clock.today())
    corrected = sign_in(agency).get(report.get_absolute_url()).content.decode()
    assert ["was taken back in the books since" in text for text in (page, corrected)] == [False, True]
    report.refresh_from_db()
    assert (report.state, held_by_partner(report), taken_back(report)) == ("accepted", D("125000.00"), D("40000.00"))
    report.accepted_at = clock.now()  # as of a report accepted after that spending was posted
    assert taken_back(report) == 0


@pytest.mark.requirement("R52")
def test_correction_is_told_beside_the_report_whose_spending_it_was(
    report, agency, officer, finance_officer, second_finance_officer
):
    following = report.contract.reports.get(number=2)
    for one, spent in ((report, "40000.00"), (following, "10.00")):
        submit_report(by=agency, report=write_report(agency, one, spent=spent))
        accept_report(by=officer, report=one)
        one.refresh_from_db()
    for posting in Posting.objects.filter(debit__kind="spent"):
        post_voucher(finance_officer, second_finance_officer, "reversal", posting=posting, on=clock.today())
    assert [taken_back(one) for one in (report, following)] == [D("40000.00"), D("10.00")]


@pytest.mark.requirement("R52", "R68")
def test_tranche_of_a_reversed_payment_is_prepared_and_paid_anew(contract, finance_officer, second_finance_officer):
    posting, project = Posting.objects.get(debit__kind="partner"), contract.project
    assert Tranche.objects.ready_on(clock.today()).count() == 0
    post_voucher(finance_officer, second_finance_officer, "reversal", posting=posting, on=clock.today())
    tranche = contract.tranches.select_related("payment").get(number=1)
    assert list(Tranche.objects.ready_on(clock.today())) == [tranche]
    assert blocks(tranche, contract, project, standing(contract, project)) == []
    assert "Tranche not paid" in {str(item.label) for item in open_items(project)}
    paid_first_tranche(contract, finance_officer, second_finance_officer)
    assert contract.tranches.get(number=1).payment.state == "paid"


@pytest.mark.requirement("D8")
def test_accepting_twice_posts_once(report, agency, officer):
    submit_report(by=agency, report=write_report(agency, report))
    before = Posting.objects.count()
    accept_report(by=officer, report=report, key="k1")
    accept_report(by=officer, report=report, key="k1")
    with pytest.raises(OutOfState):
        accept_report(by=officer, report=report)
    assert Posting.objects.count() == before + 1


def test_report_without_spending_posts_nothing(report, agency, officer):
    submit_report(by=agency, report=write_report(agency, report, spent="0.00"))
    before = Posting.objects.count()
    accept_report(by=officer, report=report)
    assert Posting.objects.count() == before


def test_returned_report_is_written_again_and_the_register_still_explains_it(report, agency, officer):
    submit_report(by=agency, report=write_report(agency, report))
    with pytest.raises(Refused):
        return_report(by=officer, report=report, reason=" ")
    assert return_report(by=officer, report=report, reason="Break it down.").is_editable
    write_report(agency, report, results="41 officials trained")
    assert list(Verification().problems()) == []
    assert submit_report(by=agency, report=report).return_reason == ""


def test_submitted_report_is_not_changed(report, agency):
    submit_report(by=agency, report=write_report(agency, report))
    with pytest.raises(OutOfState):
        write_report(agency, report)


def test_report_says_nothing_of_strange_indicators_and_nothing_below_zero(report, agency):
    own, category = report.contract.project.proposal.indicators.get(), BudgetCategory.objects.get(code=1)
    strange = draft_proposal(agency).indicators.get()
    wrong = (
        {"actuals": {strange: (D(1), "")}},
        {"cells": {(strange, "sex", "male"): D(1)}},
        {"cells": {(own, "sex", "male"): D(-1)}},
        {"spending": {category: D("-0.01")}},
    )
    for values in wrong:
        with pytest.raises(Refused):
            save_report(by=agency, report=report, **values)
    assert not report.indicators.exists()


def test_breakdown_is_saved_before_its_value(report, agency):
    own = report.contract.project.proposal.indicators.get()
    save_report(by=agency, report=report, cells={(own, "sex", "male"): D(7)})
    row = report.indicators.get()
    assert (row.actual, row.cells.get().value) == (None, D(7))


@pytest.mark.parametrize("who", ["rival_agency", "officer", "donor", "auditor"])
def test_others_do_not_write_reports(who, report, request):
    with pytest.raises(NotAllowed):
        write_report(request.getfixturevalue(who), report)


@pytest.mark.parametrize("who", ["agency", "rival_agency", "auditor", "chair"])
def test_others_do_not_review_reports(who, report, agency, request):
    submit_report(by=agency, report=write_report(agency, report))
    person = request.getfixturevalue(who)
    with pytest.raises(NotAllowed):
        accept_report(by=person, report=report)
    with pytest.raises(NotAllowed):
        return_report(by=person, report=report, reason="x")


def test_report_is_written_and_submitted_in_the_browser(report, agency, officer, sign_in):
    client = sign_in(agency)
    typed = {
        "key": "k1", "results": "40 trained", "narrative": "On time.", "rights_follow_up": "Read.",
        "actual_1": "40", "cell_1_sex_female": "25", "cell_1_sex_male": "15", "remark_1": "", "spent_1": "1 000,50",
    }  # fmt: skip
    url = reverse("proposals:report_write", args=[report.reference])
    assert "Saved at" in client.post(url, typed, headers={"hx-request": "true"}).content.decode()
    client.post(url, typed)
    client.post(reverse("proposals:report_submit", args=[report.reference]), {"key": "k2"})
    client = sign_in(officer)
    text = client.get(reverse("proposals:report", args=[report.reference])).content.decode()
    assert "Women 25 · Men 15" in text
    client.post(reverse("proposals:report_accept", args=[report.reference]), {"key": "k3"})
    report.refresh_from_db()
    assert (report.state, report.expenditures.get(category__code=1).amount) == ("accepted", D("1000.50"))
