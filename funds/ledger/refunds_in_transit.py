"""Refunds that partners have sent and the fund does not have yet, with how long they have been on their way."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.conf import settings
from django.db.models import F, Q

from alliance.core import clock
from alliance.people.models import Organisation
from funds.models import Account, AccountKind, Posting

ZERO = Decimal("0.00")


class Transit(NamedTuple):
    """Money on its way back: since the oldest refund that what arrived does not cover."""

    account: Account
    project: str
    organisation: str
    amount: Decimal
    since: date
    days: int

    @property
    def is_late(self) -> bool:
        return self.days > late_after()


def late_after() -> int:
    """Return after how many days a refund in transit is late. Ours."""
    return settings.ALLIANCE_RULES["refund_in_transit_days"]


def refunds_in_transit(day: date | None = None) -> list[Transit]:
    """Return what is in transit on a day, by default now, the oldest first. What arrives settles the oldest refund first."""
    day = day or clock.today()
    later = Posting.objects.filter(effective_on__gt=day)
    stands = Q(debits__gt=F("credits")) | Q(pk__in=later.values("debit")) | Q(pk__in=later.values("credit"))
    standing = Account.objects.filter(stands, kind=AccountKind.REFUNDS_IN_TRANSIT).only("code", "subject")
    accounts = {row.pk: row for row in standing}
    if not accounts:
        return []
    left: dict[int, Decimal] = defaultdict(lambda: ZERO)
    sent: dict[int, list[tuple[date, Decimal]]] = defaultdict(list)
    postings = Posting.objects.filter(effective_on__lte=day).order_by("effective_on", "pk")
    fields = ("effective_on", "amount", "reverses", "reversed_by__effective_on")
    for account, on, amount, reverses, reversed_on in postings.filter(debit__in=accounts).values_list("debit", *fields):
        left[account] += amount
        if not reverses and not (reversed_on and reversed_on <= day):
            sent[account].append((on, amount))
    for account, amount in postings.filter(credit__in=accounts).values_list("credit", "amount"):
        left[account] -= amount
    slugs = {account.subject.rpartition(":")[2] for account in accounts.values()}
    names = {row.slug: row.name for row in Organisation.objects.filter(slug__in=slugs)}
    found = [_transit(accounts[pk], amount, sent[pk], names, day) for pk, amount in left.items() if amount > ZERO]
    return sorted(found, key=lambda transit: (transit.since, transit.account.code))


def _transit(
    account: Account, amount: Decimal, sent: list[tuple[date, Decimal]], names: dict[str, str], day: date
) -> Transit:
    project, _colon, slug = account.subject.rpartition(":")
    left, since = amount, day
    for on, part in reversed(sent):  # the newest are those that are still on their way
        since, left = on, left - part
        if left <= ZERO:
            break
    return Transit(account, project, names.get(slug, slug), amount, since, (day - since).days)
