"""What is still open of a project or of the whole fund before it can be closed, read from the accounts."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from django.db.models import F, Q, QuerySet, Sum
from django.utils.functional import Promise

from funds.ledger.chart import CHART, HELD_FOR_PROJECTS
from funds.models import Account, Payment, PaymentState, Source, Stake, Voucher, VoucherState

ZERO = Decimal("0.00")
KINDS = {kind: record.left for kind, record in CHART.items() if record.left}


def holding(rows: QuerySet[Account]) -> QuerySet[Account]:
    """Return the accounts among these that are not at zero."""
    return rows.exclude(debits=F("credits")).order_by("code")


def accounts_of_project(reference: str) -> QuerySet[Account]:
    """Return the accounts that hold a project's money: its own, its partners', its refunds in transit."""
    own = Q(subject=reference) | Q(subject__startswith=f"{reference}:")
    return Account.objects.filter(own, kind__in=HELD_FOR_PROJECTS)


class OpenKind(NamedTuple):
    """One kind of account that still holds money, with those accounts."""

    kind: str
    label: Promise
    amount: Decimal
    accounts: list[Account]


class SourcePart(NamedTuple):
    """What goes back to one source of the fund: its stakes in the pools."""

    source: Source
    amount: Decimal


@dataclass(frozen=True)
class FundClosing:
    """What keeps the fund from being closed, and what would go back to whom."""

    kinds: list[OpenKind] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    vouchers: list[Voucher] = field(default_factory=list)
    parts: list[SourcePart] = field(default_factory=list)

    @property
    def is_clear(self) -> bool:
        return not any(kind.amount for kind in self.kinds) and not self.payments and not self.vouchers

    @property
    def to_return(self) -> Decimal:
        return sum((part.amount for part in self.parts), ZERO)


def fund_closing() -> FundClosing:
    """Read what is still open in the whole fund."""
    held = list(holding(Account.objects.filter(kind__in=KINDS)))
    payments = Payment.objects.filter(state__in=(PaymentState.PREPARED, PaymentState.AUTHORISED))
    return FundClosing(
        [_kind(kind, label, held) for kind, label in KINDS.items()],
        list(payments.select_related("payee").order_by("prepared_at", "pk")),
        list(vouchers_under_way().order_by("prepared_at", "pk")),
        parts_to_return(),
    )


def vouchers_under_way() -> QuerySet[Voucher]:
    """Return vouchers that are prepared and not yet authorised."""
    return Voucher.objects.filter(state=VoucherState.PREPARED)


def _kind(kind: str, label: Promise, held: Iterable[Account]) -> OpenKind:
    own = [account for account in held if account.kind == kind]
    return OpenKind(kind, label, sum((account.balance for account in own), ZERO), own)


def parts_to_return() -> list[SourcePart]:
    """Return, by source, what its stakes in the pools are: that is what goes back at the fund's end."""
    sums = dict(Stake.objects.filter(amount__gt=0).order_by().values_list("source").annotate(Sum("amount")))
    rows = Source.objects.filter(pk__in=sums).select_related("donor__organisation").order_by("kind", "since", "pk")
    return [SourcePart(source, sums[source.pk]) for source in rows]
