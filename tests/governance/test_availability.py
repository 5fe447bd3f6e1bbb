"""What an item asks by window, beside what the pools hold, what would be left, and what others ask of them."""

from decimal import Decimal

import pytest
from django.urls import reverse

from alliance.core import formats
from funds.models import Window
from governance.availability import amounts_asked, amounts_of
from governance.operations import cancel_decision
from tests.governance.factories import checked_version, person, tabled
from tests.proposals.factories import money_in

D = Decimal
pytestmark = pytest.mark.django_db


def window(code):
    return Window.objects.get(code=code)


def put_in(code, net):
    """Bring so much into a window's pool, after the fee of one per cent."""
    money_in(person("finance_officer"), D(net) / D("0.99"), code=code)


def rows(found):
    return [(row.window.code, row.asked, row.available, row.drawn, row.left) for row in found.pools]


def test_window_is_drawn_first_and_the_general_pool_adds_the_rest():
    put_in("W1", "990.00")
    put_in("GEN", "9900.00")
    found = amounts_of([(window("W1"), D(1500))])
    assert rows(found) == [
        ("GEN", D(0), D(9900), D(510), D(9390)),
        ("W1", D(1500), D(990), D(990), D(0)),
    ]
    assert found.is_covered
    name = window("W1").name
    assert found.sentences == [f"The pool of {name} lacks USD\u00a0510.00: the unearmarked pool would have to add it."]


def test_general_pool_that_is_short_is_said_in_words_with_what_is_missing():
    put_in("GEN", "99.00")
    found = amounts_of([(window("GEN"), D(60)), (window("W2"), D(50))])
    assert not found.is_covered
    assert rows(found) == [("GEN", D(60), D(99), D(110), D(-11)), ("W2", D(50), D(0), D(0), D(0))]
    assert found.sentences[-1] == (
        "The unearmarked pool holds USD\u00a099.00, and USD\u00a0110.00 would be drawn on it: USD\u00a011.00 is missing."
    )


def test_pool_that_is_not_asked_is_not_shown():
    put_in("W1", "990.00")
    assert [row.window.code for row in amounts_of([(window("W1"), D(10))]).pools] == ["W1"]


def test_other_items_before_the_committee_count_and_its_own_and_cancelled_ones_do_not(decision):
    other = tabled(version=checked_version(person("rival_agency"), person("officer")))
    asked = other.amounts.get().amount
    money_in(person("finance_officer"), decision.amounts.get().amount * D("1.02"))
    found = amounts_asked(decision)
    assert (found.general_pool.others, found.is_covered) == (asked, True)
    left, others = formats.money(found.general_pool.left), formats.money(asked)
    assert found.sentences == [
        f"The pool of {window('GEN').name} would be left with {left}, and others ask {others} of it."
    ]
    cancel_decision(by=person("officer"), decision=other, reason="later")
    assert amounts_asked(decision).sentences == []


@pytest.mark.requirement("R14")
def test_members_see_availability_before_the_decision_and_the_public_does_not(decision, client):
    address = decision.get_absolute_url()
    client.force_login(person("member"))
    page = client.get(address).content.decode()
    assert "Left after" in page
    assert "Asked by others" in page
    assert "The pools are short today" in page
    assert "is missing." in page


def test_secretariat_sees_availability_where_it_puts_an_item(client):
    version = checked_version(person("agency"), person("officer"))
    tabled(version=checked_version(person("rival_agency"), person("officer")))
    client.force_login(person("officer"))
    page = client.get(reverse("governance:table", args=[version.proposal.reference, version.number]))
    assert "Left after" in page.content.decode()
    assert page.context["pools"].general_pool.others > 0
