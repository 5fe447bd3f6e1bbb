"""Several people at the same moment, on a real PostgreSQL: threads with connections of their own."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from alliance.core.errors import OutOfState
from alliance.register.models import RegisterEntry
from funds.models import Posting
from governance import checks
from governance.models import Ballot, Decision, Outcome
from governance.operations import cast_ballot, close_decision, close_due, found_committee, open_decision
from proposals.models import Project
from tests.governance.factories import (
    FOUNDED,
    D,
    after_deadline,
    all_but,
    new_seats,
    opened,
    opened_text,
    person,
    tabled,
    vote,
)
from tests.proposals.factories import checked_version, money_in

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run all at the same moment; return results and errors in the order given."""
    found: list[Any] = [None] * len(calls)
    gate = threading.Barrier(len(calls))

    def run(number: int, call: Callable[[], Any]) -> None:
        gate.wait()
        try:
            found[number] = call()
        except Exception as error:
            found[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def kinds(results: Sequence[Any]) -> Counter:
    return Counter(type(result).__name__ for result in results)


@pytest.mark.requirement("D8")
def test_many_closes_at_once_make_one_outcome_and_one_allocation(people, set_clock):
    decision = opened()
    money_in(person("finance_officer"), "600000.00")
    vote(decision, "approve", *all_but("member_iom"))
    before = Posting.objects.count()
    after_deadline(set_clock, decision)
    closers = [None, None, person("chair"), person("officer"), person("member"), None]
    outcomes = at_once([lambda by=by: close_decision(by=by, decision=decision) for by in closers])
    assert len({outcome.pk for outcome in outcomes}) == 1
    assert Outcome.objects.count() == Project.objects.count() == 1
    assert Posting.objects.count() == before + 1
    assert RegisterEntry.objects.filter(kind="decision.closed/1").count() == 1


def test_ballots_that_race_the_close_are_counted_or_refused_never_lost(people, set_clock):
    decision = opened_text()
    early, late = all_but()[:4], all_but()[4:]
    vote(decision, "approve", *early)
    after = Decision.objects.get(pk=decision.pk).closes_at
    set_clock(after.replace(microsecond=0) - timedelta(milliseconds=400))

    def cast(key: str) -> Callable[[], Any]:
        voter = person(key)
        return lambda: [cast_ballot(by=voter, decision=decision, choice="object", reasons="No.") for _ in range(6)]

    def close() -> Any:
        while True:
            try:
                return close_decision(by=None, decision=decision)
            except OutOfState:
                continue

    results = at_once([*(cast(key) for key in late), close, close])
    outcome = Outcome.objects.get()
    closed_at = Decision.objects.get(pk=decision.pk).closed_at
    assert set(kinds(results)) <= {"list", "OutOfState", "Outcome"}
    assert all(ballot.cast_at < closed_at for ballot in Ballot.objects.all())
    seats = Ballot.objects.filter(choice="object").values("frozen_seat").distinct().count()
    assert outcome.counts["total"]["objections"] == seats
    assert list(checks.problems()) == []


def test_money_for_one_of_two_decisions_goes_to_one_and_the_other_waits(people, set_clock):
    first = opened()
    rival = checked_version(person("rival_agency"), person("officer"), recommendations=("B09",))
    second = opened(version=rival)
    money_in(person("finance_officer"), "300000.00")
    vote(first, "approve", *all_but("member_iom"))
    vote(second, "approve", *all_but("member_ilo"))
    after_deadline(set_clock, second)
    at_once([lambda: close_decision(by=None, decision=first), lambda: close_decision(by=None, decision=second)])
    assert Counter(Outcome.objects.values_list("money", flat=True)) == {"allocated": 1, "waiting": 1}
    assert Project.objects.get().amount == D("250000.00")


def test_openings_at_once_get_numbers_without_gaps(people):
    versions = [
        checked_version(person("agency"), person("officer"), title=f"Work {number}", recommendations=("B04",))
        for number in range(4)
    ]
    items = [tabled(version=version) for version in versions]
    officer = person("officer")
    at_once([lambda item=item: open_decision(by=officer, decision=item) for item in items])
    assert sorted(Decision.objects.values_list("number", flat=True)) == [1, 2, 3, 4]


def test_same_item_opened_twice_at_once_opens_once(people):
    item = tabled()
    officer = person("officer")
    results = at_once([lambda: open_decision(by=officer, decision=item)] * 3)
    assert kinds(results) == {"Decision": 1, "OutOfState": 2}
    assert Decision.objects.get().frozen_seats.count() == 9


@pytest.mark.requirement("D8")
def test_one_ballot_form_sent_many_times_at_once_is_one_ballot(people):
    decision = opened()
    member = person("member")
    sent = {"by": member, "decision": decision, "choice": "approve", "key": "k" * 32}
    ballots = at_once([lambda: cast_ballot(**sent)] * 5)
    assert len({ballot.pk for ballot in ballots}) == Ballot.objects.count() == 1


def test_deadline_job_run_by_two_workers_closes_each_once(people, set_clock):
    decisions = [opened_text(title=f"Text {number}") for number in range(3)]
    after_deadline(set_clock, decisions[-1])
    at_once([close_due, close_due])
    assert Outcome.objects.count() == 3


@pytest.mark.requirement("R61")
def test_committee_founded_by_several_at_once_is_founded_once():
    found = at_once([lambda: found_committee(by=person("head"), seats=new_seats(), on=FOUNDED)] * 3)
    assert kinds(found) == {"Body": 1, "Refused": 2}
