"""What an item asks of the windows' pools, what they hold now, and what would be left: shown before every decision."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _

from alliance.core import clock, formats
from funds.models import Account, AccountKind, Window
from governance.models import Decision, DecisionAmount
from proposals.models import WaitingAmount

ZERO = Decimal("0.00")
BEFORE_THE_COMMITTEE = (Decision.State.DRAFT, Decision.State.OPEN)


@dataclass(frozen=True)
class AmountRow:
    """What is asked from a window, what would be drawn on its pool, and what that pool holds now.

    `others` is what other items before the committee, and approvals that wait for money, ask from the same window.
    """

    window: Window
    asked: Decimal
    available: Decimal
    drawn: Decimal = ZERO
    others: Decimal = ZERO

    @property
    def short(self) -> Decimal:
        """What the general pool would have to add."""
        return ZERO if self.window.unearmarked else max(self.asked - self.available, ZERO)

    @property
    def left(self) -> Decimal:
        """What the pool would hold afterwards; below zero is what it lacks."""
        return self.available - self.drawn

    @property
    def is_contested(self) -> bool:
        """Whether the pool holds enough for this item, and too little for all who ask."""
        return self.left >= ZERO and self.others > self.left


@dataclass(frozen=True)
class Amounts:
    """The amounts of an item by window, and whether the pools hold them today."""

    rows: list[AmountRow] = field(default_factory=list)
    general_pool: AmountRow | None = None

    @property
    def total(self) -> Decimal:
        return sum((row.asked for row in self.rows), ZERO)

    @property
    def general(self) -> Decimal:
        """What the unearmarked pool holds."""
        return self.general_pool.available if self.general_pool else ZERO

    @property
    def pools(self) -> list[AmountRow]:
        """Every pool that would be drawn on: those asked from, and the general one where it has to add."""
        if self.general_pool is None:
            return self.rows
        special = [row for row in self.rows if not row.window.unearmarked]
        drawn = self.general_pool.drawn or len(special) < len(self.rows)
        return [self.general_pool, *special] if drawn else special

    @property
    def is_covered(self) -> bool:
        """Each window is drawn first, then the unearmarked pool for all of them."""
        return self.general_pool is None or self.general_pool.left >= ZERO

    @property
    def sentences(self) -> list[str]:
        """Say in words which pools are short, by how much, and for which all who ask are too many."""
        found = [
            _("The pool of %(window)s lacks %(amount)s: the unearmarked pool would have to add it.")
            % {"window": row.window.name, "amount": formats.money(row.short)}
            for row in self.rows
            if row.short
        ]
        if self.general_pool and not self.is_covered:
            missing = _(
                "The unearmarked pool holds %(held)s, and %(drawn)s would be drawn on it: %(missing)s is missing."
            )
            row = self.general_pool
            found.append(
                missing
                % {
                    "held": formats.money(row.available),
                    "drawn": formats.money(row.drawn),
                    "missing": formats.money(-row.left),
                }
            )
        contested = _("The pool of %(window)s would be left with %(left)s, and others ask %(others)s of it.")
        return found + [
            contested
            % {"window": row.window.name, "left": formats.money(row.left), "others": formats.money(row.others)}
            for row in self.pools
            if row.is_contested
        ]


def amounts_of(rows: Iterable[tuple[Window, Decimal]], *, but: Decision | None = None) -> Amounts:
    """Set amounts by window beside what the pools hold now, and what others than the decision `but` ask of them."""
    held, others = _held(), asked_by_others(but)
    listed = []
    for window, asked in rows:
        has = held.get(window.pk, ZERO)
        listed.append(AmountRow(window, asked, has, min(asked, max(has, ZERO)), others[window.pk]))
    general = Window.objects.unearmarked()
    asked_of_it = sum((row.asked for row in listed if row.window.pk == general.pk), ZERO)
    drawn = asked_of_it + sum((row.short for row in listed), ZERO)
    pool = AmountRow(general, asked_of_it, held.get(general.pk, ZERO), drawn, others[general.pk])
    return Amounts([pool if row.window.pk == general.pk else row for row in listed], pool)


def amounts_asked(decision: Decision) -> Amounts:
    rows = decision.amounts.select_related("window").order_by("window__code")
    return amounts_of(((row.window, row.amount) for row in rows), but=decision)


def asked_by_others(but: Decision | None) -> dict[int, Decimal]:
    """Return, by window, what other items on the agenda or open and approvals that wait for money ask for."""
    items = DecisionAmount.objects.filter(decision__state__in=BEFORE_THE_COMMITTEE)
    if but is not None:
        items = items.exclude(decision=but)
    found: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for window, amount in items.order_by().values_list("window").annotate(Sum("amount")):
        found[window] += amount
    today = clock.today()
    waiting = WaitingAmount.objects.filter(
        approval__funded_at=None, approval__version__proposal__state="approved_waiting"
    )
    for row in waiting.select_related("approval"):
        if not row.approval.has_lapsed(today):
            found[row.window_id] += row.amount
    return found


def _held() -> dict[int, Decimal]:
    """Return what each window's own pool holds now."""
    rows = Account.objects.filter(kind=AccountKind.POOL).values_list("window_id", "debits", "credits")
    return {window: debits - credits_ for window, debits, credits_ in rows}
