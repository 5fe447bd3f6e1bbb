"""What donors pledged, committed and paid until a day, read at once, is what the questions of each row say."""

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db.models import Sum

from alliance.core import clock
from funds.contributions.stages import stages
from funds.models import Agreement, Deposit, Donor, Pledge, Posting
from funds.operations.agreements import cancel_agreement
from funds.operations.amendments import amend_agreement, amend_pledge
from funds.operations.pledges import cancel_pledge
from tests.funds.factories import make_agreement, make_deposit, make_donor, make_pledge, post_voucher

D = Decimal
DAYS = [
    date(2008, 4, 30),
    date(2008, 5, 31),
    date(2008, 6, 30),
    date(2008, 7, 31),
    date(2008, 8, 31),
    date(2008, 12, 1),
]


def asked_one_by_one(day):
    """Return, by donor, what `worth_on`, `made_until` and `standing` say."""
    found = defaultdict(lambda: [None, None, None])

    def add(place, rows):
        for donor, amount in rows:
            found[donor][place] = (found[donor][place] or 0) + amount

    pledges = Pledge.objects.made_until(day).filter(acknowledged_at__date__lte=day).exclude(cancelled_at__date__lte=day)
    add(0, pledges.order_by().values_list("donor").annotate(s=Sum("usd_then")))
    standing = Agreement.objects.filter(signed_on__lte=day).exclude(cancelled_at__date__lte=day)
    add(1, standing.worth_on(day).order_by().values_list("donor").annotate(s=Sum("usd_then")))
    came = Deposit.ever.standing(day).order_by()
    add(1, came.exclude(agreement__in=standing.values("pk")).values_list("donor").annotate(s=Sum("amount_usd")))
    add(2, came.values_list("donor").annotate(s=Sum("amount_usd")))
    slugs = dict(Donor.objects.values_list("pk", "organisation__slug"))
    return {slugs[donor]: tuple(amounts) for donor, amounts in found.items()}


@pytest.fixture
def lively(finance_officer, second_finance_officer, officer, set_clock):
    """Promises amended twice, cancelled, paid and reversed, from May to November."""
    set_clock(datetime(2008, 5, 10, 12))
    sweden, switzerland = make_donor(), make_donor("switzerland-sdc")
    trustee = make_donor("world-bank", "trustee")
    pledge = make_pledge(officer, donor=sweden, acknowledged_by=officer, amount=D(1000), pledged_on=date(2008, 5, 6))
    other = make_pledge(officer, donor=switzerland, acknowledged_by=officer, pledged_on=date(2008, 5, 6))
    make_pledge(officer, donor=make_donor("meridian-foundation"), pledged_on=date(2008, 5, 6))  # not acknowledged
    agreement = make_agreement(finance_officer, donor=sweden, amount=D(1000), signed_on=date(2008, 5, 6))
    ended = make_agreement(finance_officer, donor=switzerland, amount=D(500), signed_on=date(2008, 5, 6))
    make_deposit(finance_officer, agreement=ended, amount=D(200), received_on=date(2008, 5, 9))
    mistaken = make_deposit(finance_officer, donor=sweden, amount=D(70), currency="USD", received_on=date(2008, 5, 9))
    make_deposit(finance_officer, donor=trustee, amount=D(900), currency="USD", received_on=date(2008, 5, 9))
    for month, amount in ((6, D(1500)), (8, D(1200))):
        set_clock(datetime(2008, month, 15, 12))
        pledge, agreement = Pledge.objects.get(pk=pledge.pk), Agreement.objects.get(pk=agreement.pk)
        moved = {"window": pledge.window, "pledged_on": date(2008, 5, 7), "why": "More.", "conditions": "", "event": ""}
        amend_pledge(by=officer, pledge=pledge, amount=amount, **moved)
        terms = {"signed_on": date(2008, month, 10), "why": "More.", "instalments": []}
        amend_agreement(by=finance_officer, agreement=agreement, amount=amount, **terms)
    set_clock(datetime(2008, 7, 20, 12))
    cancel_agreement(by=finance_officer, agreement=Agreement.objects.get(pk=ended.pk), why="The end.")
    cancel_pledge(by=officer, pledge=Pledge.objects.get(pk=other.pk), why="The end.")
    posting = Posting.objects.get(entry_id=mistaken.entry_id, debit__kind="pool")
    post_voucher(finance_officer, second_finance_officer, "reversal", posting=posting, on=clock.today())
    set_clock(datetime(2008, 11, 30, 12))


@pytest.mark.requirement("R57")
def test_stages_of_every_day_are_those_of_the_rows(lively):
    read = {day: {one.slug: one[3:] for one in stages(day) if any(a is not None for a in one[3:])} for day in DAYS}
    assert read == {day: asked_one_by_one(day) for day in DAYS}
    assert read[DAYS[0]] == {}
    assert len({tuple(sorted(found.items())) for found in read.values()}) == len(DAYS) - 1
    assert [one.slug for one in stages(DAYS[-1]) if one.is_trustee] == ["world-bank"]
