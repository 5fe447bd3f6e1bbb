"""The fund is closed once everything stands at zero; until then the page says what is open and what goes back to whom."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from alliance.core import clock
from alliance.core.constraints import constraint_of
from alliance.core.errors import InsufficientFunds, Refused
from funds.contributions.seed_ceiling import CENT
from funds.ledger.closing import fund_closing
from funds.models import Fund, Posting
from funds.operations.fund import set_fund_status
from funds.operations.money import refund_donor
from funds.statements.funding_status import funding_status
from tests.funds.factories import (
    fund_in,
    fund_project,
    make_deposit,
    make_donor,
    make_payment,
    make_voucher,
    make_window,
    post_voucher,
)

D = Decimal


def refund(officer, second, donor, amount):
    refund_donor(by=second, prepared_by=officer, donor=donor, window=make_window(), amount=amount, on=clock.today())


@pytest.mark.requirement("R103")
def test_fund_with_money_is_not_closed_and_the_refusal_says_what_is_open(finance_officer, head):
    fund_project(finance_officer)
    make_payment(finance_officer)
    make_voucher(finance_officer)
    fund_in("closing")
    with pytest.raises(Refused) as refusal:
        set_fund_status(by=head, status="closed", note="the end")
    said = str(refusal.value)
    assert "In the windows’ pools – " in said
    assert "Allocated to projects and not paid – " in said
    assert "Payments under way: 1; Vouchers under way: 1" in said
    assert Fund.objects.the().status == "closing"


@pytest.mark.requirement("R103")
def test_fund_is_closed_once_the_last_cent_went_back(finance_officer, second_finance_officer, head):
    donor = make_donor()
    net = make_deposit(finance_officer, donor=donor, currency="USD", amount=D(10000)).net_usd
    fund_in("closing")
    refund(finance_officer, second_finance_officer, donor, net - CENT)
    with pytest.raises(Refused, match="not closed while something is open"):
        set_fund_status(by=head, status="closed", note="the end")
    refund(finance_officer, second_finance_officer, donor, CENT)
    assert set_fund_status(by=head, status="closed", note="the end").status == "closed"


@pytest.mark.requirement("R96", "R103")
def test_fund_with_seed_and_income_is_closed_without_another_funds_taking_what_is_not_its_own(
    finance_officer, second_finance_officer, head, sign_in
):
    two, trustee = (finance_officer, second_finance_officer), make_donor("world-bank", "trustee")
    make_deposit(finance_officer, amount=D(1000))
    make_deposit(finance_officer, donor=trustee, currency="USD", amount=D(500))
    post_voucher(*two, "interest_fund", amount=D(30))
    fund_in("closing")
    form = reverse("funds:voucher_kind", args=["donor_refund"])
    choice = sign_in(finance_officer).get(form).context["form"].fields["stake"]
    assert [choice.label_from_instance(row).split(" – ")[0] for row in choice.queryset] == [
        make_donor().name, f"{trustee.name} (seed capital)"
    ]  # fmt: skip
    with pytest.raises(InsufficientFunds):
        make_voucher(finance_officer, "donor_refund", donor=trustee, amount=D("495.01"))
    seed = post_voucher(*two, "donor_refund", donor=trustee, amount=D(495))
    post_voucher(*two, "donor_refund", amount=D(990))
    (posting,) = Posting.objects.filter(entry_id=seed.entry_id).select_related("debit")
    assert (posting.debit.code, [share.source.kind for share in posting.shares.all()]) == (
        "seed-refunds:world-bank", ["seed"]
    )  # fmt: skip
    status = funding_status()
    assert (status.seed.amount, status.amount("contributions")) == (D(5), D(15))
    post_voucher(*two, "other_fund", amount=D(30))
    assert [part.amount for part in fund_closing().parts] == []
    assert set_fund_status(by=head, status="closed", note="the end").status == "closed"


def test_what_goes_back_is_the_stakes_and_adds_up_to_the_pools(finance_officer):
    first, second = make_donor(), make_donor("switzerland-sdc")
    make_deposit(finance_officer, donor=first, currency="USD", amount=D(3000))
    make_deposit(finance_officer, donor=second, currency="USD", amount=D("1000.01"))
    found = fund_closing()
    parts = {part.source.donor.organisation.slug: part.amount for part in found.parts}
    assert parts == {"sweden-mfa": D("2970.00"), "switzerland-sdc": D("990.01")}
    assert found.to_return == found.kinds[0].amount


def test_page_names_accounts_and_donors_with_links(finance_officer, head, sign_in):
    fund_project(finance_officer)
    make_payment(finance_officer)
    fund_in("closing")
    page = sign_in(head).get(reverse("funds:closing")).content.decode()
    assert reverse("funds:account", args=["pool:GEN"]) in page
    assert reverse("funds:account", args=["project:PRJ-2008-0001"]) in page
    assert reverse("funds:donor", args=["sweden-mfa"]) in page
    assert "Close the fund" not in page


def test_page_of_an_empty_fund_offers_closing_to_the_head_alone(head, auditor, sign_in):
    fund_in("closing")
    address = reverse("funds:closing")
    assert "Close the fund" in sign_in(head).get(address).content.decode()
    assert "Close the fund" not in sign_in(auditor).get(address).content.decode()


def test_database_refuses_a_posting_of_a_closed_fund(finance_officer):
    make_deposit(finance_officer)
    fund_in("closed")
    first = Posting.objects.order_by("pk").first()
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Posting.objects.create(
            entry_id=first.entry_id, line=99, debit=first.debit, credit=first.credit, amount=D(1),
            effective_on=first.effective_on, recorded_at=clock.now(),
        )  # fmt: skip
    assert constraint_of(refused.value) == "posting_fund_not_closed"
