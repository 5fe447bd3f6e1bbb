"""Whose money is in a project: the one reading of it, derived from the ledger and never stored (R54).

The rule is the ledger's, at any day: a source's part of a project is what was allocated less what was released, by
source. What was transferred (net of refunds) and what was spent are split in proportion to these parts, in whole
cents, by largest remainder, ties to the oldest first deposit. Each adds up exactly at any day; a part may move by a
cent between two days. An amount dated on a day on which the project holds nothing, such as spending dated before the
allocation, is split in proportion to all that was ever allocated to it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from alliance.register.knowledge import one_state
from funds.ledger.attribution import Portion, portions
from funds.ledger.movements import Moves, moves_of_sources
from funds.ledger.snapshots import Basis, Parts
from funds.models import Account, AccountKind, Donor, Source

ZERO = Decimal("0.00")
# A project's account that holds what is not transferred yet, and those that hold what was, spent or not.
WITH_THE_FUND, WITH_PARTNERS = AccountKind.PROJECT, (AccountKind.PARTNER, AccountKind.SPENT)
BY_SOURCE = "source"
# The postings of some projects' own accounts, looked up side by side; of all projects, every posting is read.
OWN = """(SELECT p.* FROM funds_account a JOIN funds_posting p ON p.debit_id = a.id WHERE {mine}
    UNION ALL SELECT p.* FROM funds_account a JOIN funds_posting p ON p.credit_id = a.id WHERE {mine})""".format(
    mine="a.kind = 'project' AND a.subject = ANY(%(projects)s)"
)
HELD = """
    SELECT CASE WHEN d.kind = 'project' THEN d.subject ELSE c.subject END AS project, s.source_id, o.since, d.kind = 'project',
           COALESCE(sum(s.amount) FILTER (WHERE p.effective_on <= %(day)s), 0.00), sum(s.amount)
      FROM funds_share s JOIN funds_source o ON o.id = s.source_id JOIN {postings} p ON p.id = s.posting_id
      JOIN funds_account d ON d.id = p.debit_id JOIN funds_account c ON c.id = p.credit_id
     WHERE (d.kind, c.kind) IN (('project', 'pool'), ('pool', 'project')) GROUP BY 1, 2, 3, 4"""
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
    with one_state():
        keys = [str(pk) for pk in donor.sources.values_list("pk", flat=True)]
        return sum((part.allocated for part in Parts(BY_SOURCE, Basis(date.max)).sums(keys).values()), ZERO)


def drawn_from_windows(donor: Donor) -> dict[str, Decimal]:
    """Return what of the allocations attributed to this donor was taken out of each window, by its code: `allocated_to` in parts."""
    drawn: dict[str, Decimal] = defaultdict(lambda: ZERO)
    with one_state():
        for move in moves_of_sources(date.max, donor.pk, basis=Basis(date.max)):
            debited, credited = move.key.partition(":")[2].split(">")
            if move.debit == WITH_THE_FUND:
                drawn[credited] += move.amount
            elif move.credit == WITH_THE_FUND:
                drawn[debited] -= move.amount
    return dict(drawn)


def shares_of_projects(projects: Iterable[str], as_of: date | None = None) -> dict[str, list[ProjectShare]]:
    """Return the parts of several projects, as the ledger stands now or as of an accounting day."""
    found = portions_by_source(set(projects), as_of or date.max)
    ranked = _ranked({pk for parts in found.values() for pk in parts})
    return {
        project: [ProjectShare(project, source, *parts[source.pk]) for source in ranked if source.pk in parts]
        for project, parts in found.items()
    }


def _ranked(pks: Iterable[int]) -> list[Source]:
    """Return these sources, the oldest first."""
    return list(Source.objects.filter(pk__in=pks).select_related("donor__organisation").order_by("since", "pk"))


def portions_by_source(projects: Collection[str] | None, day: date) -> dict[str, dict[int, Portion]]:
    """Return, by project and source, the parts of these projects, or of all, until a day."""
    held: dict[str, BySource] = defaultdict(lambda: defaultdict(lambda: ZERO))
    given: dict[str, BySource] = defaultdict(dict)
    since: dict[int, date] = {}
    postings = "funds_posting" if projects is None else OWN
    with connection.cursor() as cursor:
        cursor.execute(HELD.format(postings=postings), {"day": day, "projects": list(projects or ())})
        for project, source, since[source], is_given, until, ever in cursor.fetchall():
            held[project][source] += until if is_given else -until
            if is_given:
                given[project][source] = ever
    oldest_first = sorted(since, key=lambda source: (since[source], source))
    moved = Moves(day, by="project", kinds=WITH_PARTNERS, projects=projects)
    found: dict[str, dict[int, Portion]] = {}
    for project in given:
        spent = moved.net(AccountKind.SPENT, "", key=project)
        transferred = moved.net(AccountKind.PARTNER, "", key=project) + spent
        parts = portions(oldest_first, held[project], given[project], transferred=transferred, spent=spent)
        found[project] = parts
    return found
