"""Contributions as they stand: by pledge, by donor, by batch; and what donors' money was attributed to."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from django.db.models import F, QuerySet, Sum

from funds.amounts import in_proportion
from funds.attribution import prorated
from funds.models import Account, AccountKind, Deposit, Donor, ImportRow, Pledge, Posting, Prospect, Share, Source
from funds.positions import Position, position

ZERO = Decimal("0.00")


class Totals(NamedTuple):
    """Figures of a set of contributions, in the fund's currency. Stages are shown apart and never added up."""

    pledged: Decimal = ZERO
    pipeline: Decimal = ZERO
    received: Decimal = ZERO
    pledged_unpaid: Decimal = ZERO
    overpaid: Decimal = ZERO
    exchange_difference: Decimal = ZERO


def totals(pledges: QuerySet[Pledge], prospects: QuerySet[Prospect], deposits: QuerySet[Deposit]) -> Totals:
    """Add up pledges with all deposits under them, pipeline entries, and deposits that belong to no pledge."""
    standing = sum_of(position(pledge, pledge.deposits.all()) for pledge in pledges.prefetch_related("deposits"))
    pipeline = prospects.aggregate(s=Sum("amount_usd"))["s"] or ZERO
    loose = deposits.filter(pledge=None).aggregate(s=Sum("amount_usd"))["s"] or ZERO
    return Totals(
        standing.pledged,
        pipeline,
        standing.received + loose,
        standing.pledged_unpaid,
        standing.overpaid,
        standing.exchange_difference,
    )


def totals_of_rows(rows: QuerySet[ImportRow]) -> Totals:
    """Return the figures of what lines of a file became, whichever batch first imported them."""
    return totals(
        Pledge.objects.filter(import_rows__in=rows).distinct(),
        Prospect.objects.filter(pk__in=rows.values("prospect")),
        Deposit.objects.filter(pk__in=rows.values("deposit")),
    )


def totals_of_donor(donor: Donor) -> Totals:
    return totals(donor.pledges.standing(), donor.prospects.all(), donor.deposits.all())


def sum_of(positions: Iterable[Position]) -> Position:
    total = Position()
    for item in positions:
        total = total.plus(item)
    return total


class ProjectShare(NamedTuple):
    """What of a project is attributed to one source: of its allocation, its transfers and its spending."""

    project: str
    source: Source
    allocated: Decimal
    transferred: Decimal
    spent: Decimal


@dataclass
class _Project:
    shares: dict[Source, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    transferred: Decimal = ZERO
    spent: Decimal = ZERO


def shares_of_project(project: str) -> list[ProjectShare]:
    """Return each source's part of a project, largest first; the parts add up to the cent (R54).

    Transfers and spending are split by the sources' parts of the allocation. At another date a part may differ by a
    cent.
    """
    accounts = Account.objects.filter(kind=AccountKind.PROJECT, subject=project)
    found = _projects(accounts).get(project)
    return _split(project, found) if found else []


def attributed_to(donor: Donor) -> list[ProjectShare]:
    """Return what of each project is attributed to this donor, by project."""
    own = set(donor.sources.values_list("pk", flat=True))
    accounts = Account.objects.filter(kind=AccountKind.PROJECT, debit_postings__shares__source__in=own).distinct()
    projects = _projects(accounts)
    return [
        share for project in sorted(projects) for share in _split(project, projects[project]) if share.source.pk in own
    ]


def _projects(accounts: QuerySet[Account]) -> dict[str, _Project]:
    projects: dict[str, _Project] = {account.subject: _Project() for account in accounts}
    _add_shares(projects, "debit", "credit", 1)
    _add_shares(projects, "credit", "debit", -1)
    for subject, amount in _moved(projects, AccountKind.PARTNER, AccountKind.PROJECT):
        projects[subject].transferred += amount
    for subject, amount in _moved(projects, AccountKind.SPENT, AccountKind.PARTNER):
        projects[subject].spent += amount
    return projects


def _add_shares(projects: dict[str, _Project], side: str, other: str, sign: int) -> None:
    shares = (
        Share.objects.filter(
            **{
                f"posting__{side}__kind": AccountKind.PROJECT,
                f"posting__{side}__subject__in": projects,
                f"posting__{other}__kind": AccountKind.POOL,
            }
        )
        .select_related("source__donor__organisation")
        .annotate(project=F(f"posting__{side}__subject"))
        .order_by("source__since", "pk")
    )
    for share in shares:
        projects[share.project].shares[share.source] += sign * share.amount


def _moved(projects: Iterable[str], debit: str, credit: str) -> list[tuple[str, Decimal]]:
    """Return what moved between two kinds of accounts by project, less what was reversed."""
    wanted = set(projects)
    found: list[tuple[str, Decimal]] = []
    for first, second, sign in ((debit, credit, 1), (credit, debit, -1)):
        side = "debit__subject" if first == debit else "credit__subject"
        rows = (
            Posting.objects.filter(debit__kind=first, credit__kind=second)
            .order_by()
            .values_list(side)
            .annotate(amount=Sum("amount"))
        )
        found += [(subject.split(":")[0], sign * amount) for subject, amount in rows if subject.split(":")[0] in wanted]
    return found


def _split(project: str, found: _Project) -> list[ProjectShare]:
    weights = {source: amount for source, amount in found.shares.items() if amount > ZERO}
    if not weights:
        return []
    transferred, spent = prorated(found.transferred, weights), prorated(found.spent, weights)
    rows = [ProjectShare(project, source, weights[source], transferred[source], spent[source]) for source in weights]
    return sorted(rows, key=lambda row: -row.allocated)


class Chain(NamedTuple):
    """One contribution from promise to use. Amounts are in the fund's currency; stages are never added up."""

    pledge: Pledge | None
    agreements: list
    deposits: list[Deposit]
    position: Position
    attributed: Decimal


def chains(donor: Donor) -> list[Chain]:
    """Return a donor's contributions, newest pledge first, each with its agreements, deposits and what was attributed.

    What is attributed to the donor in all is spread over its deposits by their amounts after the fee.
    """
    attributed = sum((share.allocated for share in attributed_to(donor)), ZERO)
    net = donor.deposits.aggregate(s=Sum(F("amount_usd") - F("fee_usd")))["s"] or ZERO
    found = [
        Chain(
            pledge,
            list(pledge.agreements.all()),
            list(pledge.deposits.all()),
            position(pledge, pledge.deposits.all()),
            _part(attributed, pledge.deposits.all(), net),
        )
        for pledge in donor.pledges.for_list().prefetch_related("agreements", "deposits")
    ]
    return found + _loose_chains(donor, attributed, net)


def _loose_chains(donor: Donor, attributed: Decimal, net: Decimal) -> list[Chain]:
    agreements = donor.agreements.filter(pledge=None).for_list().prefetch_related("deposits")
    found = [(agreement, list(agreement.deposits.all())) for agreement in agreements]
    alone = [(None, [deposit]) for deposit in donor.deposits.filter(pledge=None, agreement=None).for_list()]
    return [
        Chain(
            None,
            [agreement] if agreement else [],
            deposits,
            Position(received=sum((d.amount_usd for d in deposits), ZERO)),
            _part(attributed, deposits, net),
        )
        for agreement, deposits in [*found, *alone]
    ]


def _part(attributed: Decimal, deposits: Iterable[Deposit], net: Decimal) -> Decimal:
    own = sum((deposit.net_usd for deposit in deposits), ZERO)
    return in_proportion(attributed, own, net) if net else ZERO
