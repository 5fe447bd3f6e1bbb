"""A project is closed once nothing of it is open; from then on its accounts take nothing."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from alliance.core import clock
from alliance.core.constraints import constraint_of
from alliance.core.errors import OutOfState, Refused
from funds.ledger.closing import accounts_of_project
from funds.models import Account, AccountKind, ClosedProject, Posting
from funds.operations.closing import close_accounts
from funds.operations.money import allocate, post_spending, receive_refund, release, return_money
from funds.operations.payments import cancel_payment
from funds.operations.vouchers import prepare_voucher
from proposals.closure import open_items
from proposals.models import PartnerReport, Project
from proposals.operations import close_project, complete_project, prepare_tranche
from tests.proposals.factories import accepted_report, paid_first_tranche, window

D = Decimal


@pytest.fixture
def contract(signed):
    return signed


def labels(project):
    return [(str(item.label), item.amount) for item in open_items(project)]


def wound_up(contract, agency, officer, finance_officer, second_finance_officer):
    """Carry a project with one paid tranche to where nothing is open: spent a part, the rest sent back and released."""
    paid = paid_first_tranche(contract, finance_officer, second_finance_officer)
    accepted_report(contract, agency, officer)
    PartnerReport.objects.filter(contract=contract).exclude(state="accepted").delete()
    project, partner = contract.project, contract.partner
    back = {"project": project.reference, "organisation": partner, "amount": paid - D("1000.00"), "on": clock.today()}
    return_money(by=finance_officer, **back)
    receive_refund(by=finance_officer, **back)
    left = Account.objects.get(code=project.account_code).balance
    release(
        by=second_finance_officer, prepared_by=finance_officer, project=project.reference, amount=left, on=clock.today()
    )
    complete_project(by=officer, project=project)
    return Project.objects.get(pk=project.pk)


def test_everything_that_is_open_is_listed_with_its_amount(contract, finance_officer, second_finance_officer):
    paid = paid_first_tranche(contract, finance_officer, second_finance_officer)
    left = contract.amount - paid
    assert labels(contract.project) == [
        ("With the partner, not spent", paid),
        ("Allocated and not paid", left),
        ("Tranche not paid", left),
        ("Report not accepted", None),
        ("Report not accepted", None),
    ]


def test_refund_in_transit_is_open(contract, finance_officer, second_finance_officer):
    paid_first_tranche(contract, finance_officer, second_finance_officer)
    return_money(
        by=finance_officer,
        project=contract.project.reference,
        organisation=contract.partner,
        amount=D(7),
        on=clock.today(),
    )
    assert ("Refund in transit", D(7)) in labels(contract.project)


def test_voucher_that_is_prepared_is_open(contract, finance_officer):
    prepare_voucher(
        by=finance_officer,
        kind="release",
        project=contract.project.reference,
        amount=D(5),
        on=clock.today(),
        reason="r",
    )
    assert ("Voucher not authorised", D(5)) in labels(contract.project)


def test_payment_that_is_prepared_is_under_way_and_open_again_when_cancelled(contract, finance_officer, head):
    payment = prepare_tranche(by=finance_officer, tranche=contract.tranches.get(number=1))
    assert [text for text, _amount in labels(contract.project)].count("Payment under way") == 1
    cancel_payment(by=head, payment=payment, why="wrong day")
    assert [text for text, _amount in labels(contract.project)].count("Tranche not paid") == 2


def test_project_with_something_open_is_not_closed_and_the_refusal_names_it(contract, head):
    Project.objects.update(state="completed", completed_at=clock.now())
    with pytest.raises(Refused, match="Allocated and not paid: project:") as refusal:
        close_project(by=head, project=contract.project)
    assert "Tranche not paid" in str(refusal.value)
    assert ClosedProject.objects.count() == 0


def test_project_with_nothing_open_is_closed_and_takes_no_charge(
    contract, agency, officer, finance_officer, second_finance_officer, head
):
    project = wound_up(contract, agency, officer, finance_officer, second_finance_officer)
    assert labels(project) == []
    assert close_project(by=head, project=project).state == "closed"
    today = {"on": clock.today()}
    about = {"project": project.reference, "organisation": contract.partner}
    with pytest.raises(OutOfState, match="closed for good"):
        allocate(by=head, project=project.reference, amounts={window("GEN"): D(5)}, **today)
    with pytest.raises(Refused):
        post_spending(by=finance_officer, lines={"1": D(5)}, **about, **today)
    with pytest.raises(OutOfState):
        prepare_tranche(by=finance_officer, tranche=contract.tranches.get(number=2))
    assert not any(row.balance for row in accounts_of_project(project.reference))
    with pytest.raises(OutOfState):
        close_project(by=head, project=project)


def test_accounts_with_money_are_not_closed_by_any_way(project, head):
    with pytest.raises(Refused, match="Money is left"):
        close_accounts(by=head, project=project.reference)


def test_page_lists_what_is_open_and_offers_closing_only_when_nothing_is(contract, officer, head, sign_in):
    project = contract.project
    Project.objects.update(state="completed", completed_at=clock.now())
    page = sign_in(head).get(reverse("proposals:project", args=[project.reference])).content.decode()
    assert "Tranche not paid" in page
    assert f"?account=project:{project.reference}" in page
    assert "Close the project for good?" not in page


def test_page_of_a_project_with_nothing_open_offers_to_close_it(
    contract, agency, officer, finance_officer, second_finance_officer, head, sign_in
):
    project = wound_up(contract, agency, officer, finance_officer, second_finance_officer)
    client, address = sign_in(head), reverse("proposals:project", args=[project.reference])
    assert "Close the project for good?" in client.get(address).content.decode()
    client.post(reverse("proposals:close", args=[project.reference]), {"key": "k"})
    project.refresh_from_db()
    assert project.state == "closed"


def test_database_refuses_a_posting_on_a_closed_project(project):
    ClosedProject.objects.create(reference=project.reference, closed_on=clock.today())
    own = Account.objects.get(code=project.account_code)
    partner = Account.objects.create(
        code=f"partner:{project.reference}:x", kind=AccountKind.PARTNER, subject=f"{project.reference}:x", guarded=True
    )
    entry = Posting.objects.latest("pk").entry_id
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Posting.objects.create(
            entry_id=entry, line=99, debit=partner, credit=own, amount=D(1), effective_on=clock.today(),
            recorded_at=clock.now(),
        )  # fmt: skip
    assert constraint_of(refused.value) == "posting_project_not_closed"
