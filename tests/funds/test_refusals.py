"""What the database refuses is known by the rule's name: its triggers' words may change, and nobody reads it otherwise."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection

from alliance.core import clock
from alliance.core.errors import DomainError, InsufficientFunds, OutOfState, Refused
from alliance.register import operation, record
from funds.ledger.posting import REFUSALS, Line, account, post
from funds.models import ClosedProject, Fund, Posting, Rate, Source
from funds.operations.fund import record_rate
from funds.operations.vouchers import prepare_voucher
from tests.funds.factories import fund_in, post_cost
from tests.funds.test_ledger import ON, D, allocate, deposit, post_pool, post_raw
from tests.ground.scenes import scene

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("history")]


@scene
def history(finance_officer):
    deposit(by=finance_officer, slug="sweden-mfa", amount="1000.00", fee="10.00")
    deposit(by=finance_officer, slug="switzerland-sdc", amount="0.50")
    allocate(None, "PRJ-1", GEN="100.00")


@pytest.fixture(params=["as shipped", "worded anew"])
def words(request: pytest.FixtureRequest) -> None:
    """Leave the triggers' words, or say all of them otherwise."""
    if request.param == "as shipped":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname LIKE 'funds\\_%' AND prosrc ~ 'RAISE'"
        )
        texts = [text for (text,) in cursor.fetchall()]
        for text in texts:
            cursor.execute(re.sub(r"RAISE EXCEPTION '[^']*'(, [A-Z.a-z]+)*", "RAISE EXCEPTION 'Das geht nicht'", text))
        assert len(texts) > 5


@operation
def take(*, by, project, amount):
    line = Line(account("fee"), account("project", project), D(amount), ON)
    post([line], entry=record("cost.posted/1", by=by))


def overdraws_an_account(officer: Any) -> None:
    take(by=officer, project="PRJ-1", amount="100.01")


def overdraws_a_stake(officer: Any) -> None:
    source = Source.objects.get(donor__organisation__slug="switzerland-sdc")
    post_pool(by=officer, shares={source: D("1.00")})


def posts_on_a_closed_project(officer: Any) -> None:
    ClosedProject.objects.create(reference="PRJ-1", closed_on=clock.today())
    take(by=officer, project="PRJ-1", amount="1.00")


def posts_in_a_closed_fund(officer: Any) -> None:
    fund_in("closed")
    post_raw(by=officer, debit="fee", credit="bank_charges")


def posts_before_the_fund_was_established(officer: Any) -> None:
    Fund.objects.update(established_on=date(2008, 3, 11))
    post_raw(by=officer, debit="fee", credit="bank_charges")


def posts_in_no_open_period(officer: Any) -> None:
    post_raw(by=officer, debit="fee", credit="bank_charges", on=date(1900, 1, 1))


CLOSED = "This account is closed for good: nothing can be posted on it any more."
CASES: list[tuple[Callable[[Any], None], type[DomainError], str, str | None]] = [
    (overdraws_an_account, InsufficientFunds, "", None),
    (overdraws_a_stake, InsufficientFunds, "", None),
    (posts_on_a_closed_project, OutOfState, CLOSED, None),
    (posts_in_a_closed_fund, OutOfState, CLOSED, None),
    (
        posts_before_the_fund_was_established,
        OutOfState,
        "The fund was not established on this day: nothing can be posted on it.",
        "on",
    ),
    (posts_in_no_open_period, Refused, "This date lies in no open accounting period.", "on"),
]


@pytest.mark.parametrize(("act", "kind", "said", "field"), CASES, ids=[act.__name__ for act, *_ in CASES])
def test_refusal_by_the_ledger_is_read_the_same_whatever_the_trigger_says(
    words, finance_officer, act, kind, said, field
):
    with pytest.raises(DomainError) as refused:
        act(finance_officer)
    assert type(refused.value) is kind
    assert str(refused.value) == (said or str(InsufficientFunds()))
    assert refused.value.field == field


def test_every_rule_that_the_ledger_reads_is_violated_here_and_named_in_the_database(db):
    named = "SELECT conname FROM pg_constraint UNION SELECT (regexp_matches(prosrc, 'CONSTRAINT = ''(\\w+)''', 'g'))[1] FROM pg_proc"
    with connection.cursor() as cursor:
        cursor.execute(named)
        assert set(REFUSALS) - {name for (name,) in cursor.fetchall()} == set()
    assert len(REFUSALS) == len(CASES)


def test_refusal_that_has_no_words_of_its_own_stays_what_it_is(finance_officer, monkeypatch):
    monkeypatch.delitem(REFUSALS, "posting_in_open_period")
    with pytest.raises(IntegrityError, match="no open period"):
        posts_in_no_open_period(finance_officer)


def test_second_correction_and_second_rate_are_refused_by_name_alone(
    finance_officer, second_finance_officer, monkeypatch
):
    deposit(by=finance_officer, slug="sweden-mfa", amount="50.00", code="W1")
    posting = post_cost(finance_officer, second_finance_officer)
    correction = {"by": finance_officer, "kind": "reversal", "on": posting.effective_on, "posting": posting}
    prepare_voucher(reason="Twice.", **correction)
    with pytest.raises(Refused, match="is prepared or posted already"):
        prepare_voucher(reason="Twice.", **correction)
    rate = {"by": finance_officer, "currency": "NOK", "units_per_usd": D("5.5"), "source": "a table"}
    record_rate(on=date(2008, 3, 3), **rate)
    with pytest.raises(Refused, match="There is already a rate"):
        record_rate(on=date(2008, 3, 3), **rate)
    with connection.cursor() as cursor:
        cursor.execute('ALTER TABLE funds_rate ADD CONSTRAINT rate_of_a_weekday CHECK (extract(isodow FROM "on") < 6)')
    with pytest.raises(IntegrityError, match="rate_of_a_weekday"):
        record_rate(on=date(2008, 3, 8), **rate)
    assert Rate.objects.filter(currency="NOK").count() == 1
    assert Posting.objects.filter(reverses=posting).count() == 0
