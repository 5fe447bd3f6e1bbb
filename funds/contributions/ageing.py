"""Instalments that are overdue, by their age, in their own currency and in dollars at the agreement's rate."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Prefetch

from alliance.core.translated import names
from funds.contributions.agreements import received_in_own_currency_of
from funds.contributions.amounts import in_proportion
from funds.contributions.matching import standings
from funds.models import Agreement, Deposit, Instalment

ZERO = Decimal("0.00")
# The last day of each bucket but the last, which has none: 1–30, 31–60, 61–90, over 90 days.
BUCKETS = (30, 60, 90)


class Overdue(NamedTuple):
    """An instalment that was due before the day, with what is missing of it."""

    agreement: Agreement
    instalment: Instalment
    owed: Decimal
    owed_usd: Decimal
    days: int

    @property
    def bucket(self) -> int:
        return sum(self.days > last for last in BUCKETS)


class Aged(NamedTuple):
    """What one donor owes that is overdue, in dollars, by bucket."""

    donor: Any
    buckets: list[Decimal]

    @property
    def total(self) -> Decimal:
        return sum(self.buckets, ZERO)


def overdue(agreements: Iterable[Agreement], today: date) -> list[Overdue]:
    """Return the overdue instalments of running agreements, the oldest first.

    Where money came in another currency, or amounts are unknown, nobody can say what is missing: those are left out.
    """
    found = [line for agreement in agreements for line in _overdue(agreement, today)]
    return sorted(found, key=lambda line: (-line.days, line.agreement.pk, line.instalment.number))


def overdue_on(day: date) -> list[Overdue]:
    """Return what was overdue at the end of a day: agreements, their amounts, instalments and deposits as they were then."""
    running = Agreement.objects.running_on(day)
    if not running.exists():
        return []  # the usual answer for a day long past: what follows costs ten times as much to ask
    rows = running.worth_on(day).select_related("donor__organisation").order_by("pk")
    rows = rows.only("reference", "amount", "amount_usd", "currency", *names("donor__organisation"))
    of_the_day = (
        Prefetch("instalments", Instalment.ever.in_force(day)), Prefetch("deposits", Deposit.ever.standing(day)),
    )  # fmt: skip
    agreements = list(rows.prefetch_related(*of_the_day))
    for row in agreements:
        row.amount, row.amount_usd = row.amount_then, row.usd_then
    return overdue(agreements, day)


def _overdue(agreement: Agreement, today: date) -> Iterable[Overdue]:
    deposits = list(agreement.deposits.all())
    if agreement.amount is None or received_in_own_currency_of(agreement) is None:
        return
    for line in standings(list(agreement.instalments.all()), deposits, agreement.currency, today):
        if line.is_late:
            worth = in_proportion(agreement.amount_usd, line.owed, agreement.amount)
            yield Overdue(agreement, line.instalment, line.owed, worth, line.days)


def by_donor(lines: Iterable[Overdue]) -> list[Aged]:
    """Return the sums of each donor by bucket, by the donor's name."""
    rows: dict[int, Aged] = {}
    for line in lines:
        donor = line.agreement.donor
        row = rows.setdefault(donor.pk, Aged(donor, [ZERO] * (len(BUCKETS) + 1)))
        row.buckets[line.bucket] += line.owed_usd
    return sorted(rows.values(), key=lambda row: (row.donor.name, row.donor.pk))


def totals(rows: Iterable[Aged]) -> list[Decimal]:
    rows = list(rows)
    return [sum((row.buckets[number] for row in rows), ZERO) for number in range(len(BUCKETS) + 1)]
