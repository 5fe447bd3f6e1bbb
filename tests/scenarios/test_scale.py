"""A small load of the made-up fund: the figures asked for, everything explained, the same for the same seed."""

from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from alliance.core.errors import Refused
from alliance.people.models import User
from alliance.records.models import RelayCursor
from alliance.register.models import head
from funds.models import Account, Deposit, Payment, Posting
from governance.models import Outcome
from proposals.models import Project
from reporting.verification.everything import verify
from scenarios.scale.load import load
from scenarios.scale.plan import Size, batches, parts_of
from tests.ground.scenes import scene

SIZE = Size(projects=6, postings=600, donors=4)


def figures():
    rows = Posting.objects.order_by("pk").values_list("debit__code", "amount", "effective_on")
    return [(code.partition(":")[0], amount, on) for code, amount, on in rows]


@scene
def loaded():
    """A load, and the figures of another one with the same seed, which is undone before."""
    with transaction.atomic():
        load(SIZE)
        others = figures()
        transaction.set_rollback(True)
    return {**load(SIZE), "figures of another": others}


def test_a_loaded_fund_has_what_was_asked_for_and_is_proved(loaded):
    assert (loaded["projects"], loaded["postings"]) == (6, 600)
    assert Outcome.objects.filter(result="carried").count() == 6
    assert Deposit.objects.exists()
    assert Payment.objects.filter(state="acknowledged").exists()
    assert verify().problems == []
    assert RelayCursor.objects.get(name="notices").n == head()[0]


def test_the_same_seed_makes_the_same_figures(loaded):
    assert loaded["figures of another"] == figures()


def test_a_finished_project_holds_no_money(loaded):
    over = Project.objects.filter(state="closed").values_list("reference", flat=True)
    assert {row.balance for row in Account.objects.filter(kind="project", subject__in=over)} <= {Decimal(0)}


def test_it_is_loaded_once(loaded):
    with pytest.raises(Refused, match="already"):
        load(SIZE)


def test_it_is_not_loaded_where_real_people_work(db):
    User.objects.create_user("someone@ministry.example", name="Someone")
    with pytest.raises(Refused, match="real people"):
        load(SIZE)
    assert not Posting.objects.exists()


def test_too_few_postings_are_bad_input(db):
    with pytest.raises(CommandError, match="at least 140 postings") as refused:
        call_command("load_scale", projects=2, postings=100)
    assert refused.value.returncode == 2


def test_parts_add_up_and_are_above_zero():
    import random

    parts = parts_of(Decimal("1000.00"), 37, random.Random(3))
    assert (len(parts), sum(parts), min(parts) > 0) == (37, Decimal("1000.00"), True)


def test_projects_are_planned_in_the_order_of_their_approval():
    days = [plan.approved_on for batch in batches(Size(50, 5000), ["a", "b", "c"], ["B01", "B02"]) for plan in batch]
    assert (len(days), days) == (50, sorted(days))
