"""What donors pledged, committed and paid until a day, read at once, is what the questions of each row say."""

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db.models import Sum
from django.utils import translation

from alliance.core import clock
from alliance.people.operations import register_organisation
from funds.contributions.stages import stages
from funds.models import Agreement, Deposit, Donor, Pledge, Posting
from funds.operations.agreements import cancel_agreement
from funds.operations.amendments import amend_agreement, amend_pledge
from funds.operations.donors import register_donor
from funds.operations.pledges import cancel_pledge
from tests.funds.factories import make_agreement, make_deposit, make_donor, make_pledge, post_voucher
from tests.ground.scenes import scene

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


@scene
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


# One donor's life, each act late in the evening: its day is that of UTC


def late(month, day):
    return datetime(2008, month, day, 23, 30)


@scene
def life(finance_officer, second_finance_officer, officer, set_clock):
    set_clock(late(5, 10))
    donor = make_donor()
    pledge = make_pledge(officer, donor=donor, acknowledged_by=officer, amount=D(1000), pledged_on=date(2008, 5, 10))
    set_clock(late(5, 26))
    agreement = make_agreement(finance_officer, donor=donor, amount=D(900), signed_on=date(2008, 5, 20))
    make_deposit(finance_officer, agreement=agreement, amount=D(200), received_on=date(2008, 5, 25))
    set_clock(late(6, 5))
    mistaken = make_deposit(finance_officer, donor=donor, amount=D(70), received_on=date(2008, 6, 1))
    for month, pledged, agreed in ((6, 1500, 1600), (8, 1200, 1300)):
        set_clock(late(month, 15))
        pledge, agreement = Pledge.objects.get(pk=pledge.pk), Agreement.objects.get(pk=agreement.pk)
        moved = {
            "window": pledge.window,
            "pledged_on": date(2008, 5, 14),
            "why": "More.",
            "conditions": "",
            "event": "",
        }
        amend_pledge(by=officer, pledge=pledge, amount=D(pledged), **moved)
        terms = {"signed_on": date(2008, month, 10), "why": "More.", "instalments": []}
        amend_agreement(by=finance_officer, agreement=agreement, amount=D(agreed), **terms)
    set_clock(late(9, 20))
    posting = Posting.objects.get(entry_id=mistaken.entry_id, debit__kind="pool")
    post_voucher(finance_officer, second_finance_officer, "reversal", posting=posting, on=clock.today())
    set_clock(late(10, 21))
    cancel_pledge(by=officer, pledge=Pledge.objects.get(pk=pledge.pk), why="The end.")
    set_clock(late(10, 23))
    cancel_agreement(by=finance_officer, agreement=Agreement.objects.get(pk=agreement.pk), why="The end.")
    set_clock(late(11, 30))


EVENINGS = [
    ((5, 9), (None, None, None), "the day before the pledge"),
    ((5, 10), (1000, None, None), "promised and acknowledged"),
    ((5, 19), (1000, None, None), "the day before the signature"),
    ((5, 20), (1000, 900, None), "signed"),
    ((5, 24), (1000, 900, None), "the day before the money"),
    ((5, 25), (1000, 900, 200), "paid under the agreement"),
    ((6, 1), (1000, 970, 270), "paid under none"),
    ((6, 9), (1000, 970, 270), "the day before the first amendment was signed"),
    ((6, 10), (1000, 1670, 270), "the agreement amended"),
    ((6, 14), (1000, 1670, 270), "the day before the pledge was amended"),
    ((6, 15), (1500, 1670, 270), "the pledge amended"),
    ((8, 14), (1500, 1370, 270), "the day before it was amended again"),
    ((8, 15), (1200, 1370, 270), "amended again"),
    ((9, 19), (1200, 1370, 270), "the day before the reversal"),
    ((9, 20), (1200, 1300, 200), "reversed"),
    ((10, 20), (1200, 1300, 200), "the day before the pledge was cancelled"),
    ((10, 21), (None, 1300, 200), "the pledge cancelled"),
    ((10, 22), (None, 1300, 200), "the day before the agreement was cancelled"),
    ((10, 23), (None, 200, 200), "the agreement cancelled: what came in under it is of none"),
]


@pytest.mark.requirement("R57")
def test_an_act_counts_from_its_very_day(life):
    read = {day: next(one[3:] for one in stages(date(2008, *day)) if one.slug == "sweden-mfa") for day, *_ in EVENINGS}
    assert read == {day: expected for day, expected, _why in EVENINGS}


def test_donors_are_read_by_name_in_the_language_of_the_reader(finance_officer):
    for slug, names in (("a-second", ("Bravo", "Bravo fr", "Bravo es")), ("z-first", ("Alpha", "", "Alpha es"))):
        columns = dict(zip(("name_en", "name_fr", "name_es"), names, strict=True))
        made = register_organisation(by=None, slug=slug, kind="government", **columns)
        register_donor(by=None, organisation=made, donor_type="trustee" if slug == "z-first" else "state")
    read = {}
    for language in ("en", "fr", "es"):
        with translation.override(language):
            ours = [one for one in stages(date(2008, 6, 30)) if one.slug in ("a-second", "z-first")]
            read[language] = [(one.slug, one.name, one.is_trustee) for one in ours]
    assert read == {
        "en": [("z-first", "Alpha", True), ("a-second", "Bravo", False)],
        "fr": [("z-first", "Alpha", True), ("a-second", "Bravo fr", False)],
        "es": [("z-first", "Alpha es", True), ("a-second", "Bravo es", False)],
    }
