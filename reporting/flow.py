"""The picture of the money: from donors through windows to projects, and what became of it there."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.core.tones import of_code
from alliance.rendering.charts import Flow, Link, Node
from funds.ledger.chart import COSTS, ORIGINS
from funds.models import AccountKind, Posting, Share, Source, Window

KIND = AccountKind
ENDS = (
    ("spent", gettext_lazy("Spent"), "good"),
    ("partner", gettext_lazy("With partners"), "progress"),
    ("project", gettext_lazy("Allocated, not yet transferred"), "open"),
)
USES = {kind for kind, _label, _tone in ENDS}
ZERO = Decimal("0.00")
type Moved = list[tuple[str, str, str, str, Decimal]]


def money_flow(as_of: date, *, since: date | None = None, known_at: int | None = None) -> Flow:
    """Return the flow of money until a day, in the fund's currency.

    From `since` on where that is given; without what was entered after the register entry `known_at`.
    """
    counted = Q(effective_on__lte=as_of)
    if since is not None:
        counted &= Q(effective_on__gte=since)
    if known_at is not None:
        counted &= Q(entry__n__lte=known_at)
    postings = Posting.objects.filter(counted).order_by()
    columns = ("debit__kind", "debit__subject", "credit__kind", "credit__subject")
    moved: Moved = list(postings.values_list(*columns).annotate(Sum("amount")))
    links = _sum([*_contributed(postings), *_allocated(moved), *_borne(moved), *_ended(moved)])
    return Flow(
        _("From donors to results, in US dollars"),
        _(
            "What donors and other sources gave, to which window, what was allocated to which project, and what became of it."
        ),
        (_("Sources"), _("Funding windows"), _("Projects and costs"), _("Use")),
        tuple(_nodes(links)),
        tuple(Link(source, target, amount) for (source, target), amount in links.items() if amount > ZERO),
    )


def _sum(rows: Iterable[tuple[str, str, Decimal]]) -> dict[tuple[str, str], Decimal]:
    sums: dict[tuple[str, str], Decimal] = {}
    for source, target, amount in rows:
        sums[source, target] = sums.get((source, target), ZERO) + amount
    return sums


def _contributed(postings: QuerySet[Posting]) -> Iterable[tuple[str, str, Decimal]]:
    """Yield what each source brought into each window, less what a reversal took back."""
    came, back = (
        Share.objects.filter(posting__in=postings.filter(**{f"{origin}__kind__in": ORIGINS}))
        .order_by()
        .values_list("source", f"posting__{pool}__subject")
        for origin, pool in (("credit", "debit"), ("debit", "credit"))
    )
    rows = came.annotate(moved=Sum("amount")).union(back.annotate(moved=-Sum("amount")), all=True)
    for source, window, amount in rows:
        yield f"source:{source}", f"window:{window}", amount


def _allocated(moved: Moved) -> Iterable[tuple[str, str, Decimal]]:
    for debit, debited, credit, credited, amount in moved:
        if (debit, credit) == (KIND.PROJECT, KIND.POOL):
            yield f"window:{credited}", f"project:{debited}", amount
        if (debit, credit) == (KIND.POOL, KIND.PROJECT):
            yield f"window:{debited}", f"project:{credited}", -amount


def _borne(moved: Moved) -> Iterable[tuple[str, str, Decimal]]:
    for debit, debited, credit, credited, amount in moved:
        if debit in COSTS and credit == KIND.POOL:
            yield f"window:{credited}", "costs", amount
        if credit in COSTS and debit == KIND.POOL:
            yield f"window:{debited}", "costs", -amount


def _ended(moved: Moved) -> Iterable[tuple[str, str, Decimal]]:
    """Yield, by project, the balances of its accounts: what is spent, with partners, not yet transferred."""
    for debit, debited, credit, credited, amount in moved:
        for kind, subject, sign in ((debit, debited, 1), (credit, credited, -1)):
            if kind in USES:
                yield f"project:{subject.partition(':')[0]}", f"use:{kind}", sign * amount


def _nodes(links: dict[tuple[str, str], Decimal]) -> Iterable[Node]:
    keys = {key for pair in links for key in pair}
    for source in Source.objects.select_related("donor__organisation").order_by("since", "pk"):
        yield from _if_there(keys, Node(f"source:{source.pk}", _of_source(source), 0))
    for window in Window.objects.order_by("code"):
        yield from _if_there(keys, Node(f"window:{window.code}", window.name, 1, of_code(window.code)))
    for reference in sorted(key.partition(":")[2] for key in keys if key.startswith("project:")):
        yield Node(f"project:{reference}", reference, 2, "neutral")
    yield from _if_there(keys, Node("costs", _("Fee and costs of the fund"), 2, "warn"))
    for kind, label, tone in ENDS:
        yield from _if_there(keys, Node(f"use:{kind}", label, 3, tone))


def _if_there(keys: set[str], node: Node) -> Iterable[Node]:
    if node.key in keys:
        yield node


def _of_source(source: Source) -> str:
    name = source.donor.organisation.name if source.donor else str(source.get_kind_display())
    return _("%(name)s (seed capital)") % {"name": name} if source.kind == "seed" else name
