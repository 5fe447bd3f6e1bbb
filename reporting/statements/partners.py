"""The statements about partners and projects: transfers, net funded amounts, expenditure and delivery."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from itertools import groupby

from django.utils.translation import gettext as _

from alliance.core.display import Text
from alliance.core.formats import labelled
from alliance.core.translated import chosen, columns, names
from alliance.forum.models import Objective
from alliance.people.models import Organisation
from alliance.rendering.charts import Target, Targets
from funds.ledger.movements import Moves
from funds.ledger.snapshots import ProjectPart
from funds.models import AccountKind
from funds.statements.funding_status import percent
from proposals.models import BudgetCategory, Project
from reporting.statements.overview import TOTAL, by_years, with_total
from reporting.statements.scope import StatementScope
from reporting.statements.shape import Cell, Column, Table, TableRow
from reporting.statements.splits import BY_OBJECTIVE, BY_PARTNER, FUNDED, WHOLE, refunded, sent

KIND = AccountKind
ZERO = Decimal("0.00")
PROJECTS_DRAWN = 12
type Span = dict[str, int]


def transfers(of: StatementScope) -> tuple[Table, ...]:
    """By partner: transfers, refunds and the net funded amount, in prior years, this year and in all."""
    moves = of.moves(*FUNDED, by="partner")
    lines = [_transfers_line(of, moves, slug, name) for slug, name in _partners(moves)]
    headings = (_("Transfers"), _("Refunds"), _("Net funded"))
    columns = [
        Column(f"{heading}, {when}") for when in (_("prior years"), str(of.year), _("total")) for heading in headings
    ]
    note = _("A refund counts here when the administrative agent has it; until then it is in transit.")
    caption = _("Transfers, refunds and net funded amount by partner")
    return (Table(caption, _("Partner"), tuple(columns), with_total(lines), note),)


def _transfers_line(of: StatementScope, moves: Moves, slug: str, name: str) -> TableRow:
    cells: list[Cell] = []
    buckets: tuple[tuple[Span, Callable[..., str]], ...] = (
        ({"before": of.year}, of.prior), ({"year": of.year}, of.in_year), ({}, of.total),
    )  # fmt: skip
    for when, to in buckets:
        out, back = sent(moves, slug, **when), refunded(moves, slug, **when)
        cells += [
            Cell(out, to("transfers_partners", partner=slug)),
            Cell(back, to("refunds_partners", partner=slug)),
            Cell(out - back),
        ]
    return TableRow(name, tuple(cells), "row", slug)


def _partners(moves: Moves) -> list[tuple[str, str]]:
    """Return the partners that money moved to, by name."""
    slugs = {row.key for row in moves.rows if row.key}
    rows = Organisation.objects.filter(slug__in=slugs).only("slug", *columns("name"))
    called = {one.slug: one.name for one in rows}
    return sorted(((slug, called.get(slug, slug)) for slug in slugs), key=lambda pair: (pair[1].casefold(), pair[0]))


def expenditure(of: StatementScope) -> tuple[Table, ...]:
    """By partner: approved, net funded, spent, and the delivery rate: expenditure over the net funded amount."""
    moves, approved = of.moves(*FUNDED, KIND.SPENT, by="partner"), of.parts(BY_PARTNER).sums()
    lines = [_expenditure_line(of, moves, approved, slug, name) for slug, name in _partners(moves)]
    columns = (
        Column(_("Approved")), Column(_("Net funded")), Column(_("Spent in prior years")),
        Column(_("Spent in %(year)s") % {"year": of.year}), Column(_("Spent in all")), Column(_("Delivery rate"), "percent"),
    )  # fmt: skip
    note = _(
        "Approved is the allocation less releases; a project of several partners is split by their shares of its budget."
    )
    return (Table(_("Net funded amount and expenditure by partner"), _("Partner"), columns, _with_rate(lines), note),)


def _expenditure_line(
    of: StatementScope, moves: Moves, approved: Mapping[str, ProjectPart], slug: str, name: str
) -> TableRow:
    row, funded = "partners_expenditure", sent(moves, slug) - refunded(moves, slug)
    before, brought = spent(moves, slug, before=of.year), spent(moves, slug, year=of.year)
    figures = (
        Cell(approved[slug].allocated if slug in approved else ZERO),
        Cell(funded, of.total("transfers_partners", partner=slug)),
        Cell(before, of.prior(row, partner=slug)),
        Cell(brought, of.in_year(row, partner=slug)),
        Cell(before + brought, of.total(row, partner=slug)),
        Cell(percent(before + brought, funded)),
    )
    return TableRow(name, figures, "row", slug)


def spent(moves: Moves, key: str, **when: int) -> Decimal:
    return moves.net(KIND.SPENT, "", key=key, **when)


def _with_rate(lines: list[TableRow]) -> tuple[TableRow, ...]:
    """Add the total, with the delivery rate of the sums, never a sum of rates."""
    if not lines:
        return ()
    *_rows, total = with_total(lines)
    funded, used = total.cells[1].value, total.cells[4].value
    rate = percent(used or ZERO, funded or ZERO)  # type: ignore[arg-type]
    return (*lines, total._replace(cells=(*total.cells[:-1], Cell(rate))))


def projects(of: StatementScope) -> tuple[Table, ...]:
    """By project within objective. Each amount is split by the objectives' percentages: the objectives add up (R47).

    A page has some of the projects; every total is of all of them.
    """
    parts = of.parts(BY_OBJECTIVE)
    sums = parts.sums()
    shown, page = of.some(parts)
    rows = Project.objects.filter(reference__in={part.project for part in shown}).order_by()
    known = {row[0]: row[1:] for row in rows.values_list("reference", "title", "state", *names("lead"))}
    under = {code: list(some) for code, some in groupby(shown, key=lambda part: part.key)}
    called = {one.code: f"{one.code} – {one.name}" for one in Objective.objects.order_by("code")}
    lines: list[TableRow] = []
    for code in sorted({*sums, *under}):
        name, label = called.get(code) or _("Without a record of objectives"), _("Subtotal")
        if code in under:
            lines.append(TableRow(name, (Cell(None),) * 6, "group", code))
            lines += [_project_line(of, part, known.get(part.project)) for part in under[code]]
        else:
            label = labelled(label, name)
        lines.append(_sum_line(sums.get(code, ProjectPart(code, "")), label, "subtotal", f"subtotal {code}"))
    if lines:
        lines.append(_sum_line(added(sums.values()), TOTAL, "total", "total"))
    columns = (
        Column(_("Partner"), "text"), Column(_("Status"), "text"), Column(_("Approved")), Column(_("Net funded")),
        Column(_("Spent")), Column(_("Delivery rate"), "percent"),
    )  # fmt: skip
    note = _(
        "A project that serves several objectives stands under each with its part; the parts add up to the project."
    )
    table = Table(_("Expenditure by project within objective"), _("Project"), columns, tuple(lines), note, page)
    return (table,)


def _project_line(of: StatementScope, part: ProjectPart, known: tuple[str, ...] | None) -> TableRow:
    """Return a project's row; `known` is its title, its state and the names of its lead."""
    if known is None:
        return TableRow(part.project, _figures(part), "row", part.project, of.total(project=part.project))
    title, state, *lead = known
    cells = _figures(part, chosen(lead), of.once(_states)[state])
    return TableRow(
        f"{part.project} {title}", cells, "row", part.project, of.address("reporting:project", part.project)
    )


def _states(of: StatementScope) -> dict[str, str]:
    return {value: str(label) for value, label in Project.State.choices}


def _sum_line(total: ProjectPart, label: Text, level: str, code: str) -> TableRow:
    return TableRow(label, _figures(total, None, None), level, code)


def _figures(part: ProjectPart, partner: str | None = "", state: str | None = "") -> tuple[Cell, ...]:
    amounts = (part.allocated, part.transferred, part.spent)
    return (Cell(partner), Cell(state), *map(Cell, amounts), Cell(percent(part.spent, part.transferred)))


def added(parts: Iterable[ProjectPart]) -> ProjectPart:
    """Return the sums of all parts."""
    columns = zip(*(part[2:] for part in (ProjectPart("", ""), *parts)), strict=True)
    return ProjectPart("", "", *(sum(amounts, ZERO) for amounts in columns))


def projects_charts(of: StatementScope) -> tuple[Targets, ...]:
    """Draw the delivery of the projects that were funded most."""
    most = of.parts(WHOLE).rows(order="transferred DESC, project", size=PROJECTS_DRAWN)
    funded = sorted((part for part in most if part.transferred > ZERO), key=lambda part: part.project)
    rows = tuple(Target(part.project, ZERO, part.transferred, part.spent, "USD") for part in funded)
    text = _("For each project, accepted expenditure against what was transferred less refunds.")
    return (Targets(_("Delivery by project"), text, rows, is_delivery=True),) if rows else ()


def categories(of: StatementScope) -> tuple[Table, ...]:
    """Expenditure by budget category: programme costs, then indirect support costs as a part of them."""
    spending = of.moves(KIND.SPENT, by="category")
    known = {str(row.code): row for row in BudgetCategory.objects.order_by("version", "code")}
    overhead = {code for code, row in known.items() if row.is_indirect}
    used = {row.key for row in spending.rows}
    programme = sum((spent(spending, key) for key in used if key not in overhead), ZERO)
    direct: list[TableRow] = []
    indirect: list[TableRow] = []
    for code in sorted({*known, *used}, key=lambda text: (len(text), text)):
        line = _category_line(of, spending, code, known[code].name if code in known else code, programme)
        (indirect if code in overhead else direct).append(line)
    lines = with_total(direct, label=_("Programme costs, total"), level="subtotal", code="programme") + tuple(indirect)
    columns = (*by_years(of), Column(_("Per cent of programme costs"), "percent"))
    note = _("Indirect support costs are a percentage of programme costs, at most 7.")
    total = with_total([*direct, *indirect])[-1]
    return (Table(_("Expenditure by budget category"), _("Category"), columns, (*lines, total), note),)


def _category_line(of: StatementScope, spending: Moves, code: str, name: str, programme: Decimal) -> TableRow:
    row = "partners_expenditure"
    before, brought = spent(spending, code, before=of.year), spent(spending, code, year=of.year)
    cells = (
        Cell(before, of.prior(row, category=code)),
        Cell(brought, of.in_year(row, category=code)),
        Cell(before + brought, of.total(row, category=code)),
        Cell(percent(before + brought, programme)),
    )
    return TableRow(f"{code} {name}", cells, "row", code)
