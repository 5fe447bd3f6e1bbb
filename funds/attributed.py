"""Whose money is in a project: the one reading of it, derived from the ledger and never stored (R54).

The rule is the ledger's, at any day: a source's part of a project is what was allocated less what was released, by
source. What was transferred (net of refunds) and what was spent are split in proportion to these parts, in whole
cents, by largest remainder, ties to the oldest first deposit. Each adds up exactly at any day; a part may move by a
cent between two days. An amount dated on a day on which the project holds nothing, such as spending dated before the
allocation, is split in proportion to all that was ever allocated to it.
"""

import functools
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import F, Q, Sum

from funds.attribution import portions
from funds.carried import Basis, Part, Parts, splits
from funds.models import Account, AccountKind, Donor, Posting, Share, Source

ZERO = Decimal("0.00")
# A project's account that holds what is not transferred yet, and those that hold what was, spent or not.
WITH_THE_FUND, WITH_PARTNERS = AccountKind.PROJECT, (AccountKind.PARTNER, AccountKind.SPENT)
BY_SOURCE, BY_SOURCE_AND_WINDOW = "source", "drawn"
FEW = 20  # of so many projects the accounts are found one by one; of more, all are read
type BySource = dict[int, Decimal]


class ProjectShare(NamedTuple):
    """What of a project is attributed to one source: of its allocation, its net transfers and its spending."""

    project: str
    source: Source
    allocated: Decimal
    transferred: Decimal
    spent: Decimal


def shares_of_project(project: str, as_of: date | None = None) -> list[ProjectShare]:
    """Return each source's part of a project, the oldest source first; the parts add up to the cent."""
    return shares_of_projects([project], as_of).get(project, [])


def attributed_to(donor: Donor, as_of: date | None = None) -> list[ProjectShare]:
    """Return what of each project is attributed to this donor, by project: all sources are split, and its own taken."""
    own = set(donor.sources.values_list("pk", flat=True))
    projects = Account.objects.filter(kind=WITH_THE_FUND, debit_postings__shares__source__in=own)
    found = shares_of_projects(projects.order_by("subject").values_list("subject", flat=True).distinct(), as_of)
    return [share for project in sorted(found) for share in found[project] if share.source.pk in own]


def allocated_to(donor: Donor) -> Decimal:
    """Return what of all allocations, less releases, is attributed to this donor: the sum of `attributed_to`, read at once."""
    keys = [str(pk) for pk in donor.sources.values_list("pk", flat=True)]
    return sum((part.allocated for part in Parts(BY_SOURCE, Basis(date.max)).sums(keys).values()), ZERO)


def shares_of_projects(projects: Iterable[str], as_of: date | None = None) -> dict[str, list[ProjectShare]]:
    """Return the parts of several projects, as the ledger stands now or as of an accounting day."""
    wanted = set(projects)
    held, given = _held_and_given(wanted, as_of)
    moved = _balances(wanted, as_of)
    sources = Source.objects.filter(pk__in={pk for parts in given.values() for pk in parts})
    ranked = list(sources.select_related("donor__organisation").order_by("since", "pk"))
    return {
        project: _split(project, ranked, held.get(project, {}), parts, moved.get(project, {}))
        for project, parts in given.items()
    }


@splits(BY_SOURCE)
def _by_source(projects: Collection[str] | None, day: date) -> Iterator[Part]:
    """Split these projects' figures, or all, by whose money it is."""
    if projects is None:
        projects = Account.objects.filter(kind=WITH_THE_FUND).values_list("subject", flat=True)
    for project, shares in shares_of_projects(projects, day).items():
        for share in shares:
            yield Part(str(share.source.pk), project, share.allocated, share.transferred, share.spent)


@splits(BY_SOURCE_AND_WINDOW)
def _by_source_and_window(projects: Collection[str] | None, day: date) -> Iterator[Part]:
    """Split what is allocated to these projects, or all, by whose money it is and from which window: `7:W1`."""
    drawn: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for inward, outward, sign in (("debit", "credit", 1), ("credit", "debit", -1)):
        path = f"posting__{inward}__subject"
        kinds = {f"posting__{inward}__kind": WITH_THE_FUND, f"posting__{outward}__kind": AccountKind.POOL}
        rows = Share.objects.filter(**kinds, posting__effective_on__lte=day).order_by()
        if projects is not None:
            rows = rows.filter(**{f"{path}__in": projects})
        for project, window, source, amount in rows.values_list(
            path, f"posting__{outward}__subject", "source"
        ).annotate(Sum("amount")):
            drawn[f"{source}:{window}", project] += sign * amount
    yield from (Part(key, project, amount) for (key, project), amount in drawn.items() if amount)


def _held_and_given(projects: Collection[str], as_of: date | None) -> tuple[dict[str, BySource], dict[str, BySource]]:
    """Return, by project and source, what came out of pools less what went back to them, and what ever came out."""
    held: dict[str, BySource] = defaultdict(lambda: defaultdict(lambda: ZERO))
    given: dict[str, BySource] = defaultdict(dict)
    until = None if as_of is None else Q(posting__effective_on__lte=as_of)
    for inward, outward, sign in (("debit", "credit", 1), ("credit", "debit", -1)):
        path = f"posting__{inward}__subject"
        kinds = {f"posting__{inward}__kind": WITH_THE_FUND, f"posting__{outward}__kind": AccountKind.POOL}
        rows = Share.objects.filter(**kinds, **{f"{path}__in": projects}).order_by().values_list(path, "source")
        for project, source, amount, ever in rows.annotate(
            until=Sum("amount", filter=until, default=ZERO), ever=Sum("amount")
        ):
            held[project][source] += sign * amount
            if sign > 0:
                given[project][source] = ever
    return held, given


def _balances(projects: Collection[str], as_of: date | None) -> dict[str, dict[str, Decimal]]:
    """Return, by project and kind, what stands on the accounts beyond the project's own: with partners, and spent."""
    accounts = Account.objects.filter(kind__in=WITH_PARTNERS)
    if len(projects) <= FEW:
        own_codes = [Q(code__startswith=f"{kind}:{project}:") for kind in WITH_PARTNERS for project in projects]
        accounts = accounts.filter(functools.reduce(Q.__or__, own_codes, Q(pk=None)))
    balances: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    own: dict[int, tuple[str, str]] = {}
    for pk, subject, kind, balance in accounts.values_list("pk", "subject", "kind", F("debits") - F("credits")):
        project = subject.partition(":")[0]
        if project in projects:
            own[pk] = project, kind
            balances[project][kind] += balance if as_of is None else ZERO
    for pk, amount in () if as_of is None else _amounts_until(as_of, own):
        project, kind = own[pk]
        balances[project][kind] += amount
    return balances


def _amounts_until(as_of: date, accounts: Collection[int]) -> Iterable[tuple[int, Decimal]]:
    """Yield amounts that add up to each account's balance as of a day, from its postings."""
    for side, sign in (("debit", 1), ("credit", -1)):
        rows = Posting.objects.filter(**{f"{side}__in": accounts}, effective_on__lte=as_of).order_by()
        for pk, amount in rows.values_list(side).annotate(Sum("amount")):
            yield pk, sign * amount


def _split(
    project: str, ranked: list[Source], held: BySource, given: BySource, moved: dict[str, Decimal]
) -> list[ProjectShare]:
    spent = moved.get(AccountKind.SPENT, ZERO)
    transferred = moved.get(AccountKind.PARTNER, ZERO) + spent
    parts = portions([source.pk for source in ranked], held, given, transferred=transferred, spent=spent)
    return [ProjectShare(project, source, *parts[source.pk]) for source in ranked if source.pk in parts]
