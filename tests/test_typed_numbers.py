"""Numbers that are none, or that nothing can hold: refused in words at their field, and what was typed is kept."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from alliance.core import clock
from alliance.core.errors import Refused
from alliance.core.numbers import FigureField
from alliance.register.models import RegisterEntry
from funds.forms.fields import AmountField, PercentField
from funds.models import Deposit, Rate
from funds.operations.fund import record_rate
from funds.operations.payments import authorise_payment, pay_payment
from funds.operations.valuation import valued
from tests.funds.factories import fund_project, make_deposit, make_donor, make_payment, post_voucher

D = Decimal
NEVER = [
    "-5", "1e-30", "1e30", "1E+999999999", "9" * 20, "9" * 6000, "NaN", "sNaN", "Infinity", "-Infinity", "1234.56.7",
    "1,234.56", "123.456", "١٢٣", "１２", "²", "ten", "   ", "",
]  # fmt: skip
FIELDS = [AmountField(), PercentField(), FigureField(min_value=D("0.01"), max_digits=18), FigureField()]


@pytest.mark.requirement("D2")
@pytest.mark.parametrize("field", FIELDS, ids=["amount", "percent", "contract", "figure"])
@pytest.mark.parametrize("typed", NEVER, ids=[typed[:12] for typed in NEVER])
def test_number_that_cannot_be_taken_is_refused(field, typed):
    with pytest.raises(ValidationError):
        field.clean(typed)


@pytest.mark.parametrize("rate", ["0.0000000000001", f"0.{'0' * 30}1", "1.1234567890123", "1000000000000", "0", "-1"])
def test_rate_that_cannot_be_kept_as_given_is_refused(finance_officer, rate):
    act = {"by": finance_officer, "currency": "AED", "on": date(2008, 5, 1), "source": "a bank"}
    with pytest.raises(Refused) as refusal:
        record_rate(units_per_usd=D(rate), **act)
    assert (refusal.value.field, Rate.objects.filter(currency="AED").count()) == ("units_per_usd", 0)
    with pytest.raises(Refused) as refusal:
        valued(D(5), "SEK", date(2008, 5, 1), rate=D(rate), rate_source="a bank")
    assert refusal.value.field == "rate"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"amount": "999999999999.99", "rate": "0.000000000001"}, "rate"),
        ({"amount": "5", "rate": "0.0000000000000000000000000001"}, "rate"),
        ({"amount": "0.01", "rate": "999999999999"}, "amount"),
        ({"amount": "5", "received_on": "0001-01-01", "rate": "", "rate_source": ""}, "currency"),
    ],
)
def test_deposit_that_no_account_can_hold_is_told_at_its_field_and_kept(finance_officer, sign_in, values, field):
    said = {"rate_source": "the bank", "received_on": "2008-05-05", "bank_reference": "kept", "currency": "SEK"}
    sent = {"key": "k", "donor": make_donor().pk} | said | values
    answer = sign_in(finance_officer).post(reverse("funds:deposit_new"), sent)
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, [field])
    assert f'value="{values["amount"]}"' in answer.content.decode()
    assert Deposit.objects.count() == 0


@pytest.mark.requirement("D8")
def test_deposit_with_the_same_bank_reference_is_recorded_once(finance_officer):
    first = make_deposit(finance_officer, bank_reference="B 1")
    with pytest.raises(Refused, match=first.reference):
        make_deposit(finance_officer, bank_reference="B 1")
    make_deposit(finance_officer, bank_reference="B 2")
    assert Deposit.objects.count() == 2


def test_bank_reference_stands_in_no_public_entry(finance_officer, second_finance_officer):
    said = {"bank_reference": "ADVICE-OF-CREDIT-77"}
    make_deposit(finance_officer, **said)
    fund_project(finance_officer)
    payment = authorise_payment(by=second_finance_officer, payment=make_payment(finance_officer))
    pay_payment(by=finance_officer, payment=payment, on=clock.today(), **said)
    post_voucher(finance_officer, second_finance_officer, **said)
    entries = RegisterEntry.objects.filter(body__contains="bank_reference").exclude(public_from=None)
    assert {"deposit.recorded/1", "payment.paid/1"} <= set(entries.values_list("kind", flat=True))
    public = RegisterEntry.objects.exclude(public_from=None).values_list("body", flat=True)
    assert [body for body in public if "ADVICE-OF-CREDIT-77" in body] == []
