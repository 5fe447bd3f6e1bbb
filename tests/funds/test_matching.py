"""Deposits matched to instalments: part, full, too much, early, late, named or next."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.urls import reverse

from alliance.core.errors import Refused
from funds.contributions.matching import Incoming, first_unpaid, parts, standings
from tests.funds.factories import make_agreement, make_deposit, make_rate
from tests.ground.scenes import scene

D = Decimal
FIRST, SECOND = date(2008, 5, 1), date(2008, 9, 1)
TODAY = date(2008, 9, 11)
DUE = [
    SimpleNamespace(pk=2, number=2, due_on=SECOND, amount=D(600)),
    SimpleNamespace(pk=1, number=1, due_on=FIRST, amount=D(400)),
]


def came(amount, day=FIRST, instalment=None, currency="USD"):
    return Incoming(D(amount), currency, day, instalment)


def stand(*deposits):
    return [
        (s.state, s.received, s.over, s.days_early, s.days_late, s.is_late)
        for s in standings(DUE, deposits, "USD", TODAY)
    ]


CASES = [
    ([], [("due", 0, 0, 0, 133, True), ("due", 0, 0, 0, 10, True)]),
    ([came(150)], [("part", 150, 0, 0, 133, True), ("due", 0, 0, 0, 10, True)]),
    ([came(400)], [("paid", 400, 0, 0, 0, False), ("due", 0, 0, 0, 10, True)]),
    ([came(400, date(2008, 4, 29))], [("paid", 400, 0, 2, 0, False), ("due", 0, 0, 0, 10, True)]),
    ([came(150), came(250, date(2008, 5, 6))], [("paid", 400, 0, 0, 5, False), ("due", 0, 0, 0, 10, True)]),
    ([came(500)], [("paid", 400, 0, 0, 0, False), ("part", 100, 0, 0, 10, True)]),
    ([came(1000)], [("paid", 400, 0, 0, 0, False), ("paid", 600, 0, 123, 0, False)]),
    ([came(1001)], [("paid", 400, 0, 0, 0, False), ("overpaid", 600, 1, 123, 0, False)]),
    ([came(600, FIRST, 2)], [("due", 0, 0, 0, 133, True), ("paid", 600, 0, 123, 0, False)]),
    ([came(700, FIRST, 2)], [("part", 100, 0, 0, 133, True), ("paid", 600, 0, 123, 0, False)]),
    ([came(400, FIRST, None, "EUR")], [("due", 0, 0, 0, 133, True), ("due", 0, 0, 0, 10, True)]),
]


@pytest.mark.parametrize(("deposits", "expected"), CASES, ids=range(len(CASES)))
def test_deposits_pay_what_they_name_and_then_the_earliest(deposits, expected):
    assert stand(*deposits) == expected


def test_parts_add_up_to_the_deposits_whatever_their_order():
    deposits = [came(300, date(2008, 6, 1)), came(900, date(2008, 5, 1), 2), came(7, date(2008, 7, 1))]
    found = parts(DUE, deposits, "USD")
    assert sum(part.amount for part in found) == D(1207)
    assert [(p.instalment and p.instalment.number, p.amount, p.days) for p in found] == [
        (2, D(600), -123), (1, D(300), 0), (1, D(100), 31), (None, D(200), 0), (None, D(7), 0),
    ]  # fmt: skip


def test_instalment_owes_what_has_not_come():
    assert [one.owed for one in standings(DUE, [came(500)], "USD", TODAY)] == [D(0), D(500)]
    assert [one.owed for one in standings(DUE, [came(1001)], "USD", TODAY)] == [D(0), D(0)]
    assert [one.owed for one in standings(DUE, [came("999.50")], "USD", TODAY)] == [D(0), D("0.50")]


@pytest.mark.parametrize(
    ("today", "days_late", "days_early", "is_late"),
    [
        (date(2008, 4, 30), 0, 0, False),
        (FIRST, 0, 0, False),
        (date(2008, 5, 2), 1, 0, True),
        (date(2008, 5, 3), 2, 0, True),
    ],
)
def test_instalment_is_late_from_the_day_after_it_was_due(today, days_late, days_early, is_late):
    first, _second = standings(DUE, [], "USD", today)
    assert (first.days_late, first.days_early, first.is_late) == (days_late, days_early, is_late)


def test_paid_instalment_is_never_late_and_keeps_its_days():
    first, _second = standings(DUE, [came(400, date(2008, 5, 3))], "USD", TODAY)
    assert (first.days_late, first.is_late, first.is_paid, first.paid_on) == (2, False, True, date(2008, 5, 3))
    early, _second = standings(DUE, [came(100, date(2008, 4, 1)), came(300, date(2008, 4, 30))], "USD", TODAY)
    assert (early.days_late, early.days_early, early.paid_on) == (0, 1, date(2008, 4, 30))


def test_cents_are_matched_like_any_amount():
    first, second = standings(DUE, [came("400.01")], "USD", TODAY)
    assert (first.state, second.state, second.received) == ("paid", "part", D("0.01"))
    over = standings(DUE, [came("1000.01")], "USD", TODAY)
    assert [(one.state, one.over) for one in over] == [("paid", 0), ("overpaid", D("0.01"))]


def test_a_part_says_how_many_days_early_it_was():
    (first, second) = parts(DUE, [came(500, date(2008, 4, 29))], "USD")
    assert [(p.days, p.days_early) for p in (first, second)] == [(-2, 2), (-125, 125)]
    (late,) = parts(DUE, [came(1, date(2008, 5, 2))], "USD")
    assert (late.days, late.days_early) == (1, 0)


def test_deposits_of_one_day_pay_in_the_order_of_their_record_and_those_not_recorded_last():
    def numbered(pk, amount):
        return Incoming(D(amount), "USD", FIRST, None, pk)

    found = parts(DUE, [numbered(None, 400), numbered(2, 300), numbered(1, 300)], "USD")
    assert [(p.deposit.pk, p.instalment.number, p.amount) for p in found] == [
        (1, 1, D(300)), (2, 1, D(100)), (2, 2, D(200)), (None, 2, D(400)),
    ]  # fmt: skip


def test_a_deposit_of_unknown_amount_pays_nothing():
    unknown = SimpleNamespace(pk=1, amount=None, currency="USD", received_on=FIRST, instalment_id=None)
    assert parts(DUE, [unknown], "USD") == []


def test_what_is_too_much_is_on_the_last_instalment_by_number():
    (only,) = standings(DUE[1:], [came(500), came(20)], "USD", TODAY)
    assert (only.received, only.over, only.state) == (D(400), D(120), "overpaid")


def test_first_unpaid_is_the_earliest_not_in_full():
    assert first_unpaid(standings(DUE, [came(600, FIRST, 2)], "USD", TODAY)).instalment.number == 1
    assert first_unpaid(standings(DUE, [came(1000)], "USD", TODAY)) is None
    assert standings([], [came(5)], "USD", TODAY) == []


# In the ledger's rows and on pages


@scene
def agreement(finance_officer):
    return make_agreement(finance_officer, instalments=[(FIRST, D(4000)), (SECOND, D(6000))])


def test_deposit_names_an_instalment_or_gets_the_next(finance_officer, agreement):
    second = agreement.instalments.get(number=2)
    named = make_deposit(finance_officer, agreement=agreement, amount=D(6000), instalment=second)
    following = make_deposit(finance_officer, agreement=agreement, amount=D(4000))
    assert (named.instalment.number, following.instalment.number) == (2, 1)


def test_instalment_of_another_agreement_or_currency_is_refused(finance_officer, agreement):
    other = make_agreement(finance_officer, instalments=[(FIRST, D(10000))]).instalments.get()
    make_rate("SEK")
    for values in ({"instalment": other}, {"instalment": agreement.instalments.get(number=1), "currency": "SEK"}):
        with pytest.raises(Refused) as refusal:
            make_deposit(finance_officer, agreement=agreement, amount=D(100), **values)
        assert refusal.value.field == "instalment"


def typed(**values):
    return {"key": "k", "amount": "9 000", "currency": "USD", "received_on": "2008-05-11"} | values


@pytest.mark.requirement("R56")
def test_deposit_larger_than_any_instalment_is_said_before_it_is_posted(finance_officer, agreement, sign_in):
    client, url = sign_in(finance_officer), f"{reverse('funds:deposit_new')}?agreement={agreement.reference}"
    assert "The next one that is not paid" in client.get(url).content.decode()
    check = client.post(url, typed())
    page = check.content.decode()
    assert ("More than any instalment" in page, "10 days late" in page, agreement.deposits.count()) == (True, True, 0)
    posted = client.post(url, typed(seen=check.context["seen"]), follow=True).content.decode()
    assert ("Instalments it pays" in posted, agreement.deposits.get().amount) == (True, D(9000))
    shown = client.get(agreement.get_absolute_url()).content.decode()
    assert ("Part paid" in shown, "10 days late" in shown) == (True, True)


def test_chosen_instalment_is_kept_through_the_check(finance_officer, agreement, sign_in):
    client, url = sign_in(finance_officer), f"{reverse('funds:deposit_new')}?agreement={agreement.reference}"
    second = agreement.instalments.get(number=2)
    values = typed(amount="6000", instalment=second.pk)
    check = client.post(url, values)
    assert f'value="{second.pk}"' in check.content.decode()
    client.post(url, values | {"seen": check.context["seen"]})
    assert agreement.deposits.get().instalment == second


def test_more_than_the_agreement_is_said_to_be_too_much(finance_officer, agreement, sign_in):
    deposit = make_deposit(finance_officer, agreement=agreement, amount=D(11000))
    page = sign_in(finance_officer).get(deposit.get_absolute_url()).content.decode()
    assert "More than what is due under the agreement" in page
    assert "Overpaid" in sign_in(finance_officer).get(agreement.get_absolute_url()).content.decode()
