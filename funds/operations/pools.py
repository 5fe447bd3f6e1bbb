"""The windows' pools under their locks: what is drawn from which, and whose money that is."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.errors import InsufficientFunds, OutOfState, Refused
from alliance.core.formats import money
from funds.ledger.attribution import Holding, split
from funds.ledger.posting import Line
from funds.models import Account, AccountKind, Donor, Share, Source, Stake, Window, WindowStatus
from funds.operations.backdating import NOT_THEN, lowest_stakes
from funds.operations.valuation import FUND_CURRENCY, check_amount

ZERO = Decimal("0.00")
CLOSED_WINDOW = _("This window is closed: it takes no more money.")


def project_holdings(project: Account) -> dict[tuple[int, Source], Decimal]:
    """Return what remains of a project's allocations by pool and source: allocated less released, oldest source first."""
    shares = Share.objects.select_related("source")
    given = shares.filter(posting__debit=project, posting__credit__kind="pool")
    back = shares.filter(posting__credit=project, posting__debit__kind="pool")
    held: dict[tuple[int, Source], Decimal] = {}
    for share, pool_id, sign in [
        *((s, p, 1) for s, p in _with_pool(given, "posting__credit_id")),
        *((s, p, -1) for s, p in _with_pool(back, "posting__debit_id")),
    ]:
        held[pool_id, share.source] = held.get((pool_id, share.source), ZERO) + sign * share.amount
    ordered = sorted(held.items(), key=lambda item: (item[0][1].since, item[0][1].pk, item[0][0]))
    return {key: amount for key, amount in ordered if amount > ZERO}


def _with_pool(shares, path: str) -> Iterable[tuple[Share, int]]:
    for share in shares.annotate(pool_pk=F(path)).order_by("pk"):
        yield share, share.pool_pk


def draw(
    window: Window, windows: Mapping[int, Window], amount: Decimal, destination: Account, on: date, already: list[Line]
) -> list[Line]:
    """Return the lines that draw `amount` for a window: from its own pool, then from the general pool."""
    check_amount(amount, FUND_CURRENCY)
    general = [w for w in windows.values() if w.unearmarked and w.pk != window.pk]
    lines: list[Line] = []
    left = amount
    for one in [window, *general]:
        pool = pool_of(one)
        taken = sum((line.amount for line in already if line.credit.pk == pool.pk), ZERO)
        part = min(left, pool.balance - taken)
        if part <= ZERO:
            continue
        if not one.is_open:
            raise OutOfState(_not_open(one))
        earlier = [line for line in already if line.credit.pk == pool.pk]
        lines.append(Line(destination, pool, part, on, by_stakes(pool, part, earlier)))
        left -= part
    if not window.is_open:
        raise OutOfState(_not_open(window))
    if left > ZERO:
        raise short_of([window, *general], amount - left, left)
    return lines


def short_of(windows: Collection[Window], held: Decimal, missing: Decimal) -> InsufficientFunds:
    """Return the refusal that says what a window, or it and the general pool, still hold for this and what is missing."""
    told = {"window": next(iter(windows)).name, "held": money(held), "missing": money(missing)}
    if len(windows) == 1:
        said = _("“%(window)s” holds %(held)s for this: %(missing)s is missing. Nothing was posted.")
    else:
        said = _(
            "“%(window)s” and the general pool hold %(held)s together for this: %(missing)s is missing. Nothing was posted."
        )
    return InsufficientFunds(said % told, field="amount")


def _not_open(window: Window) -> str:
    return _("Money is allocated only from an open window: %(window)s is not open.") % {"window": window.name}


def by_stakes(
    pool: Account,
    amount: Decimal,
    earlier: Iterable[Line] = (),
    *,
    donors: Collection[Donor] = (),
    on: date | None = None,
) -> dict[Source, Decimal]:
    """Split an outflow among the pool's sources in proportion to their stakes, ties to the oldest first deposit.

    With donors named, among theirs alone. An outflow of a past day is borne by what was there then and has been since:
    who came later bears nothing of it.
    """
    rows = Stake.objects.filter(pool=pool, source__donor__in=donors) if donors else Stake.objects.filter(pool=pool)
    stakes = list(rows.select_related("source").order_by("source__since", "source_id"))
    spent: dict[int, Decimal] = {}
    for line in earlier:
        for source, part in (line.shares or {}).items():
            spent[source.pk] = spent.get(source.pk, ZERO) + part
    now = {stake.source_id: stake.amount - spent.get(stake.source_id, ZERO) for stake in stakes}
    held = sum(now.values(), ZERO)
    if amount > held:
        raise short_of([Window.objects.get(pool=pool)], held, amount - held)
    if on and on < clock.today():
        now = {source: max(min(low, now.get(source, ZERO)), ZERO) for source, low in lowest_stakes(pool, on).items()}
    holdings = [Holding(stake.source, now[stake.source_id], rank) for rank, stake in enumerate(stakes)]
    if amount > sum((holding.amount for holding in holdings), ZERO):
        raise Refused(NOT_THEN, field="on")
    return split(amount, holdings)


def lock_windows(windows: Iterable[Window]) -> list[Window]:
    """Take the windows' rows in key order: whoever reads a pool before drawing on it holds its window."""
    keys = sorted({window.pk for window in windows})
    return list(Window.objects.filter(pk__in=keys).order_by("pk").select_for_update(of=("self",), no_key=True))


def require_taking(window: Window, locked: Iterable[Window]) -> None:
    """Raise OutOfState when a window, as it stands under its lock, takes no more money. A release still goes back to it."""
    if next(row for row in locked if row.pk == window.pk).status == WindowStatus.CLOSED:
        raise OutOfState(CLOSED_WINDOW)


def pool_of(window: Window) -> Account:
    return Account.objects.get(kind=AccountKind.POOL, window=window)
