"""`verify`: green on an honest database, and it names the first thing that is wrong."""

import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from reporting.verification.everything import verify
from reporting.verification.guards import settled, shipped, standing
from tests.funds.test_ledger import allocate, deposit

TAMPERINGS = [
    (
        "UPDATE alliance_registerentry SET body = replace(body, '100.00', '900.00') WHERE kind = 'project.funded/1'",
        "register",
    ),
    ("UPDATE alliance_registerentry SET hash = repeat('a', 64) WHERE n = 3", "register"),
    ("UPDATE alliance_registerentry SET kind = 'other/1' WHERE n = 3", "register"),
    ("DELETE FROM alliance_registerentry WHERE n = (SELECT max(n) FROM alliance_registerentry)", "register"),
    ("UPDATE alliance_registerhead SET n = n + 1", "register"),
    ("UPDATE funds_posting SET amount = amount + 1 WHERE id = (SELECT max(id) FROM funds_posting)", "posting"),
    ("UPDATE funds_posting SET effective_on = effective_on + 1", "posting"),
    ("DELETE FROM funds_share", "share"),
    ("UPDATE funds_share SET amount = amount + 1", "share"),
    ("UPDATE funds_account SET debits = debits + 1 WHERE code = 'pool:GEN'", "account"),
    ("UPDATE funds_stake SET amount = amount + 1", "stake"),
    ("UPDATE alliance_organisation SET name_en = 'Other' WHERE slug = 'iom'", "register"),
    ("UPDATE funds_window SET status = 'closed' WHERE code = 'W1'", "register"),
    ("INSERT INTO alliance_checkpoint (n, hash, made_at) VALUES (2, repeat('b', 64), now())", "checkpoint"),
    ("ALTER TABLE funds_posting DISABLE TRIGGER funds_posting_no_update", "guard"),
    ("ALTER TABLE funds_account DROP CONSTRAINT account_not_overdrawn", "guard"),
    ("DROP TRIGGER funds_posting_no_delete ON funds_posting", "guard"),
]


@pytest.fixture
def history(finance_officer):
    deposit(by=finance_officer, slug="sweden-mfa", amount="1000.00", fee="10.00")
    allocate(None, "PRJ-1", GEN="100.00")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def test_an_honest_database_is_green_and_says_what_was_checked(history):
    out = StringIO()
    call_command("verify", "--json", stdout=out)
    report = json.loads(out.getvalue())
    assert (report["ok"], report["problems"]) == (True, [])
    assert set(report["checked"]) == {
        "entries", "postings", "accounts", "ballots", "decisions", "files", "checkpoints", "guards",
    }  # fmt: skip
    assert report["checked"]["postings"] == 3


@pytest.mark.requirement("D1")
def test_a_link_that_leads_to_no_row_is_found(history):
    lost = "UPDATE auth_permission SET content_type_id = 999999 WHERE id = (SELECT min(id) FROM auth_permission)"
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL session_replication_role = replica; {lost} RETURNING id")
        (row,) = cursor.fetchone()
    where = f"auth_permission:{row}.content_type_id"
    assert verify().problems == [("register", where, "it leads to a row that is not there")]


@pytest.mark.requirement("D1")
@pytest.mark.parametrize(("statement", "what"), TAMPERINGS, ids=[s[:60] for s, _ in TAMPERINGS])
def test_tampering_as_a_superuser_is_found(history, statement, what):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET LOCAL session_replication_role = origin")
    result = verify()
    assert not result.ok
    assert what in {problem.what for problem in result.problems}
    with pytest.raises(SystemExit) as stop:
        call_command("verify", stdout=(said := StringIO()))
    assert stop.value.code == 1
    found = len(result.problems)
    assert said.getvalue().splitlines()[-1] == ("1 problem" if found == 1 else f"{found} problems")


def test_the_guards_shipped_are_those_of_a_fresh_database(db):
    assert standing() == shipped()


def test_no_alarm_after_a_correction(history, finance_officer, second_finance_officer):
    from funds.models import Posting
    from funds.operations import money

    posting = Posting.objects.get(debit__code="project:PRJ-1")
    money.reverse(
        by=finance_officer, prepared_by=second_finance_officer, posting=posting, on=posting.effective_on, reason="wrong"
    )
    assert verify().problems == []
    posting.debit.refresh_from_db()
    assert posting.debit.balance == Decimal("0.00")


def test_a_guard_reads_the_same_after_a_dump_and_only_then():
    fresh = "CHECK (((state)::text = ANY ((ARRAY['it''s'::character varying, 'b'::character varying])::text[])))"
    dumped = "CHECK (((state)::text = ANY (ARRAY[('it''s'::character varying)::text, ('b'::character varying)::text])))"
    assert settled(fresh) == settled(dumped) == dumped
    assert settled(fresh.replace("'b'", "'c'")) != dumped
