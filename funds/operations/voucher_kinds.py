"""How each kind of voucher is posted, and what one would move.

That is found by posting it and taking it back: a look and the act cannot differ.
"""

from collections.abc import Callable, Collection
from decimal import Decimal
from typing import Any, NamedTuple

from alliance.core.errors import DomainError, Text
from alliance.register import operation, record
from funds.ledger.posting import Line, post
from funds.models import Account, AccountKind, Act, Fund, Posting, Source, Stake, Voucher, VoucherKind
from funds.operations import money
from funds.operations.backdating import require_held_then

ZERO = Decimal("0.00")


class Way(NamedTuple):
    """How a kind is posted: what the fund's status must allow, the act, its lines, and what both are told."""

    act: str
    post: Callable[..., list[Posting]]
    lines: Callable[..., list[Line]]
    about: Callable[[Voucher], dict[str, Any]]
    by_two: bool = False


def _interest(*, from_partners: bool) -> Way:
    return Way(
        Act.RECEIVE,
        money.post_interest,
        money.interest_lines,
        lambda v: _figures(v, window=v.window, from_partners=from_partners),
    )


def _cost(act: str, kind: str) -> Way:
    return Way(act, money.post_cost, money.cost_lines, lambda v: _figures(v, kind=kind, window=v.window))


def _refund(post: Callable[..., list[Posting]], lines: Callable[..., list[Line]]) -> Way:
    return Way(Act.REFUND, post, lines, lambda v: _figures(v, project=v.project, organisation=v.organisation))


def _figures(voucher: Voucher, **about: Any) -> dict[str, Any]:
    return {"amount": voucher.amount, "on": voucher.effective_on, **about}


def _transfer(voucher: Voucher) -> dict[str, Any]:
    consenting = [consent.donor for consent in voucher.consents.select_related("donor").order_by("donor_id")]
    consent = voucher.consent or (voucher.document.sha256 if voucher.document else "")
    return _figures(voucher, origin=voucher.window, destination=voucher.destination, consent=consent, donors=consenting)


WAYS: dict[str, Way] = {
    VoucherKind.INTEREST_FUND: _interest(from_partners=False),
    VoucherKind.INTEREST_PARTNERS: _interest(from_partners=True),
    VoucherKind.DIRECT_COST: _cost(Act.PAY, AccountKind.DIRECT_COST),
    VoucherKind.BANK_CHARGES: _cost(Act.RECEIVE, AccountKind.BANK_CHARGES),
    VoucherKind.OTHER_FUND: _cost(Act.PAY, AccountKind.OTHER_FUNDS),
    VoucherKind.REFUND_SENT: _refund(money.return_money, money.return_lines),
    VoucherKind.REFUND_RECEIVED: _refund(money.receive_refund, money.arrival_lines),
    VoucherKind.DONOR_REFUND: Way(
        Act.REFUND,
        money.refund_donor,
        money.donor_refund_lines,
        lambda v: _figures(v, donor=v.donor, window=v.window),
        by_two=True,
    ),
    VoucherKind.RELEASE: Way(
        Act.REFUND, money.release, money.release_lines, lambda v: _figures(v, project=v.project), by_two=True
    ),
    VoucherKind.WINDOW_TRANSFER: Way(
        Act.ALLOCATE, money.move_between_windows, money.window_lines, _transfer, by_two=True
    ),
    # A correction is possible as long as the fund's books are open at all: in every status that takes money in.
    VoucherKind.REVERSAL: Way(
        Act.RECEIVE,
        money.reverse,
        money.reversal_lines,
        lambda v: {"posting": v.posting, "on": v.effective_on},
        by_two=True,
    ),
}


class Change(NamedTuple):
    """An account, or a source's stake in a pool, with what it holds before and after. `change` has its sign."""

    name: str
    source: Text
    before: Decimal
    change: Decimal

    @property
    def after(self) -> Decimal:
        return self.before + self.change


class Preview(NamedTuple):
    """What authorising a voucher would move now; or why it would be refused."""

    accounts: tuple[Change, ...] = ()
    stakes: tuple[Change, ...] = ()
    refusal: Text = ""


def preview_voucher(voucher: Voucher) -> Preview:
    """Return what would move if the voucher were authorised now. Nothing stays in the database."""
    try:
        return rehearsed(voucher)
    except DomainError as refusal:
        return Preview(refusal=refusal.message)


class _Rehearsed(Exception):
    """Ends a rehearsal, and with it whatever it did."""

    def __init__(self, preview: Preview) -> None:
        self.preview = preview
        super().__init__()


def rehearsed(voucher: Voucher) -> Preview:
    try:
        _rehearse(voucher=voucher)
    except _Rehearsed as end:
        return end.preview
    raise AssertionError("a rehearsal ends by taking everything back")


@operation
def _rehearse(*, voucher: Voucher) -> None:
    way = WAYS[voucher.kind]
    Fund.objects.the().require(way.act, voucher.effective_on, field="on")
    lines = way.lines(**way.about(voucher))
    preview = Preview(tuple(_accounts(lines)), tuple(_stakes(lines)))
    require_held_then(post(lines, entry=record("voucher.posted/1", by=voucher.prepared_by)))
    raise _Rehearsed(preview)


def _accounts(lines: Collection[Line]) -> list[Change]:
    changes: dict[int, Decimal] = {}
    accounts = {side.pk: side for line in lines for side in (line.debit, line.credit)}
    for line in lines:
        changes[line.debit.pk] = changes.get(line.debit.pk, ZERO) + line.amount
        changes[line.credit.pk] = changes.get(line.credit.pk, ZERO) - line.amount
    rows = [(accounts[pk], change) for pk, change in changes.items()]
    return [Change(row.code, row.get_kind_display(), row.balance, change) for row, change in rows]


def _stakes(lines: Collection[Line]) -> list[Change]:
    changes: dict[tuple[int, int], Decimal] = {}
    pools: dict[int, Account] = {}
    for line in lines:
        for pool, sign in ((line.debit, 1), (line.credit, -1)):
            if pool.kind != AccountKind.POOL:
                continue
            pools[pool.pk] = pool
            for source, part in (line.shares or {}).items():
                key = (pool.pk, source.pk)
                changes[key] = changes.get(key, ZERO) + sign * part
    rows = Stake.objects.filter(pool__in=pools).order_by().values_list("pool_id", "source_id", "amount")
    held = {(pool, source): amount for pool, source, amount in rows}
    sources = Source.objects.select_related("donor__organisation").in_bulk({source for _pool, source in changes})
    found = [
        Change(pools[pool].subject, sources[source].label, held.get((pool, source), ZERO), change)
        for (pool, source), change in changes.items()
    ]
    return sorted(found, key=lambda change: (change.name, str(change.source)))
