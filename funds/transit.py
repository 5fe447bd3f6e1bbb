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
    since: date
    days: int

    @property
    def amount(self) -> Decimal:
        return self.account.balance

    @property
    def is_late(self) -> bool:
        return self.days > late_after()


def late_after() -> int:
    """Return after how many days a refund in transit is late. Ours."""
    return settings.ALLIANCE_RULES["refund_in_transit_days"]


def refunds_in_transit() -> list[Transit]:
    """Return what is in transit now, the oldest first. What arrives settles the oldest refund first."""
    accounts = list(Account.objects.filter(kind=AccountKind.REFUNDS_IN_TRANSIT, debits__gt=F("credits")))
    sent: dict[int, list[tuple[date, Decimal]]] = defaultdict(list)
    postings = Posting.objects.filter(debit__in=accounts, reverses=None, reversed_by=None)
    for account, on, amount in postings.order_by("effective_on", "pk").values_list("debit", "effective_on", "amount"):
        sent[account].append((on, amount))
    slugs = {account.subject.rpartition(":")[2] for account in accounts}
    names = {row.slug: row.name for row in Organisation.objects.filter(Q(slug__in=slugs))}
    found = [_transit(account, sent[account.pk], names) for account in accounts]
    return sorted(found, key=lambda transit: (transit.since, transit.account.code))


def _transit(account: Account, sent: list[tuple[date, Decimal]], names: dict[str, str]) -> Transit:
    project, _colon, slug = account.subject.rpartition(":")
    left = account.balance
    since = clock.today()
    for on, amount in reversed(sent):  # the newest are those that are still on their way
        since, left = on, left - amount
        if left <= ZERO:
            break
    return Transit(account, project, names.get(slug, slug), since, (clock.today() - since).days)
