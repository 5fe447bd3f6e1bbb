"""Operations and the register: order, keys, retries, and rows that never change."""

import json
import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import Error, IntegrityError, connection, connections, transaction

from alliance.core import clock
from alliance.core.clock import Clock
from alliance.core.errors import KeyReused, Refused
from alliance.core.references import next_reference
from alliance.people.models import Organisation
from alliance.people.operations import confirm_organisation, register_organisation
from alliance.register import operation, record
from alliance.register.acts import publish
from alliance.register.canonical import chained, digest_of
from alliance.register.models import Checkpoint, RegisterEntry, RegisterHead, head
from alliance.register.snapshots import snapshot


def register(officer, **changes):
    fields = {"slug": f"org-{uuid4().hex[:8]}", "kind": "other", "name_en": "Institute", **changes}
    key = fields.pop("key", None)
    return register_organisation(by=officer, key=key, **fields)


def chain_problems():
    previous, expected = "0" * 64, 1
    for entry in RegisterEntry.objects.order_by("n"):
        if (
            entry.n != expected
            or entry.digest != digest_of(entry.body)
            or entry.hash != chained(previous, entry.digest)
        ):
            return entry.n
        previous, expected = entry.hash, expected + 1
    return None if head() == (expected - 1, previous) else "head"


def test_an_act_appends_its_entry_to_the_chain(officer):
    n, _ = head()
    organisation = register(officer)
    entry = RegisterEntry.objects.latest("n")
    assert (entry.n, entry.kind, head()) == (n + 1, "organisation.registered/1", (entry.n, entry.hash))
    body = json.loads(entry.body)
    assert body["by"] == officer.uid.hex
    assert body["rows"] == [json.loads(json.dumps(snapshot(organisation, body["salt"])))]
    assert len(body["salt"]) == 32
    assert chain_problems() is None


def test_bodies_hold_no_names(officer):
    register(officer, name_en="Very Secret Institute")
    body = RegisterEntry.objects.latest("n").body
    assert "Very Secret" not in body
    assert digest_of("Very Secret Institute") not in body
    assert digest_of(json.loads(body)["salt"] + "Very Secret Institute") in body


def test_entries_of_one_act_share_it_and_follow_each_other(officer):
    @operation
    def two(*, by):
        register_organisation(by=by, slug="one-of-two", kind="other", name_en="A")
        return register_organisation(by=by, slug="two-of-two", kind="other", name_en="B")

    two(by=officer)
    last = RegisterEntry.objects.order_by("-n")[:2]
    assert last[0].act == last[1].act
    assert last[0].n == last[1].n + 1


def test_a_caught_refusal_inside_takes_its_entries_with_it(officer):
    @operation
    def inner(*, by):
        organisation = register_organisation(by=by, slug="undone", kind="other", name_en="A")
        raise Refused(str(organisation.pk))

    @operation
    def outer(*, by):
        with pytest.raises(Refused):
            inner(by=by)
        return register_organisation(by=by, slug="done", kind="other", name_en="B")

    before, _ = head()
    outer(by=officer)
    assert head()[0] == before + 1
    assert not Organisation.objects.filter(slug="undone").exists()


def test_an_operation_without_entry_is_a_fault_and_changes_nothing(officer):
    @operation
    def silent(*, by):
        Organisation.objects.create(slug="silent", kind="other", name_en="S")

    with pytest.raises(RuntimeError, match="left no entry"):
        silent(by=officer)
    assert not Organisation.objects.filter(slug="silent").exists()


def test_recording_outside_an_operation_is_a_fault(officer):
    with pytest.raises(RuntimeError, match="outside an operation"):
        record("organisation.registered/1", by=officer)


def test_an_undeclared_kind_is_a_fault(officer):
    @operation
    def undeclared(*, by):
        record("nobody.declared/1", by=by)

    with pytest.raises(LookupError, match="nobody.declared"):
        undeclared(by=officer)


@pytest.mark.requirement("D8")
def test_same_key_and_content_gives_the_first_result(officer):
    first = register(officer, slug="twice", key="k1")
    before = head()
    assert register(officer, slug="twice", key="k1") == first
    assert head() == before


@pytest.mark.requirement("D8")
def test_same_key_with_other_content_is_refused(officer):
    register(officer, slug="twice", key="k1")
    with pytest.raises(KeyReused):
        register(officer, slug="thrice", key="k1")
    assert not Organisation.objects.filter(slug="thrice").exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE alliance_registerentry SET body = 'x' WHERE n = 1",
        "UPDATE alliance_registerentry SET public_from = public_from + interval '1 day' WHERE public_from IS NOT NULL",
        "DELETE FROM alliance_registerentry WHERE n = 1",
        "TRUNCATE alliance_registerentry CASCADE",
        "DELETE FROM alliance_registerhead",
        "UPDATE alliance_registerhead SET n = n + 1",
        "UPDATE alliance_registerhead SET n = n - 1",
        "UPDATE alliance_clock SET clock_offset = interval '1 day'",
        "INSERT INTO alliance_clock (id, is_demonstration, clock_offset) VALUES (2, false, interval '0')",
        "INSERT INTO alliance_registerhead (id, n, hash) VALUES (2, 0, '')",
    ],
)
def test_the_database_refuses(officer, statement):
    register(officer)
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_checkpoints_are_never_changed(db):
    Checkpoint.objects.create(n=1, hash="0" * 64, made_at=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Checkpoint.objects.update(n=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Checkpoint.objects.all().delete()


def test_text_that_no_column_holds_is_refused_in_words(officer):
    with pytest.raises(Refused, match="A text is too long"):
        register_organisation(by=officer, slug="long", kind="government", name_en="x" * 1000)
    assert not Organisation.objects.filter(slug="long").exists()


def test_number_that_no_column_holds_is_refused_in_words(officer):
    @operation
    def count(*, by):
        record("membership.started/1", by=by)
        Checkpoint.objects.create(n=2**63, hash="0" * 64, made_at=clock.now())

    with pytest.raises(Refused, match="A number is too large"):
        count(by=officer)
    assert not Checkpoint.objects.exists()


def test_a_body_opens_once_and_never_closes(officer):
    @operation
    def quiet(*, by):
        record("membership.started/1", by=by)

    quiet(by=officer)
    entry = RegisterEntry.objects.filter(n=head()[0])
    assert entry.get().public_from is None
    assert publish(entry) == 1
    assert publish(entry) == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.update(public_from=None)


@pytest.mark.django_db(transaction=True)
def test_many_writers_leave_one_chain_without_gaps():
    from alliance.people.models import User

    officer = User.objects.get(email="officer@demo.example")
    before, _ = head()
    errors = []

    def work():
        try:
            for _ in range(10):
                register(officer)
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(6)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert errors == []
    assert head()[0] == before + 60
    assert chain_problems() is None


@pytest.mark.django_db(transaction=True)
def test_a_double_click_makes_one_record():
    from alliance.people.models import User

    officer = User.objects.get(email="officer@demo.example")
    barrier = threading.Barrier(4)
    results = []

    def click():
        barrier.wait()
        results.append(register(officer, slug="clicked", key="double").pk)
        connections.close_all()

    threads = [threading.Thread(target=click) for _ in range(4)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert len(results) == 4
    assert len(set(results)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_deadlock_repeats_the_whole_operation():
    from alliance.people.models import User

    officer = User.objects.get(email="officer@demo.example")
    a = register(officer, slug="lock-a", confirmed=False)
    b = register(officer, slug="lock-b", confirmed=False)
    barrier = threading.Barrier(2, timeout=10)
    tries = []

    @operation
    def crossed(*, by, first, second):
        tries.append(1)
        Organisation.objects.select_for_update().get(pk=first.pk)
        if len(tries) <= 2:
            barrier.wait()
        return confirm_organisation(by=by, organisation=second)

    def work(first, second):
        crossed(by=officer, first=first, second=second)
        connections.close_all()

    threads = [threading.Thread(target=work, args=pair) for pair in ((a, b), (b, a))]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert len(tries) > 2  # two that met, and at least one of them again
    assert Organisation.objects.filter(slug__in=["lock-a", "lock-b"], confirmed_at__isnull=False).count() == 2
    assert chain_problems() is None


def test_the_clock_moves_in_a_demonstration_only(db, set_clock):
    with pytest.raises(IntegrityError), transaction.atomic():
        Clock.objects.update(clock_offset=timedelta(days=1))
    set_clock(datetime(2008, 9, 15, 9, tzinfo=UTC))
    assert clock.today().isoformat() == "2008-09-15"
    assert next_reference("PLG").startswith("PLG-2008-")


def test_the_head_is_one_row(db):
    assert RegisterHead.objects.count() == 1


def test_a_key_longer_than_ours_still_names_one_act(officer):
    first = register(officer, slug="long", key="k" * 300)
    assert register(officer, slug="long", key="k" * 300) == first
