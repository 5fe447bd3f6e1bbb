"""Overdue instalments by age, and the reminders that the portal sends of itself."""

import csv
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alliance.core import clock
from alliance.core.errors import OutOfState
from alliance.people.operations import register_organisation
from alliance.records.models import Notice
from alliance.records.relay import relay
from alliance.register.models import RegisterEntry
from funds.contributions.ageing import by_donor, overdue, totals
from funds.models import Agreement, Reminder
from funds.operations.agreements import cancel_agreement
from funds.operations.amendments import amend_agreement
from funds.operations.donors import register_donor
from funds.operations.reminders import remind_due, remind_of_instalment, stage_of
from funds.tasks import remind_of_instalments
from reporting.homes import fund as fund_tasks
from tests.funds.factories import SIGNED_ON, make_agreement, make_deposit, make_donor, make_rate, make_window

D = Decimal
FIRST, SECOND = date(2008, 5, 1), date(2008, 9, 1)


def at(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def plan(by, *due, **values):
    return make_agreement(by, amount=sum(amount for _day, amount in due), instalments=due, **values)


def lines(day):
    return [
        (line.instalment.number, line.owed, line.owed_usd, line.days, line.bucket)
        for line in overdue(Agreement.objects.all(), day)
    ]


# Ageing

AGES = [
    (date(2008, 5, 1), []),
    (date(2008, 5, 2), [(1, D(400), D(400), 1, 0)]),
    (date(2008, 5, 31), [(1, D(400), D(400), 30, 0)]),
    (date(2008, 6, 1), [(1, D(400), D(400), 31, 1)]),
    (date(2008, 6, 30), [(1, D(400), D(400), 60, 1)]),
    (date(2008, 7, 1), [(1, D(400), D(400), 61, 2)]),
    (date(2008, 7, 30), [(1, D(400), D(400), 90, 2)]),
    (date(2008, 7, 31), [(1, D(400), D(400), 91, 3)]),
    (date(2008, 9, 2), [(1, D(400), D(400), 124, 3), (2, D(600), D(600), 1, 0)]),
]


@pytest.mark.parametrize(("day", "expected"), AGES)
def test_instalment_ages_by_thirty_days(finance_officer, day, expected):
    plan(finance_officer, (FIRST, D(400)), (SECOND, D(600)))
    assert lines(day) == expected


def test_tasks_name_the_earliest_instalments_however_new_their_agreements(finance_officer, monkeypatch):
    monkeypatch.setattr(fund_tasks, "MOST", 1)
    today = clock.today()
    older = make_agreement(finance_officer, instalments=[(today, D(10000))])
    make_agreement(finance_officer, signed_on=today, instalments=[(today + timedelta(9), D(10000))])
    tasks = [task for task in fund_tasks.waiting_for(finance_officer) if task.label == "Expect an instalment"]
    assert [(task.reference, task.due) for task in tasks] == [(older.reference, today)]


def test_only_what_is_missing_is_overdue(finance_officer):
    make_rate("SEK", SIGNED_ON, "6.00")
    agreement = plan(finance_officer, (FIRST, D(1200)), (SECOND, D(1800)), currency="SEK")
    make_deposit(finance_officer, agreement=agreement, amount=D(300))
    assert lines(date(2008, 5, 2)) == [(1, D(900), D(150), 1, 0)]


def test_what_cannot_be_compared_is_left_out(finance_officer):
    agreement = plan(finance_officer, (FIRST, D(400)))
    make_rate("SEK", FIRST, "6.00")
    make_deposit(finance_officer, agreement=agreement, amount=D(5), currency="SEK")
    assert lines(SECOND) == []


def test_sums_by_donor_and_bucket(finance_officer):
    plan(finance_officer, (FIRST, D(400)), (SECOND, D(600)))
    plan(finance_officer, (SECOND, D(7)), donor=make_donor("switzerland-sdc"))
    rows = by_donor(overdue(Agreement.objects.all(), date(2008, 9, 2)))
    assert {row.donor.organisation.slug: row.buckets for row in rows} == {
        "sweden-mfa": [D(600), D(0), D(0), D(400)], "switzerland-sdc": [D(7), D(0), D(0), D(0)],
    }  # fmt: skip
    assert totals(rows) == [D(607), D(0), D(0), D(400)]


def rows_of(response):
    return list(csv.reader(StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))


@pytest.mark.parametrize(
    ("query", "count"), [("", 2), ("window=W1", 1), ("window=GEN", 1), ("window=99", 2), ("donor=0", 2)]
)
def test_page_is_filtered_and_downloaded(finance_officer, sign_in, set_clock, query, count):
    plan(finance_officer, (FIRST, D(400)))
    plan(finance_officer, (FIRST, D(7)), window=make_window("W1"), donor=make_donor("switzerland-sdc"))
    set_clock(at(SECOND))
    client = sign_in(finance_officer)
    assert len(client.get(f"{reverse('funds:ageing')}?{query}").context["lines"]) == count
    heading, *rows = rows_of(client.get(f"{reverse('funds:ageing')}?{query}&format=csv"))
    assert (heading[4:6], len(rows)) == (["Days overdue", "Age"], count)
    assert client.get(f"{reverse('funds:ageing')}?{query}&format=xlsx").status_code == 200


def test_formula_in_a_donors_name_is_neutralised(finance_officer, sign_in, set_clock):
    place = register_organisation(by=None, slug="evil", kind="other", name_en="=1+1")
    plan(finance_officer, (FIRST, D(400)), donor=register_donor(by=None, organisation=place, donor_type="other"))
    set_clock(at(SECOND))
    assert rows_of(sign_in(finance_officer).get(f"{reverse('funds:ageing')}?format=csv"))[1][0] == "'=1+1"


def test_page_asks_as_much_for_three_as_for_one(finance_officer, sign_in, set_clock):
    client, counts = sign_in(finance_officer), []
    set_clock(at(SECOND))
    for slugs in (["sweden-mfa"], ["switzerland-sdc", "norad"]):
        for slug in slugs:
            plan(finance_officer, (FIRST, D(400)), donor=make_donor(slug))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("funds:ageing"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


# Reminders

STAGES = [
    (date(2008, 7, 1), None), (date(2008, 8, 1), None), (date(2008, 8, 2), "coming"), (date(2008, 8, 31), "coming"),
    (date(2008, 9, 1), "due"), (date(2008, 9, 30), "due"), (date(2008, 10, 1), "overdue"), (date(2012, 1, 1), "overdue"),
]  # fmt: skip


@pytest.mark.parametrize(("today", "stage"), STAGES)
def test_stage_by_days_before_and_after(today, stage):
    assert stage_of(SECOND, today) == stage


def test_days_are_settings(settings):
    settings.ALLIANCE_RULES = settings.ALLIANCE_RULES | {"reminder_days_before": 5, "reminder_days_after": 2}
    assert [stage_of(SECOND, date(2008, 8, 27)), stage_of(SECOND, date(2008, 9, 3))] == ["coming", "overdue"]


def test_each_stage_is_reminded_of_once(finance_officer, set_clock):
    agreement = plan(finance_officer, (SECOND, D(600)))
    made = []
    for day in (
        date(2008, 7, 1),
        date(2008, 8, 2),
        date(2008, 8, 3),
        SECOND,
        date(2008, 9, 5),
        date(2008, 10, 1),
        date(2008, 12, 1),
    ):
        set_clock(at(day))
        made += [(day, reminder.stage) for reminder in remind_due()]
        assert remind_of_instalments() == 0
    assert made == [(date(2008, 8, 2), "coming"), (SECOND, "due"), (date(2008, 10, 1), "overdue")]
    assert list(
        RegisterEntry.objects.filter(kind__startswith="instalment.").order_by("n").values_list("kind", flat=True)
    ) == ["instalment.coming/1", "instalment.due/1", "instalment.overdue/1"]
    assert Reminder.objects.filter(instalment__agreement=agreement).count() == 3


def test_donors_people_and_finance_officers_are_told(finance_officer, second_finance_officer, donor, set_clock):
    plan(finance_officer, (SECOND, D(600)))
    set_clock(at(SECOND))
    remind_due()
    relay()
    told = set(Notice.objects.filter(kind="instalment.due/1").values_list("user__email", flat=True))
    assert {donor.email, finance_officer.email, second_finance_officer.email} <= told
    assert "donor@demo.example" in told
    assert "rival.donor@demo.example" not in told


def test_paid_cancelled_replaced_and_unknown_are_not_reminded_of(finance_officer, set_clock):
    paid = plan(finance_officer, (FIRST, D(400)), (date(2009, 9, 1), D(600)))
    make_deposit(finance_officer, agreement=paid, amount=D(400))
    cancel_agreement(by=finance_officer, agreement=plan(finance_officer, (FIRST, D(400))), why="no")
    replaced = plan(finance_officer, (FIRST, D(400)))
    later = [(date(2009, 5, 1), D(400))]
    amend_agreement(
        by=finance_officer, agreement=replaced, amount=D(400), signed_on=SIGNED_ON, why="later", instalments=later
    )
    foreign = plan(finance_officer, (FIRST, D(400)))
    make_rate("SEK", FIRST, "6.00")
    make_deposit(finance_officer, agreement=foreign, amount=D(5), currency="SEK")
    set_clock(at(date(2008, 9, 1)))
    assert remind_due() == []


def test_reminder_that_is_not_due_is_refused(finance_officer, set_clock):
    instalment = plan(finance_officer, (SECOND, D(400))).instalments.get()
    set_clock(at(SECOND))
    for stage in ("coming", "overdue"):
        with pytest.raises(OutOfState):
            remind_of_instalment(instalment=instalment, stage=stage)
    remind_of_instalment(instalment=instalment, stage="due")
    with pytest.raises(OutOfState):
        remind_of_instalment(instalment=instalment, stage="due")
