"""The ledger: balances move with postings, guarded accounts hold, nothing is changed afterwards."""

import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import Error, IntegrityError, connection, connections, transaction

from alliance.core.errors import InsufficientFunds, NotAllowed, OutOfState, Refused
from alliance.people.models import Organisation, User
from alliance.register import operation, record
from funds import checks
from funds.ledger.posting import Line, account, post
from funds.models import Account, Donor, Fund, Period, Posting, Share, Source, Stake, Window
from funds.operations import money
from funds.operations.donors import register_donor
from tests.funds.factories import pay_out

D = Decimal
ON = date(2008, 3, 10)
GUARDS = [
    ("UPDATE funds_posting SET amount = 1", "posting changed"),
    ("DELETE FROM funds_posting", "posting deleted"),
    ("TRUNCATE funds_posting CASCADE", "postings emptied"),
    ("UPDATE funds_share SET amount = 1", "share changed"),
    ("DELETE FROM funds_share", "share deleted"),
    ("TRUNCATE funds_share CASCADE", "shares emptied"),
    ("UPDATE funds_account SET debits = debits + 1", "sum moved by hand"),
    ("UPDATE funds_account SET code = code || 'x'", "account renamed"),
    ("DELETE FROM funds_account", "account deleted"),
    ("TRUNCATE funds_account CASCADE", "accounts emptied"),
    ("UPDATE funds_stake SET amount = amount + 1", "stake moved by hand"),
    ("DELETE FROM funds_stake", "stake deleted"),
    ("TRUNCATE funds_stake CASCADE", "stakes emptied"),
    ("INSERT INTO funds_account (code, kind, subject, guarded, debits, credits) VALUES ('x', 'fee', '', false, 5, 0)", "born with money"),
    ("INSERT INTO funds_account (code, kind, subject, guarded, debits, credits) VALUES ('x', 'project', '', false, 0, 0)", "unguarded project"),
    ("INSERT INTO funds_account (code, kind, subject, guarded, debits, credits) VALUES ('x', 'pool', '', true, 0, 0)", "pool without window"),
]  # fmt: skip


def window(code="GEN"):
    return Window.objects.get(code=code)


def make_donor(slug, kind="state"):
    organisation = Organisation.objects.get(slug=slug)
    donor = Donor.objects.filter(organisation=organisation).first()
    return donor or register_donor(by=None, organisation=organisation, donor_type=kind)


@operation
def deposit(*, by, slug, amount, code="GEN", fee="0.00", is_seed=False, on=ON):
    lines, source = money.receive(
        donor=make_donor(slug), window=window(code), amount=D(amount), fee=D(fee), on=on, is_seed=is_seed
    )
    entry = record("cost.posted/1", by=by, rows=[source] if source.is_new else [])
    post(lines, entry=entry)


@operation
def post_raw(*, by, debit, credit, amount="1.00", on=ON, shares=None):
    line = Line(account(debit), account(credit), D(amount), on, shares)
    post([line], entry=record("cost.posted/1", by=by))


@operation
def post_pool(*, by, shares):
    line = Line(account("fee"), Account.objects.get(code="pool:GEN"), D("1.00"), ON, shares)
    post([line], entry=record("cost.posted/1", by=by))


def allocate(by, project, on=ON, **amounts):
    return money.allocate(by=by, project=project, amounts={window(c): D(a) for c, a in amounts.items()}, on=on)


def balance(code):
    return Account.objects.get(code=code).balance


def stakes(code="GEN"):
    rows = Stake.objects.filter(pool__code=f"pool:{code}").order_by("source__since", "source_id")
    return [stake.amount for stake in rows]


def trial_balance():
    debits, credits_ = D(0), D(0)
    for row in Account.objects.all():
        debits, credits_ = debits + row.debits, credits_ + row.credits
    return debits - credits_


@pytest.mark.requirement("R52")
def test_deposit_raises_the_pool_by_what_is_left_after_the_fee(finance_officer):
    deposit(by=finance_officer, slug="sweden-mfa", amount="1000.00", fee="10.00")
    assert balance("pool:GEN") == D("990.00")
    assert balance("fee") == D("10.00")
    assert balance("donor:sweden-mfa") == D("-1000.00")
    assert stakes() == [D("990.00")]
    assert trial_balance() == 0


@pytest.mark.requirement("R96")
def test_seed_capital_has_its_own_account(finance_officer):
    deposit(by=finance_officer, slug="world-bank", amount="500.00", is_seed=True)
    assert balance("seed:world-bank") == D("-500.00")
    assert not Account.objects.filter(code="donor:world-bank").exists()


@pytest.mark.requirement("R54")
def test_allocation_is_shared_by_stakes_to_the_cent(finance_officer):
    for slug, amount in (("sweden-mfa", "100.00"), ("switzerland-sdc", "100.00"), ("meridian-foundation", "100.00")):
        deposit(by=finance_officer, slug=slug, amount=amount)
    (posting,) = allocate(None, "PRJ-1", GEN="100.00")
    assert [s.amount for s in posting.shares.order_by("source_id")] == [D("33.34"), D("33.33"), D("33.33")]
    assert stakes() == [D("66.66"), D("66.67"), D("66.67")]


@pytest.mark.requirement("R60")
def test_more_than_window_and_general_pool_hold_is_refused_whole(finance_officer):
    deposit(by=finance_officer, slug="sweden-mfa", amount="100.00")
    deposit(by=finance_officer, slug="sweden-mfa", amount="50.00", code="W2")
    before = Posting.objects.count()
    with pytest.raises(
        InsufficientFunds, match=r"general pool hold USD\s150.00 together for this: USD\s0.01 is missing"
    ):
        allocate(None, "PRJ-1", W2="150.01")
    with pytest.raises(InsufficientFunds, match=r"General pool” holds USD\s100.00 for this: USD\s1.00 is missing"):
        allocate(None, "PRJ-1", GEN="101.00")
    assert Posting.objects.count() == before
    allocate(None, "PRJ-1", W2="150.00")
    assert (balance("pool:W2"), balance("pool:GEN"), balance("project:PRJ-1")) == (0, 0, D("150.00"))


def test_two_windows_in_one_decision_share_the_general_pool(finance_officer):
    deposit(by=finance_officer, slug="sweden-mfa", amount="100.00")
    deposit(by=finance_officer, slug="switzerland-sdc", amount="0.05")
    allocate(None, "PRJ-1", W1="60.00", W2="40.05")
    assert (balance("pool:GEN"), stakes()) == (0, [0, 0])
    with pytest.raises(InsufficientFunds):
        allocate(None, "PRJ-2", W1="0.01")


@pytest.mark.requirement("R14")
def test_allocation_needs_an_open_window(finance_officer):
    deposit(by=finance_officer, slug="sweden-mfa", amount="100.00", code="W1")
    deposit(by=finance_officer, slug="sweden-mfa", amount="100.00", code="W2")
    Window.objects.filter(code="W1").update(status="suspended")
    with pytest.raises(OutOfState):
        allocate(None, "PRJ-1", W1="10.00")
    allocate(None, "PRJ-2", W2="10.00")
    assert balance("pool:W1") == D("100.00")


def test_money_goes_through_project_and_partner_to_spending_and_back(finance_officer, second_finance_officer, agency):
    iom = Organisation.objects.get(slug="iom")
    deposit(by=finance_officer, slug="sweden-mfa", amount="1000.00")
    allocate(None, "PRJ-1", GEN="600.00")
    pay_out(by=finance_officer, project="PRJ-1", payee=iom, amount=D("500.00"), on=ON)
    money.post_spending(
        by=finance_officer, project="PRJ-1", organisation=iom, lines={"1": D("300.00"), "5": D("0.50")}, on=ON
    )
    with pytest.raises(InsufficientFunds):
        money.post_spending(by=finance_officer, project="PRJ-1", organisation=iom, lines={"1": D("199.51")}, on=ON)
    money.return_money(by=finance_officer, project="PRJ-1", organisation=iom, amount=D("199.50"), on=ON)
    assert balance("refunds-in-transit:PRJ-1:iom") == D("199.50")
    money.receive_refund(by=finance_officer, project="PRJ-1", organisation=iom, amount=D("199.50"), on=ON)
    money.release(by=finance_officer, prepared_by=second_finance_officer, project="PRJ-1", amount=D("299.50"), on=ON)
    assert (balance("project:PRJ-1"), balance("partner:PRJ-1:iom"), balance("pool:GEN")) == (0, 0, D("699.50"))
    assert (trial_balance(), list(checks.problems())) == (0, [])


def test_release_goes_back_to_pools_and_sources_in_proportion(finance_officer, second_finance_officer):
    deposit(by=finance_officer, slug="sweden-mfa", amount="100.00", code="W2")
    deposit(by=finance_officer, slug="switzerland-sdc", amount="300.00")
    allocate(None, "PRJ-1", W2="400.00")
    money.release(by=finance_officer, prepared_by=second_finance_officer, project="PRJ-1", amount=D("100.00"), on=ON)
    assert (stakes("W2"), stakes("GEN")) == ([D("25.00")], [D("75.00")])


def test_interest_is_fund_income_and_costs_are_borne_by_all(finance_officer):
    deposit(by=finance_officer, slug="sweden-mfa", amount="90.00")
    money.post_interest(by=finance_officer, window=window(), amount=D("10.00"), on=ON)
    money.post_cost(by=finance_officer, kind="direct_cost", window=window(), amount=D("10.00"), on=ON)
    assert stakes() == [D("81.00"), D("9.00")]


@pytest.mark.requirement("D3")
def test_one_person_alone_cannot_refund_release_move_or_correct(finance_officer):
    deposit(by=finance_officer, slug="sweden-mfa", amount="100.00")
    alone = {"by": finance_officer, "prepared_by": finance_officer, "on": ON}
    donor = make_donor("sweden-mfa")
    for act in (
        lambda: money.release(project="PRJ-1", amount=D(1), **alone),
        lambda: money.refund_donor(donor=donor, window=window(), amount=D(1), **alone),
        lambda: money.move_between_windows(origin=window(), destination=window("W1"), amount=D(1), consent="", **alone),
        lambda: money.reverse(posting=Posting.objects.first(), reason="typo", **alone),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_donor_gets_back_its_own_stake_and_no_more(finance_officer, second_finance_officer):
    deposit(by=finance_officer, slug="sweden-mfa", amount="100.00")
    deposit(by=finance_officer, slug="switzerland-sdc", amount="100.00")
    two = {"by": finance_officer, "prepared_by": second_finance_officer, "on": ON}
    with pytest.raises(InsufficientFunds):
        money.refund_donor(donor=make_donor("sweden-mfa"), window=window(), amount=D("100.01"), **two)
    money.refund_donor(donor=make_donor("sweden-mfa"), window=window(), amount=D("100.00"), **two)
    assert stakes() == [D(0), D("100.00")]


def test_earmarked_money_moves_with_consent_and_keeps_its_sources(finance_officer, second_finance_officer):
    deposit(by=finance_officer, slug="sweden-mfa", amount="10.00", code="W1")
    two = {"by": finance_officer, "prepared_by": second_finance_officer, "on": ON, "amount": D("4.00")}
    with pytest.raises(Refused):
        money.move_between_windows(origin=window("W1"), destination=window("W2"), consent="", **two)
    money.move_between_windows(origin=window("W1"), destination=window("W2"), consent="Letter of 1 March 2008", **two)
    assert (stakes("W1"), stakes("W2")) == ([D("6.00")], [D("4.00")])


def test_a_correction_mirrors_the_posting_and_its_shares_once(finance_officer, second_finance_officer):
    deposit(by=finance_officer, slug="sweden-mfa", amount="70.00")
    deposit(by=finance_officer, slug="switzerland-sdc", amount="30.00")
    (posting,) = allocate(None, "PRJ-1", GEN="50.00")
    two = {"by": finance_officer, "prepared_by": second_finance_officer, "on": ON}
    money.reverse(posting=posting, reason="wrong project", **two)
    assert (stakes(), balance("project:PRJ-1")) == ([D("70.00"), D("30.00")], 0)
    with pytest.raises(OutOfState):
        money.reverse(posting=posting, reason="again", **two)


@pytest.mark.parametrize(("amount", "error"), [("0.00", IntegrityError), ("-1.00", IntegrityError)])
def test_amounts_are_above_zero(finance_officer, amount, error):
    with pytest.raises(error):
        post_raw(by=finance_officer, debit="fee", credit="bank_charges", amount=amount)


def test_a_posting_has_two_accounts(finance_officer):
    with pytest.raises(IntegrityError, match="posting_two_accounts"):
        post_raw(by=finance_officer, debit="fee", credit="fee")


def test_a_line_of_an_entry_is_written_once(finance_officer):
    deposit(by=finance_officer, slug="sweden-mfa", amount="10.00")
    first = Posting.objects.get(line=1, debit__code="pool:GEN")
    with pytest.raises(IntegrityError, match="posting_line_once"), transaction.atomic():
        Posting.objects.create(
            entry=first.entry, line=1, debit=first.debit, credit=first.credit, amount=1,
            effective_on=ON, recorded_at=first.recorded_at,
        )  # fmt: skip


def test_no_posting_outside_an_open_period(finance_officer):
    with pytest.raises(Refused, match="period"):
        post_raw(by=finance_officer, debit="fee", credit="bank_charges", on=date(1999, 12, 31))


@pytest.mark.requirement("R103")
@pytest.mark.parametrize(
    "fund",
    [
        {"status": "proposed"},
        {"status": "approved_in_principle"},
        {"status": "established", "established_on": ON + timedelta(days=1)},
    ],
)
def test_no_posting_before_the_fund_is_established(finance_officer, fund):
    Fund.objects.update(**fund)
    with pytest.raises(OutOfState, match="was not established on this day"):
        post_raw(by=finance_officer, debit="fee", credit="bank_charges")


@pytest.mark.parametrize("shared", [None, "0.99"])
def test_the_shares_of_a_pool_posting_must_add_up(finance_officer, shared):
    deposit(by=finance_officer, slug="sweden-mfa", amount="100.00")
    source = Source.objects.get(donor__organisation__slug="sweden-mfa")

    def post_and_check():
        post_pool(by=finance_officer, shares=shared and {source: D(shared)})
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError, match="add up"), transaction.atomic():
        post_and_check()


def test_shares_belong_to_pools_only(finance_officer):
    deposit(by=finance_officer, slug="sweden-mfa", amount="100.00")
    source = Source.objects.get(donor__organisation__slug="sweden-mfa")
    with pytest.raises(IntegrityError, match="postings of a pool"):
        post_raw(by=finance_officer, debit="fee", credit="bank_charges", shares={source: D(1)})


def test_share_constraints(finance_officer):
    deposit(by=finance_officer, slug="sweden-mfa", amount="100.00")
    share = Share.objects.latest("pk")
    for amount, name in (("0.00", "share_amount_positive"), ("1.00", "share_once")):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Share.objects.create(posting=share.posting, source=share.source, amount=D(amount))


def test_source_constraints(finance_officer):
    deposit(by=finance_officer, slug="sweden-mfa", amount="100.00")
    donor = make_donor("sweden-mfa")
    for fields, name in (
        ({"kind": "donor", "donor": donor}, "source_once"),
        ({"kind": "donor", "donor": None}, "source_has_its_donor"),
        ({"kind": "income", "donor": donor}, "source_has_its_donor"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Source.objects.create(since=ON, **fields)


@pytest.mark.parametrize(("statement", "what"), GUARDS, ids=[what for _, what in GUARDS])
def test_the_database_refuses(finance_officer, statement, what):
    deposit(by=finance_officer, slug="sweden-mfa", amount="100.00")
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_verification_finds_what_a_superuser_changed(finance_officer):
    deposit(by=finance_officer, slug="sweden-mfa", amount="100.00")
    assert list(checks.problems()) == []
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE funds_account SET debits = debits + 1 WHERE code = 'pool:GEN'")
        cursor.execute("UPDATE funds_stake SET amount = amount - 1")
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert [p.what for p in checks.problems()] == ["account", "stake", "stake"]


@pytest.mark.requirement("R52")
@pytest.mark.django_db(transaction=True)
def test_two_simultaneous_allocations_cannot_overdraw():
    officer = User.objects.get(email="finance.officer@demo.example")
    deposit(by=officer, slug="sweden-mfa", amount="100.00")
    deposit(by=officer, slug="switzerland-sdc", amount="60.00", code="W2")
    outcomes = []

    def work(number):
        try:
            for turn in range(12):
                try:
                    allocate(None, f"PRJ-{number}-{turn}", W2="10.00")
                    outcomes.append("given")
                except InsufficientFunds:
                    outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert (outcomes.count("given"), outcomes.count("refused")) == (16, 32)
    assert (balance("pool:W2"), balance("pool:GEN"), trial_balance()) == (0, 0, 0)
    assert list(checks.problems()) == []


def test_every_period_is_open_at_first(db):
    assert not Period.objects.exclude(closed_at=None).exists()
