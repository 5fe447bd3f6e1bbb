"""Each source of the fund: what it deposited, and what of it is not allocated."""

from decimal import Decimal
from typing import NamedTuple

from django.db.models import Sum

from funds.ledger.chart import GIVEN, AccountKind, code_of
from funds.models import Account, Source, SourceKind, Stake

ZERO = Decimal("0.00")


class DonorLine(NamedTuple):
    """A source of the fund with what stands in its name."""

    source: Source
    deposited: Decimal
    unallocated: Decimal


def sources() -> list[DonorLine]:
    """Return each source with its deposits and its stake in the pools; the trustee's seed is a source of its own (R96)."""
    stakes = dict(Stake.objects.order_by().values_list("source").annotate(Sum("amount")))
    rows = Account.objects.filter(kind__in=GIVEN).values_list("code", "debits", "credits")
    came = {code: given - taken_back for code, taken_back, given in rows}
    kinds: dict[str, str] = {SourceKind.DONOR: AccountKind.CONTRIBUTIONS, SourceKind.SEED: AccountKind.SEED}
    found = Source.objects.select_related("donor__organisation").order_by("kind", "since", "pk")
    return [
        DonorLine(
            source,
            came.get(code_of(kinds[source.kind], source.donor.organisation.slug), ZERO) if source.donor else ZERO,
            stakes.get(source.pk, ZERO),
        )
        for source in found
    ]
