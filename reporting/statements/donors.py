"""The statements about donors: what they committed and paid, and which projects their money is attributed to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.rendering.charts import Group, Grouped
from funds.contributions.stages import Stages, stages
from funds.ledger.chart import GIVEN, GIVEN_BACK, AccountKind, code_of
from funds.ledger.movements import Moves
from funds.ledger.shares import BY_SOURCE
from funds.models import Source
from reporting.statements.overview import TOTAL, with_total
from reporting.statements.scope import StatementScope
from reporting.statements.shape import Cell, Column, Table, TableRow
from reporting.statements.splits import WHOLE

ZERO = Decimal("0.00")
OTHERS = gettext_lazy("Other donors")
SOURCES_SHOWN = 8
DONORS_DRAWN = 12


def commitments(of: StatementScope) -> tuple[Table, ...]:
    """By contributor: what was committed in signed agreements, and what was deposited. Never added to each other."""
    paid = _paid(of, of.moves(*GIVEN, *GIVEN_BACK, by="donor"))
    lines = [
        _commitment_line(of, donor, paid.get(donor.slug, Paid()))
        for donor in of.once(_stages)
        if donor.committed is not None or donor.slug in paid
    ]
    columns = (
        Column(_("Commitments")), Column(_("Deposits in prior years")), Column(_("Deposits in %(year)s") % {"year": of.year}),
        Column(_("Total deposits")), Column(_("Refunded")),
    )  # fmt: skip
    note = _(
        "A commitment is a signed agreement at the rate of its signature; of a cancelled one, what was deposited under it; "
        "a deposit without an agreement is its own commitment. A difference between both may be one of exchange."
    )
    return (Table(_("Contributors’ commitments and deposits"), _("Contributor"), columns, with_total(lines), note),)


class Paid(NamedTuple):
    """What a donor paid before the year and in it, less what was reversed, and what was paid back to it."""

    before: Decimal = ZERO
    in_year: Decimal = ZERO
    refunded: Decimal = ZERO


def _paid(of: StatementScope, moves: Moves) -> dict[str, Paid]:
    """Return what each donor paid, by its slug."""
    found: dict[str, Paid] = defaultdict(Paid)
    for year, debit, credit, slug, amount in moves.rows:
        paid = found[slug]
        came = amount if credit in GIVEN else -amount if debit in GIVEN else ZERO
        back = amount if debit in GIVEN_BACK else -amount if credit in GIVEN_BACK else ZERO
        before, in_year = (came, ZERO) if year < of.year else (ZERO, came)
        found[slug] = Paid(paid.before + before, paid.in_year + in_year, paid.refunded + back)
    return dict(found)


def _commitment_line(of: StatementScope, donor: Stages, paid: Paid) -> TableRow:
    account = code_of(AccountKind.SEED if donor.is_trustee else AccountKind.CONTRIBUTIONS, donor.slug)
    given_back = AccountKind.SEED_REFUNDS if donor.is_trustee else AccountKind.DONOR_REFUNDS
    refunds = of.total(account=code_of(given_back, donor.slug)) if paid.refunded else ""
    cells = (
        Cell(donor.committed or ZERO),
        Cell(paid.before, of.prior(account=account)),
        Cell(paid.in_year, of.in_year(account=account)),
        Cell(paid.before + paid.in_year, of.total(account=account)),
        Cell(paid.refunded, refunds),
    )
    return TableRow(donor.name, cells, "row", donor.slug, of.address("reporting:organisation", donor.slug))


def _stages(of: StatementScope) -> list[Stages]:
    return stages(of.as_of)


def commitments_charts(of: StatementScope) -> tuple[Grouped, ...]:
    """Draw pledged, agreed and received by donor. These are stages of the same money."""
    groups = [
        Group(donor.name, tuple(amount or ZERO for amount in donor[3:]))
        for donor in of.once(_stages)
        if any(amount is not None for amount in donor[3:])
    ]
    rows = tuple(sorted(groups, key=lambda group: -max(map(Decimal, group.values)))[:DONORS_DRAWN])
    series = ((_("Pledged"), "gen"), (_("Agreed"), "o2"), (_("Received"), "accent"))
    text = _("Bars of what the largest donors pledged, agreed and paid: stages of the same money, never added up.")
    return (Grouped(_("Pledged, agreed and received by donor"), text, series, rows),) if rows else ()


def attribution(of: StatementScope, *, whole: bool = False) -> tuple[Table, ...]:
    """Donors by projects: what of each project's allocation is attributed to whom, to the cent (R54).

    On a page the sources that gave least stand together; a file has them all.
    """
    parts = of.parts(BY_SOURCE)
    sums = {int(key): part.allocated for key, part in parts.sums().items() if part.allocated}
    named = {one.pk: one for one in Source.objects.select_related("donor__organisation").filter(pk__in=sums)}
    ranked = sorted(named, key=lambda pk: (-sums[pk], pk))
    shown = ranked if whole or len(ranked) <= SOURCES_SHOWN else ranked[: SOURCES_SHOWN - 1]
    rest = ranked[len(shown) :]
    columns = [Column(label_of(named[pk])) for pk in shown] + ([Column(OTHERS)] if rest else []) + [Column(_("Total"))]
    rows, page = of.some(of.parts(WHOLE))
    held: dict[str, dict[int, Decimal]] = {row.project: {} for row in rows}
    for part in parts.rows(keys=map(str, shown), projects=held):
        held[part.project][int(part.key)] = part.allocated
    lines = [
        TableRow(
            row.project, _by_source(held[row.project], shown, row.allocated, with_rest=bool(rest)), "row", row.project,
            of.total(project=row.project),
        )
        for row in rows
    ]  # fmt: skip
    if lines:
        cells = _by_source(sums, shown, sum(sums.values(), ZERO), with_rest=bool(rest))
        lines.append(TableRow(TOTAL, cells, "total", "total"))
    note = _(
        "An allocation is split in proportion to what each source holds in the pool, in whole cents. Attributed does not mean "
        "that a donor financed a project: money in a pool has no name."
    )
    caption = _("Attribution of allocations to donors")
    return (Table(caption, _("Project"), tuple(columns), tuple(lines), note, page),)


def label_of(source: Source) -> str:
    """Return a source's name; the trustee's seed is told apart from a donor's money (R96)."""
    return _("%(name)s (seed capital)") % {"name": source.label} if source.kind == "seed" else source.label


def _by_source(
    amounts: Mapping[int, Decimal], shown: Iterable[int], whole: Decimal, *, with_rest: bool
) -> tuple[Cell, ...]:
    """Return the parts of the sources shown, the remainder as that of all others, and the whole."""
    parts = [amounts.get(pk, ZERO) for pk in shown]
    rest = [whole - sum(parts, ZERO)] if with_rest else []
    return tuple(map(Cell, (*parts, *rest, whole)))
