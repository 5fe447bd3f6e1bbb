"""Columns that a later release adds: rows recorded before must hold what is declared, and nothing else is a problem.

Each column is a real one, added to the table and to the model for one test.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from django.core import checks
from django.core.management import CommandError, call_command
from django.db import connection, models

from alliance.forum.models import Theme
from alliance.people.models import Organisation
from alliance.register import operation, record
from alliance.register.snapshots import writers
from alliance.register.spool import Spool
from funds.models import Account, Fund, Posting, Window
from reporting.verification import columns
from reporting.verification.everything import verify
from tests.funds.test_ledger import allocate, deposit

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("D1")]


@pytest.fixture(autouse=True)
def history(finance_officer):
    deposit(by=finance_officer, slug="sweden-mfa", amount="1000.00", fee="10.00")
    allocate(None, "PRJ-1", GEN="100.00")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


@contextmanager
def column(model: type[models.Model], name: str, field: models.Field, **before: Any) -> Iterator[models.Field]:
    """Have a column of a later release: in the table, in the model, and declared with what it was `before`, if given."""
    declared = model.REGISTER_LATER
    field.contribute_to_class(model, name)
    writers.cache_clear()
    if before:
        model.REGISTER_LATER = declared | {field.attname: before["before"]}
    try:
        with connection.schema_editor() as editor:
            editor.add_field(model, field)
        yield field
    finally:
        model.REGISTER_LATER = declared
        model._meta.local_fields.remove(field)
        model._meta._expire_cache()
        delattr(model, field.attname)
        writers.cache_clear()


def found() -> list[tuple[str, str]]:
    """Return what is wrong with rows: that a table has a column more than was shipped is the guards' matter."""
    return [(p.where, p.why) for p in verify().problems if p.what != "guard"]


def said() -> list[str]:
    return [
        check.msg for check in checks.run_checks() if check.id in ("alliance.E002", "alliance.E003", "reporting.E001")
    ]


def test_row_recorded_before_a_column_holds_what_the_column_declares(finance_officer):
    with column(Organisation, "sector", models.CharField(max_length=20, default="public"), before="public"):
        assert Organisation.objects.count() >= 30
        assert found() == []
        assert said() == []


def test_row_recorded_before_a_column_and_holding_another_value_is_a_problem():
    with column(Organisation, "is_listed", models.BooleanField(default=True), before=True):
        row = Organisation.objects.order_by("pk").first()
        Organisation.objects.filter(pk=row.pk).update(is_listed=False)
        assert found() == [(f"alliance_organisation:{row.pk}.is_listed", "the row differs from its newest entry")]


def test_free_text_of_a_later_release_is_held_to_what_it_declares():
    with column(Window, "motto", models.TextField(default="none yet"), before="none yet"):
        assert found() == []
        Window.objects.filter(code="GEN").update(motto="other")
        assert [where.rpartition(".")[2] for where, _why in found()] == ["motto"]


def test_links_of_a_later_release_are_held_to_what_they_declare(monkeypatch):
    without(monkeypatch, "funds.window", "objectives")
    monkeypatch.setattr(Window, "REGISTER_LATER", {"objectives": []})
    linked = [f"funds_window:{row.pk}.objectives" for row in Window.objects.order_by("pk") if row.objectives.exists()]
    assert 0 < len(linked) < Window.objects.count()
    assert [where for where, _why in found()] == linked


def test_column_of_a_later_release_that_declares_nothing_is_a_problem_in_each_row_and_said_at_start():
    with column(Organisation, "sector", models.CharField(max_length=20, default="public")):
        assert len(found()) == Organisation.objects.count()
        assert said() == [
            "alliance.organisation.sector is new: say in REGISTER_LATER what rows recorded before it must hold."
        ]


def test_column_without_a_value_that_declares_nothing_is_a_problem_too():
    """Emptiness explains nothing: a column that was there and is left out of a snapshot is missing."""
    with column(Organisation, "sector", models.CharField(max_length=20, null=True)):
        assert len(found()) == Organisation.objects.count()


def test_column_that_declares_to_have_been_empty_is_none():
    with column(Organisation, "sector", models.CharField(max_length=20, null=True), before=None):
        assert found() == []


def test_row_recorded_with_a_later_column_is_held_to_its_entry(head):
    with column(Organisation, "sector", models.CharField(max_length=20, default="public"), before="public"):
        row = Organisation.objects.order_by("pk").first()
        sort(by=head, organisation=row, sector="private")
        assert found() == []
        Organisation.objects.filter(pk=row.pk).update(sector="public")
        assert found() == [(f"alliance_organisation:{row.pk}.sector", "the row differs from its newest entry")]


@operation
def sort(*, by, organisation, sector):
    organisation.sector = sector
    organisation.save(update_fields=["sector"])
    note(by=by, row=organisation)


@operation
def note(*, by, row):
    record("organisation.confirmed/1", by=by, rows=[row])


def generated(**options: Any) -> models.GeneratedField:
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    return models.GeneratedField(expression=models.F("debits") - models.F("credits"), output_field=amount, **options)


def test_generated_column_stands_in_no_snapshot_and_is_none_of_an_account():
    with column(Account, "net", generated(db_persist=True)):
        pool = Account.objects.get(code="pool:GEN")
        assert pool.net == pool.balance == Decimal("890.00")
        assert found() == []
        assert said() == []


def test_generated_column_that_does_not_follow_from_the_others_is_found():
    with column(Account, "net", generated(db_persist=True)):
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE funds_account ALTER COLUMN net DROP EXPRESSION")
            cursor.execute("UPDATE funds_account SET net = net + 1 WHERE code = 'pool:GEN' RETURNING id")
            (pk,) = cursor.fetchone()
        assert found() == [(f"funds_account:{pk}.net", "it does not follow from the row's other columns")]


def test_generated_column_that_is_not_stored_is_refused_at_start():
    field = generated(db_persist=False)
    field.contribute_to_class(Account, "net")
    try:
        assert said() == ["funds.Account.net is generated and not stored: set db_persist."]
    finally:
        Account._meta.local_fields.remove(field)
        Account._meta._expire_cache()
        del Account.net


@pytest.mark.parametrize(
    ("name", "value", "now"),
    [("decimal_places", 4, "decimal(18,4)"), ("max_digits", 20, "decimal(20,2)")],
)
def test_other_decimals_of_a_field_of_record_are_refused_at_start_and_not_recorded(monkeypatch, name, value, now):
    monkeypatch.setattr(Posting._meta.get_field("amount"), name, value)
    refusal = (
        f"funds.posting.amount is recorded as decimal(18,2) and would be as {now}:"
        " leave it, and put what needs more into a new column."
    )
    assert said() == [refusal]
    with pytest.raises(CommandError, match=r"funds\.posting\.amount is recorded as"):
        call_command("record_guards")


def test_what_was_declared_of_a_later_column_stays_declared(monkeypatch):
    monkeypatch.setattr(Fund, "REGISTER_LATER", {"established_on": None})
    was = "funds.fund.operating_on is recorded as date, null before it was there and would be as date:"
    assert said() == [f"{was} leave it, and put what needs more into a new column."]


def test_declaration_that_names_no_column_is_refused_at_start(monkeypatch):
    monkeypatch.setattr(Theme, "REGISTER_LATER", {"colour": None}, raising=False)
    assert said() == ["alliance.Theme.REGISTER_LATER names colour, which is no column of record."]


def test_text_that_would_no_longer_be_a_digest_is_refused_at_start(monkeypatch):
    monkeypatch.setattr(Organisation, "REGISTER_PLAIN", (*Organisation.REGISTER_PLAIN, "name_en"))
    assert [text.partition(" and would")[0] for text in said()] == [
        "alliance.organisation.name_en is recorded as digest"
    ]


def test_column_and_model_that_were_of_record_stay(monkeypatch):
    recorded = columns.recorded()
    recorded["funds.account"]["colour"] = "text"
    recorded["funds.purse"] = {"id": "number"}
    monkeypatch.setattr(columns, "recorded", lambda: recorded)
    assert said() == [
        "funds.account.colour was of record and is no longer: a column that is recorded stays.",
        "funds.purse was of record and is no longer: recorded names never change.",
    ]


def test_models_of_record_are_as_releases_have_left_them_and_a_release_notes_only_what_is_new(monkeypatch, tmp_path):
    assert list(columns.contradictions()) == []
    before = columns.recorded()
    monkeypatch.setattr(columns, "RECORDED", tmp_path / "columns.json")
    columns.write()
    after = columns.recorded()
    assert {label: {name: after[label][name] for name in names} for label, names in before.items()} == before


def test_rows_of_a_name_that_nobody_knows_are_said_in_words(monkeypatch, head):
    forgotten = {"model": "funds.purse", "pk": 7, "columns": {"id": 7}}
    monkeypatch.setattr("alliance.register.acts.snapshot", lambda row, salt: forgotten)
    note(by=head, row=Organisation.objects.order_by("pk").first())
    monkeypatch.undo()
    assert found() == [("funds.purse", "recorded, but this release knows no rows of that name")]


def without(monkeypatch: pytest.MonkeyPatch, of: str, name: str) -> list[Any]:
    """Have the entries of a model be those of a release without one of its columns; return what it held, as it is read."""
    read, held = Spool.newest, []

    def of_an_older_release(spool: Spool, label: str, number: int) -> dict[str, Any]:
        newest = read(spool, label, number)
        held.extend(recorded.pop(name) for _salt, recorded in (newest.values() if label == of else ()))
        return newest

    monkeypatch.setattr(Spool, "newest", of_an_older_release)
    return held


def test_column_of_a_later_release_is_explained_by_an_older_entry_while_it_is_as_declared(monkeypatch):
    held = without(monkeypatch, "funds.fund", "operating_on")
    assert verify().problems == []
    assert held == [None]
    Fund.objects.update(operating_on="2008-05-02")
    assert [(p.what, p.where.partition(".")[2]) for p in verify().problems] == [("register", "operating_on")]
