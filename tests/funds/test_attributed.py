"""Whose money is in a project: one reading, exact at any day, whatever was paid, sent back, released or reversed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alliance.core.errors import DomainError
from alliance.people.models import Organisation, User
from funds.ledger.shares import allocated_to, attributed_to, shares_of_project, shares_of_projects
from funds.models import Donor, Posting, Window
from funds.operations import money
from tests.funds.factories import make_donor, pay_out
from tests.funds.test_ledger import deposit

D = Decimal
ZERO = D("0.00")
FIRST = date(2008, 2, 1)
DONORS = ("sweden-mfa", "switzerland-sdc", "meridian-foundation")
PROJECTS = ("PRJ-1", "PRJ-10")
ACTS = ("allocate", "pay", "spend", "send_back", "receive", "release", "reverse", "interest")
acts = st.lists(
    st.tuples(
        st.sampled_from(ACTS),
        st.sampled_from(PROJECTS),
        st.integers(1, 90_000).map(lambda c: D(c) / 100),
        st.integers(0, 9).map(lambda days: FIRST + timedelta(days)),
    ),
    min_size=6,
    max_size=25,
)


def people():
    return [User.objects.get(email=f"{name}@demo.example") for name in ("finance.officer", "second.finance.officer")]


def perform(act, project, amount, on):
    """Do one act where the ledger allows it."""
    by, second = people()
    iom = Organisation.objects.get(slug="iom")
    general, window = Window.objects.unearmarked(), Window.objects.get(code="W1")
    of_project = {"by": by, "project": project, "amount": amount, "on": on}
    two = {"by": by, "prepared_by": second, "on": on}
    match act:
        case "allocate":
            money.allocate(by=None, project=project, amounts={window: amount}, on=on)
        case "pay":
            pay_out(payee=iom, **of_project)
        case "spend":
            money.post_spending(by=by, project=project, organisation=iom, lines={"1": amount}, on=on)
        case "send_back":
            money.return_money(organisation=iom, **of_project)
        case "receive":
            money.receive_refund(organisation=iom, **of_project)
        case "release":
            money.release(project=project, amount=amount, **two)
        case "reverse":
            last = Posting.objects.filter(reverses=None, reversed_by=None, debit__subject__startswith=project).last()
            if last:
                money.reverse(posting=last, reason="an error", **two)
        case "interest":
            money.post_interest(by=by, window=general, amount=amount, on=on)


def every_posting():
    return list(
        Posting.objects.values_list(
            "debit__kind", "debit__code", "credit__kind", "credit__code", "amount", "effective_on"
        )
    )


def figures(postings, project, as_of):
    """Return allocated, net funded and spent of a project, straight from the postings."""
    rows = [row[:-1] for row in postings if as_of is None or row[-1] <= as_of]

    def net(kind):
        own = f"{kind}:{project}:"
        into = (amount for debit, code, _credit, _code, amount in rows if debit == kind and code.startswith(own))
        out = (amount for _debit, _code, credit, code, amount in rows if credit == kind and code.startswith(own))
        return sum(into, ZERO) - sum(out, ZERO)

    own = f"project:{project}"
    given = (amount for _debit, code, credit, _code, amount in rows if (code, credit) == (own, "pool"))
    back = (amount for debit, _code, _credit, code, amount in rows if (code, debit) == (own, "pool"))
    return sum(given, ZERO) - sum(back, ZERO), net("partner") + net("spent"), net("spent")


def summed(shares):
    return tuple(sum((getattr(row, name) for row in shares), ZERO) for name in ("allocated", "transferred", "spent"))


@pytest.mark.requirement("R54")
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=acts)
def test_parts_add_up_to_the_postings_at_any_day(db, history):
    with transaction.atomic():
        by, _ = people()
        for number, slug in enumerate(DONORS):
            deposit(by=by, slug=slug, amount=D(f"{number}333.33"), code="GEN" if number else "W1", fee=ZERO)
        for act in history:
            try:
                with transaction.atomic():
                    perform(*act)
            except DomainError:
                continue
        postings = every_posting()
        for as_of in (None, *(FIRST + timedelta(days) for days in range(-1, 10, 2))):
            together = shares_of_projects(PROJECTS, as_of)
            for project in PROJECTS:
                shares = shares_of_project(project, as_of)
                assert shares == together.get(project, [])
                assert summed(shares) == figures(postings, project, as_of)
            of_donors = [share for donor in Donor.objects.order_by("pk") for share in attributed_to(donor, as_of)]
            everybodys = [share for shares in together.values() for share in shares if share.source.donor_id]
            assert sorted(of_donors, key=repr) == sorted(everybodys, key=repr)
        assert shares_of_projects(PROJECTS) == shares_of_projects(PROJECTS, FIRST + timedelta(9))
        for donor in Donor.objects.order_by("pk"):
            assert allocated_to(donor) == sum((share.allocated for share in attributed_to(donor)), ZERO)
        transaction.set_rollback(True)


@pytest.mark.requirement("R54")
def test_money_sent_back_and_released_leaves_each_donors_part(db):
    by, second = people()
    iom = Organisation.objects.get(slug="iom")
    for slug, amount in (("sweden-mfa", D(300)), ("switzerland-sdc", D(100))):
        deposit(by=by, slug=slug, amount=amount, code="GEN", fee=ZERO)
    act = {"by": by, "project": "PRJ-1", "on": FIRST}
    money.allocate(amounts={Window.objects.unearmarked(): D(400)}, **act)
    pay_out(payee=iom, amount=D(200), **act)
    money.post_spending(organisation=iom, lines={"1": D(100)}, **act)
    assert parts() == {"sweden-mfa": ("300.00", "150.00", "75.00"), "switzerland-sdc": ("100.00", "50.00", "25.00")}
    money.return_money(organisation=iom, amount=D(80), **act)
    money.receive_refund(organisation=iom, amount=D(60), **act)
    money.release(prepared_by=second, amount=D(240), **act)
    assert parts() == {"sweden-mfa": ("120.00", "90.00", "75.00"), "switzerland-sdc": ("40.00", "30.00", "25.00")}


def parts():
    found = {}
    for slug in ("sweden-mfa", "switzerland-sdc"):
        (share,) = attributed_to(make_donor(slug))
        assert share in shares_of_project("PRJ-1")
        found[slug] = tuple(f"{amount:.2f}" for amount in (share.allocated, share.transferred, share.spent))
    return found
