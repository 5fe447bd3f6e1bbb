"""Payments: four eyes, posted once, never from what is not there."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from alliance.core import clock
from alliance.core.errors import InsufficientFunds, NotAllowed, OutOfState, Refused
from alliance.register.kinds import declared
from alliance.register.models import RegisterEntry
from funds import checks
from funds.models import Account, Payment, Posting
from funds.operations.money import allocate
from funds.operations.payments import (
    acknowledge_payment,
    authorise_payment,
    cancel_payment,
    pay_payment,
    prepare_payment,
)
from funds.operations.vouchers import authorise_voucher, cancel_voucher
from reporting.verification.everything import verify
from tests.funds.factories import (
    PROJECT,
    fund_in,
    fund_project,
    make_accounts,
    make_organisation,
    make_paid,
    make_payment,
    make_voucher,
    make_window,
    post_voucher,
)

D = Decimal


@pytest.fixture
def today(db):
    return clock.today()


@pytest.mark.requirement("D3")
def test_whoever_prepares_cannot_authorise(finance_officer, second_finance_officer):
    payment = make_payment(finance_officer)
    with pytest.raises(NotAllowed, match="another person"):
        authorise_payment(by=finance_officer, payment=payment)
    assert authorise_payment(by=second_finance_officer, payment=payment).authorised_by == second_finance_officer


@pytest.mark.requirement("D3", "R52")
def test_payment_is_posted_when_paid_and_not_before(finance_officer, second_finance_officer, today):
    fund_project(finance_officer)
    posted = Posting.objects.count()
    payment = authorise_payment(by=second_finance_officer, payment=make_payment(finance_officer))
    assert Posting.objects.count() == posted
    payment = pay_payment(by=finance_officer, payment=payment, on=today, bank_reference="T 7")
    assert Account.objects.get(code=f"partner:{PROJECT}:iom").balance == D("1000.00")
    assert [p.amount for p in Posting.objects.filter(entry_id=payment.entry_id)] == [D("1000.00")]


def test_payment_of_more_than_the_project_holds_is_refused_and_stays_authorised(
    finance_officer, second_finance_officer, today
):
    fund_project(finance_officer, amount="999")
    payment = authorise_payment(by=second_finance_officer, payment=make_payment(finance_officer))
    with pytest.raises(InsufficientFunds):
        pay_payment(by=finance_officer, payment=payment, on=today)
    assert Payment.objects.get(pk=payment.pk).state == "authorised"


def test_payment_is_made_once(finance_officer, second_finance_officer, today):
    fund_project(finance_officer)
    payment = make_paid(finance_officer, second_finance_officer, on=today)
    with pytest.raises(OutOfState):
        pay_payment(by=finance_officer, payment=payment, on=today)


def test_payment_that_nobody_authorised_is_not_made(finance_officer, today):
    fund_project(finance_officer)
    with pytest.raises(OutOfState):
        pay_payment(by=finance_officer, payment=make_payment(finance_officer), on=today)


@pytest.mark.parametrize(("days", "why"), [(1, "future"), (-1, "before the payment was authorised")])
def test_day_of_payment_lies_between_authorisation_and_today(finance_officer, second_finance_officer, today, days, why):
    fund_project(finance_officer)
    payment = authorise_payment(by=second_finance_officer, payment=make_payment(finance_officer))
    with pytest.raises(Refused, match=why):
        pay_payment(by=finance_officer, payment=payment, on=today + timedelta(days=days))


def test_partner_confirms_what_it_received(finance_officer, second_finance_officer, agency, rival_agency, today):
    fund_project(finance_officer)
    payment = make_paid(finance_officer, second_finance_officer, on=today)
    with pytest.raises(NotAllowed):
        acknowledge_payment(by=rival_agency, payment=payment)
    assert acknowledge_payment(by=agency, payment=payment).state == "acknowledged"


def test_cancelled_payment_says_why_and_is_not_made(finance_officer, second_finance_officer, today):
    payment = authorise_payment(by=second_finance_officer, payment=make_payment(finance_officer))
    with pytest.raises(Refused, match="why"):
        cancel_payment(by=finance_officer, payment=payment, why=" ")
    cancel_payment(by=finance_officer, payment=payment, why="wrong tranche")
    with pytest.raises(OutOfState):
        pay_payment(by=finance_officer, payment=payment, on=today)


def reversal(payment, **values):
    return {
        "kind": "reversal",
        "posting": Posting.objects.get(entry_id=payment.entry_id),
        "on": clock.today(),
        **values,
    }


@pytest.mark.requirement("R52", "D3")
def test_payment_follows_the_reversal_of_its_posting(finance_officer, second_finance_officer, agency, today, sign_in):
    fund_project(finance_officer)
    payment = make_paid(finance_officer, second_finance_officer, on=today)
    voucher = post_voucher(finance_officer, second_finance_officer, **reversal(payment))
    payment.refresh_from_db()
    assert (payment.state, Account.objects.get(code=f"project:{PROJECT}").balance) == ("reversed", D("5000.00"))
    with pytest.raises(OutOfState):
        acknowledge_payment(by=agency, payment=payment)
    entry = RegisterEntry.objects.get(kind="posting.reversed/1")
    kind, body = declared()[entry.kind], json.loads(entry.body)
    assert (set(kind.told(body)), kind.url(body)) == ({agency}, payment.get_absolute_url())
    page = sign_in(finance_officer).get(payment.get_absolute_url())
    assert voucher.reference in page.content.decode()
    assert [step.state for step in page.context["steps"]] == ["done", "done", "done"]
    assert verify().problems == []
    Payment.objects.filter(pk=payment.pk).update(state="paid")
    assert [problem.where for problem in checks.problems()] == [f"funds_payment:{payment.pk}"]


@pytest.mark.requirement("R52")
def test_payment_that_its_payee_confirmed_is_refunded_and_not_reversed(
    finance_officer, second_finance_officer, agency, today
):
    fund_project(finance_officer)
    payment = make_paid(finance_officer, second_finance_officer, on=today)
    waiting = make_voucher(finance_officer, **reversal(payment))
    acknowledge_payment(by=agency, payment=payment)
    with pytest.raises(Refused, match="is a refund"):
        authorise_voucher(by=second_finance_officer, voucher=waiting)
    cancel_voucher(by=second_finance_officer, voucher=waiting, why="The payee has it")
    with pytest.raises(Refused, match="is a refund"):
        make_voucher(finance_officer, **reversal(payment))
    assert Payment.objects.get().state == "acknowledged"


WHO = ["donor", "agency", "officer", "auditor", "member", "head"]


@pytest.mark.parametrize("key", WHO)
def test_only_finance_officers_prepare(people, key):
    with pytest.raises(NotAllowed):
        make_payment(people[key])


@pytest.mark.parametrize("key", [key for key in WHO if key != "head"])
def test_only_finance_officers_and_the_head_authorise(people, finance_officer, key):
    with pytest.raises(NotAllowed):
        authorise_payment(by=people[key], payment=make_payment(finance_officer))


def test_head_authorises(finance_officer, head):
    assert authorise_payment(by=head, payment=make_payment(finance_officer)).state == "authorised"


def test_money_never_leaves_a_pool_by_a_payment(finance_officer):
    partner = make_accounts()
    with pytest.raises(Refused, match="by an allocation"):
        prepare_payment(
            by=finance_officer, payee=make_organisation("iom"), purpose="x", amount=D(1), debit=partner,
            credit=make_window("GEN").pool,
        )  # fmt: skip


@pytest.mark.parametrize("amount", ["0", "-1"])
def test_amount_that_cannot_be_is_refused(finance_officer, amount):
    with pytest.raises(Refused, match="more than zero"):
        make_payment(finance_officer, amount=amount)


@pytest.mark.requirement("R103")
@pytest.mark.parametrize("status", ["proposed", "approved_in_principle", "established", "closed"])
def test_fund_that_does_not_operate_pays_nothing(finance_officer, status):
    fund_in(status)
    with pytest.raises(OutOfState, match="cannot pay"):
        make_payment(finance_officer)


@pytest.mark.requirement("R52")
def test_payment_of_a_past_day_takes_what_the_project_held_then_and_since(
    finance_officer, second_finance_officer, today, set_clock
):
    """Authorised, then most of the money is given back, and other money comes: on the days between it was not there."""
    fund_project(finance_officer, amount="1000")
    payment = authorise_payment(by=second_finance_officer, payment=make_payment(finance_officer, amount=D(900)))
    set_clock(clock.now() + timedelta(days=2))
    post_voucher(finance_officer, second_finance_officer, "release", amount=D(500), on=clock.today())
    set_clock(clock.now() + timedelta(days=2))
    allocate(by=finance_officer, project=PROJECT, amounts={make_window(): D(1000)}, on=clock.today())
    with pytest.raises(Refused, match="on that day") as refused:
        pay_payment(by=finance_officer, payment=payment, on=today)
    assert (refused.value.field, Account.objects.get(code=f"project:{PROJECT}").balance) == ("on", D(1500))
    assert pay_payment(by=finance_officer, payment=payment, on=clock.today()).state == "paid"
