"""The trustee: one on any day, followed by another, and the fee that comes with it."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from alliance.core.errors import NotAllowed, Refused
from alliance.register.models import head as register_head
from funds.models import Period, TrusteeTerm
from funds.operations.fund import close_period
from funds.operations.trustee import appoint_trustee
from tests.funds.factories import make_agreement, make_deposit, make_organisation

D = Decimal


def appoint(by, slug="world-bank", **values):
    values = {"agreement": "Agreement 1", "starts_on": date(2008, 4, 1), "fee_percent": D("1.50")} | values
    return appoint_trustee(by=by, organisation=make_organisation(slug), **values)


@pytest.mark.requirement("R95")
def test_new_trustee_ends_the_term_before_the_day_before(head):
    former = appoint(head)
    later = appoint(head, "next-bank", starts_on=date(2008, 9, 1))
    former.refresh_from_db()
    assert (former.ends_on, later.ends_on) == (date(2008, 8, 31), None)
    assert [TrusteeTerm.objects.on(day) for day in (date(2008, 3, 31), date(2008, 8, 31), date(2008, 9, 1))] == [
        None, former, later,
    ]  # fmt: skip


@pytest.mark.requirement("R95")
def test_fee_of_an_agreement_is_that_of_the_trustee_of_its_day(head, finance_officer):
    appoint(head)
    appoint(head, "next-bank", starts_on=date(2008, 5, 1), fee_percent=D("0.75"))
    days = (date(2008, 3, 31), date(2008, 4, 30), date(2008, 5, 1))
    assert [make_agreement(finance_officer, signed_on=day).fee_percent for day in days] == [
        D("1.00"),
        D("1.50"),
        D("0.75"),
    ]
    assert make_agreement(finance_officer, signed_on=days[1], fee_percent=D(2)).fee_percent == D(2)


def test_fee_of_a_deposit_without_an_agreement_is_that_of_the_trustee_of_its_day(head, finance_officer):
    appoint(head)
    assert make_deposit(finance_officer, received_on=date(2008, 5, 5)).fee_usd == D("150.00")


@pytest.mark.parametrize("day", [date(2008, 4, 1), date(2008, 3, 1)])
def test_term_starts_after_the_one_before_it_began(head, day):
    appoint(head)
    with pytest.raises(Refused, match="term before began") as refusal:
        appoint(head, "next-bank", starts_on=day)
    assert (refusal.value.field, TrusteeTerm.objects.count()) == ("starts_on", 1)


@pytest.mark.requirement("R95")
def test_trustee_does_not_change_in_a_closed_period(head, finance_officer):
    appoint(head, starts_on=date(2008, 1, 1))
    make_deposit(finance_officer)
    close_period(by=head, period=Period.objects.get(code="2008"))
    with pytest.raises(Refused, match="closed accounting period"):
        appoint(head, "next-bank", starts_on=date(2008, 10, 1))
    assert appoint(head, "next-bank", starts_on=date(2009, 1, 1)).pk


@pytest.mark.requirement("R95")
def test_trustee_does_not_change_for_a_closed_period_from_an_open_one_before_it(head, finance_officer):
    appoint(head, starts_on=date(2006, 1, 1))
    make_deposit(finance_officer)
    close_period(by=head, period=Period.objects.get(code="2008"))
    with pytest.raises(Refused, match="closed accounting period"):
        appoint(head, "next-bank", starts_on=date(2007, 6, 1))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"agreement": "  "}, "agreement"),
        ({"fee_percent": D(100)}, "fee_percent"),
        ({"fee_percent": D("99.999")}, "fee_percent"),
    ],
)
def test_appointment_without_its_terms_is_refused(head, values, field):
    with pytest.raises(Refused) as refusal:
        appoint(head, **values)
    assert refusal.value.field == field


@pytest.mark.parametrize("key", ["officer", "finance_officer", "donor", "auditor"])
def test_only_the_head_appoints_a_trustee(people, key):
    with pytest.raises(NotAllowed):
        appoint(people[key])


@pytest.mark.requirement("D8")
def test_form_sent_twice_appoints_once(head, sign_in):
    typed = {
        "key": "k1", "organisation": make_organisation("world-bank").pk, "agreement": "ADM 1", "starts_on": "2008-04-01",
        "fee_percent": "1.00",
    }  # fmt: skip
    client = sign_in(head)
    client.post(reverse("funds:trustee_new"), typed)
    before = register_head()
    page = client.post(reverse("funds:trustee_new"), typed, follow=True)
    assert (TrusteeTerm.objects.count(), register_head()) == (1, before)
    assert "ADM 1" in page.content.decode()
