"""The ceiling on seed capital: the vectors of the rule, the refusals, the warning; nothing is planned past it."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from alliance.core import clock
from alliance.core.errors import NotAllowed, Refused
from funds.contributions import seed_ceiling
from funds.models import FundingRequest
from funds.operations.agreements import sign_agreement
from funds.operations.amendments import amend_agreement
from funds.operations.deposits import record_deposit
from funds.operations.seed import readings, record_funding_request
from funds.statements.funding_status import funding_status
from tests.funds.factories import make_agreement, make_deposit, make_donor, make_window, post_voucher

D = Decimal
PERCENT = D("15.00")
MONEY = st.decimals(min_value=D("0.01"), max_value=D("9999999999.99"), places=2)


@pytest.mark.requirement("R98")
def test_vectors_of_the_rule():
    assert seed_ceiling.complies(D("1500000.00"), D("10000000.00"), PERCENT)
    assert not seed_ceiling.complies(D("1500000.01"), D("10000000.00"), PERCENT)
    assert seed_ceiling.most_of_total(D("10000000.00"), PERCENT) == D("1500000.00")
    assert seed_ceiling.most_beside(D("8500000.00"), PERCENT) == D("1500000.00")
    assert seed_ceiling.others_needed(D("2000000.00"), PERCENT) == D("11333333.34")


@given(MONEY)
def test_readings_agree_with_the_rule_to_the_cent(amount):
    cent = D("0.01")
    most = seed_ceiling.most_of_total(amount, PERCENT)
    assert seed_ceiling.complies(most, amount, PERCENT)
    assert not seed_ceiling.complies(most + cent, amount, PERCENT)
    beside = seed_ceiling.most_beside(amount, PERCENT)
    assert seed_ceiling.complies(beside, amount + beside, PERCENT)
    assert not seed_ceiling.complies(beside + cent, amount + beside + cent, PERCENT)
    needed = seed_ceiling.others_needed(amount, PERCENT)
    assert seed_ceiling.complies(amount, amount + needed, PERCENT)
    assert not seed_ceiling.complies(amount, amount + needed - cent, PERCENT)


def test_amounts_below_zero_are_rounded_the_same_way():
    """What others gave may be less than nothing, once money was given back."""
    assert seed_ceiling.most_of_total(D("-0.01"), PERCENT) == D("-0.01")
    assert seed_ceiling.most_beside(D("-0.01"), PERCENT) == D("-0.01")
    assert seed_ceiling.others_needed(D("-0.01"), PERCENT) == D("-0.05")


def request(by, total="10000000.00", own="1500000.00", on=None):
    day = on or clock.today()
    return record_funding_request(by=by, requested_on=day, total=D(total), seed_capital=D(own))


@pytest.mark.requirement("R98")
def test_request_above_the_ceiling_is_refused_with_the_most_that_is_possible(finance_officer):
    request(finance_officer)
    with pytest.raises(Refused) as refused:
        request(finance_officer, own="1500000.01")
    assert refused.value.field == "seed_capital"
    assert "1,500,000.00" in str(refused.value).replace("\u00a0", " ")
    assert FundingRequest.objects.count() == 1


@pytest.mark.requirement("R98")
def test_amendment_does_not_walk_round_the_ceiling(finance_officer):
    request(finance_officer, total="1000000.00", own="150000.00")
    agreement = make_agreement(
        finance_officer, donor=make_donor("world-bank", donor_type="trustee"), amount=D("100000.00")
    )
    terms = {"by": finance_officer, "agreement": agreement, "signed_on": clock.today(), "why": "more"}
    with pytest.raises(Refused) as refused:
        amend_agreement(amount=D("150000.01"), **terms)
    assert refused.value.field == "amount"
    assert amend_agreement(amount=D("150000.00"), **terms).number == 1
    assert amend_agreement(amount=D("1.00"), **terms).number == 2


@pytest.mark.parametrize(
    ("columns", "field"),
    [({"total": "0.00"}, "total"), ({"total": "10.005"}, "total"), ({"own": "-1.00"}, "seed_capital"),
     ({"own": "1.005"}, "seed_capital")],
)  # fmt: skip
def test_request_of_amounts_that_cannot_be_is_refused(finance_officer, columns, field):
    with pytest.raises(Refused) as refused:
        request(finance_officer, **{"own": "0.00", **columns})
    assert (refused.value.field, FundingRequest.objects.count()) == (field, 0)


@pytest.mark.requirement("R98")
def test_signature_above_the_ceiling_is_refused_and_receipt_only_warns(finance_officer):
    trustee = make_donor("world-bank", donor_type="trustee")
    request(finance_officer, total="1000000.00", own="150000.00")
    terms = {
        "by": finance_officer,
        "donor": trustee,
        "currency": "USD",
        "signed_on": clock.today(),
        "fee_percent": D(0),
    }
    agreement = sign_agreement(amount=D("100000.00"), **terms)
    with pytest.raises(Refused) as refused:
        sign_agreement(amount=D("50000.01"), **terms)
    assert refused.value.field == "amount"
    sign_agreement(amount=D("50000.00"), **terms)
    record_deposit(by=finance_officer, agreement=agreement, amount=D("100000.00"), received_on=clock.today())
    stages = {row.stage: row for row in readings()}
    assert stages["requested"].complies
    assert not stages["received"].complies
    assert stages["received"].to_raise == seed_ceiling.others_needed(D("100000.00"), PERCENT)


@pytest.mark.requirement("R98")
def test_money_given_back_is_not_read_as_received(finance_officer, second_finance_officer):
    trustee, window = make_donor("world-bank", donor_type="trustee"), make_window()
    make_deposit(finance_officer, amount=D(8500))
    make_deposit(finance_officer, donor=trustee, currency="USD", amount=D(2000))
    two = (finance_officer, second_finance_officer)
    post_voucher(*two, "donor_refund", donor=trustee, window=window, amount=D(1980))
    post_voucher(*two, "donor_refund", donor=make_donor(), window=window, amount=D(500))
    (received,) = (row for row in readings() if row.stage == "received")
    assert (received.seed, received.others, received.complies) == (D(20), D(8000), True)
    assert received.seed == funding_status().seed.amount


def test_request_smaller_than_what_was_signed_allows_is_refused(finance_officer):
    trustee = make_donor("world-bank", donor_type="trustee")
    day = clock.today()
    sign_agreement(
        by=finance_officer, donor=trustee, amount=D("150000.00"), currency="USD", signed_on=day, fee_percent=D(0)
    )
    with pytest.raises(Refused) as refused:
        request(finance_officer, total="999999.99", own="100000.00")
    assert refused.value.field == "total"
    request(finance_officer, total="1000000.00", own="100000.00")


def test_only_finance_officers_and_the_head_plan(officer, head, auditor):
    for person in (officer, auditor):
        with pytest.raises(NotAllowed):
            request(person)
    request(head)


def test_seed_beyond_the_total_is_refused_by_the_database(finance_officer):
    made = request(finance_officer)
    for columns in ({"seed": made.total + 1}, {"total": D(0), "seed": D(0)}, {"seed": D("-1")}):
        with pytest.raises(IntegrityError, match="funding_request_seed_within_total"), transaction.atomic():
            FundingRequest.objects.filter(pk=made.pk).update(**columns)


def test_page_keeps_what_was_typed_and_says_what_is_possible(client, finance_officer):
    client.force_login(finance_officer)
    typed = {
        "requested_on": date(2026, 1, 5),
        "total": "10000000.00",
        "seed_capital": "1500000.01",
        "note": "Letter",
        "key": "k1",
    }
    answer = client.post("/en/funds/seed-capital/new/", typed)
    text = answer.content.decode().replace("\u00a0", " ")
    assert answer.status_code == 200
    assert "1500000.01" in text
    assert "at most 15 per cent" in text
    typed |= {"seed_capital": "1500000.00", "key": "k2"}
    assert client.post("/en/funds/seed-capital/new/", typed).status_code == 302
    shown = client.get("/en/funds/seed-capital/").content.decode()
    assert "8,500,000.00" in shown
