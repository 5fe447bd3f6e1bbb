"""The statements about partners and projects: transfers, net funded amounts, expenditure and delivery."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import JSONField
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.core.display import Text
from alliance.core.translated import names
from alliance.forum.models import Objective
from alliance.people.models import Organisation
from alliance.rendering.charts import Target, Targets
from funds.attribution import prorated
from funds.models import AccountKind
from funds.statements import percent
from funds.turnover import Balances, Moves
from proposals.models import BudgetCategory, Project
from reporting.statements.overview import TOTAL, by_years, with_total
from reporting.statements.scope import Scope
from reporting.statements.shape import Cell, Column, Line, Table

KIND = AccountKind
ZERO = Decimal("0.00")
PROJECTS_DRAWN = 20
# Whatever is allocated, transferred or sent back touches an account of one of these kinds.
FUNDED = (KIND.PROJECT, KIND.REFUNDS_IN_TRANSIT)


def transfers(of: Scope) -> tuple[Table, ...]:
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


def _transfers_line(of: Scope, moves: Moves, slug: str, name: str) -> Line:
    cells: list[Cell] = []
    buckets: tuple[tuple[dict[str, int], Any], ...] = (
        ({"before": of.year}, of.prior), ({"year": of.year}, of.in_year), ({}, of.total),
    )  # fmt: skip
    for when, to in buckets:
        sent, back = _sent(moves, slug, **when), _refunded(moves, slug, **when)
        cells += [
            Cell(sent, to("transfers_partners", partner=slug)),
            Cell(back, to("refunds_partners", partner=slug)),
            Cell(sent - back),
        ]
    return Line(name, tuple(cells), "row", slug)


def _partners(moves: Moves) -> list[tuple[str, str]]:
    """Return the partners that money moved to, by name."""
    slugs = {row.key for row in moves.rows if row.key}
    names = {one.slug: one.name for one in Organisation.objects.filter(slug__in=slugs)}
    return sorted(((slug, names.get(slug, slug)) for slug in slugs), key=lambda pair: (pair[1].casefold(), pair[0]))


def _sent(moves: Moves, key: str, **when: int) -> Decimal:
    return moves.net(KIND.PARTNER, KIND.PROJECT, key=key, **when)


def _refunded(moves: Moves, key: str, **when: int) -> Decimal:
    return moves.net(KIND.PROJECT, KIND.REFUNDS_IN_TRANSIT, key=key, **when)


def expenditure(of: Scope) -> tuple[Table, ...]:
    """By partner: approved, net funded, spent, and the delivery rate: expenditure over the net funded amount."""
    moves, spending = of.moves(*FUNDED, by="partner"), of.balances(KIND.SPENT, by="partner")
    approved = approved_by_partner(of)
    lines = [_expenditure_line(of, moves, spending, approved, slug, name) for slug, name in _partners(moves)]
    columns = (
        Column(_("Approved")), Column(_("Net funded")), Column(_("Spent in prior years")),
        Column(_("Spent in %(year)s") % {"year": of.year}), Column(_("Spent in all")), Column(_("Delivery rate"), "percent"),
    )  # fmt: skip
    note = _(
        "Approved is the allocation less releases; a project of several partners is split by their shares of its budget."
    )
    return (Table(_("Net funded amount and expenditure by partner"), _("Partner"), columns, _with_rate(lines), note),)


def _expenditure_line(
    of: Scope, moves: Moves, spending: Balances, approved: Mapping[str, Decimal], slug: str, name: str
) -> Line:
    funded, spent = _sent(moves, slug) - _refunded(moves, slug), spending.total(KIND.SPENT, slug)
    figures = (
        Cell(approved.get(slug, ZERO)),
        Cell(funded, of.total("transfers_partners", partner=slug)),
        Cell(spending.before(KIND.SPENT, slug), of.prior("partners_expenditure", partner=slug)),
        Cell(spending.in_year(KIND.SPENT, slug), of.in_year("partners_expenditure", partner=slug)),
        Cell(spent, of.total("partners_expenditure", partner=slug)),
        Cell(percent(spent, funded)),
    )
    return Line(name, figures, "row", slug)


def _with_rate(
    lines: list[Line], *, funded: int = 1, spent: int = 4, level: str = "total", label: Text = TOTAL
) -> tuple[Line, ...]:
    """Add the total, with the delivery rate of the sums, never a sum of rates."""
    if not lines:
        return ()
    *_rows, total = with_total(lines, level=level, label=label)
    rate = percent(total.cells[spent].value or ZERO, total.cells[funded].value or ZERO)  # type: ignore[arg-type]
    return (*lines, total._replace(cells=(*total.cells[:-1], Cell(rate))))


def approved_by_partner(of: Scope) -> dict[str, Decimal]:
    """Return what is allocated to each partner's part of the projects, by the shares of the approved budgets."""
    allocated = allocated_by_project(of)
    shares = _budget_shares(allocated)
    without = {} if allocated.keys() <= shares.keys() else _sent_to_partners(of)
    approved: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for reference, amount in allocated.items():
        weights = shares.get(reference) or without.get(reference, {})
        if sum(weights.values(), ZERO) > ZERO and amount > ZERO:
            for slug, part in prorated(amount, weights).items():
                approved[slug] += part
    return dict(approved)


def _sent_to_partners(of: Scope) -> dict[str, dict[str, Decimal]]:
    """Return what each project sent to each partner, for projects without a record of a budget."""
    found: dict[str, dict[str, Decimal]] = defaultdict(dict)
    sent = of.moves(*FUNDED, by="project and partner")
    for key in sent.keys(KIND.PARTNER, KIND.PROJECT):
        reference, _colon, slug = key.partition(":")
        found[reference][slug] = _sent(sent, key)
    return found


def allocated_by_project(of: Scope) -> dict[str, Decimal]:
    """Return each project's allocation less what it released, until the statement's day."""
    moves = of.moves(KIND.POOL, by="project")
    return {key: moves.net(KIND.PROJECT, KIND.POOL, key=key) for key in moves.keys(KIND.PROJECT, KIND.POOL)}


def _content(name: str) -> Any:
    """Return a part of the frozen content, read by the database: the rest of it stays there."""
    return KeyTransform(name, Cast("version__content", JSONField()))


def _budget_shares(references: Iterable[str]) -> dict[str, dict[str, Decimal]]:
    rows = Project.objects.filter(reference__in=list(references)).annotate(parts=_content("partners"))
    return {
        reference: {part["organisation"]: Decimal(part["share"]) for part in parts}
        for reference, parts in rows.values_list("reference", "parts")
    }


def projects(of: Scope) -> tuple[Table, ...]:
    """By project within objective. Each amount is split by the objectives' percentages: the objectives add up (R47)."""
    moves, spending = of.moves(*FUNDED, by="project"), of.once(_spending)
    rows = Project.objects.annotate(percents=_content("objectives")).select_related("lead")
    found = {row.reference: row for row in rows.only("reference", "title", "state", *names("lead"))}
    lines: dict[str, list[Line]] = defaultdict(list)
    for reference in moves.keys(KIND.PROJECT, KIND.POOL):
        for objective, line in _parts_of(of, moves, spending, reference, found.get(reference)):
            lines[objective].append(line)
    columns = (
        Column(_("Partner"), "text"), Column(_("Status"), "text"), Column(_("Approved")), Column(_("Net funded")),
        Column(_("Spent")), Column(_("Delivery rate"), "percent"),
    )  # fmt: skip
    note = _(
        "A project that serves several objectives stands under each with its part; the parts add up to the project."
    )
    return (Table(_("Expenditure by project within objective"), _("Project"), columns, _grouped(lines), note),)


def _spending(of: Scope) -> Balances:
    return of.balances(KIND.SPENT, by="project")


def _parts_of(of: Scope, moves: Moves, spending: Balances, reference: str, project: Any) -> Iterable[tuple[str, Line]]:
    allocated = moves.net(KIND.PROJECT, KIND.POOL, key=reference)
    funded = _sent(moves, reference) - _refunded(moves, reference)
    spent = spending.total(KIND.SPENT, reference)
    weights = {one["code"]: Decimal(one["percent"]) for one in project.percents} if project else {"": Decimal(100)}
    split = [prorated(amount, weights) for amount in (allocated, max(funded, ZERO), spent)]
    url = reverse("reporting:project", args=[reference]) if project else of.total(project=reference)
    lead, state = (project.lead.name, str(project.get_state_display())) if project else ("", "")
    label = f"{reference} {project.title}" if project else reference
    for objective in weights:
        parts = [amounts[objective] for amounts in split]
        cells = (Cell(lead), Cell(state), *map(Cell, parts), Cell(percent(parts[2], parts[1])))
        yield objective, Line(label, cells, "row", reference, url)


def _grouped(lines: Mapping[str, list[Line]]) -> tuple[Line, ...]:
    objectives = {one.code: f"{one.code} – {one.name}" for one in Objective.objects.order_by("code")}
    empty = (Cell(None),) * 6
    result: list[Line] = []
    for code in sorted(lines):
        name = objectives.get(code) or _("Without a record of objectives")
        *rows, total = _with_rate(lines[code], funded=3, spent=4, level="subtotal", label=_("Subtotal"))
        result += [Line(name, empty, "group", code), *rows, total._replace(code=f"subtotal {code}")]
    return _with_rate(result, funded=3, spent=4) if result else ()


def projects_charts(of: Scope) -> tuple[Targets, ...]:
    """Draw the delivery of the projects that were funded most."""
    moves, spending = of.moves(*FUNDED, by="project"), of.once(_spending)
    funded = {key: _sent(moves, key) - _refunded(moves, key) for key in moves.keys(KIND.PARTNER, KIND.PROJECT)}
    most = sorted((key for key in funded if funded[key] > ZERO), key=lambda key: (-funded[key], key))[:PROJECTS_DRAWN]
    rows = tuple(Target(key, ZERO, funded[key], spending.total(KIND.SPENT, key), "USD") for key in sorted(most))
    text = _("For each project, accepted expenditure against what was transferred less refunds.")
    return (Targets(_("Delivery by project"), text, rows),) if rows else ()


def categories(of: Scope) -> tuple[Table, ...]:
    """Expenditure by budget category: programme costs, then indirect support costs as a part of them."""
    spending = of.balances(KIND.SPENT, by="category")
    known = {str(row.code): row for row in BudgetCategory.objects.order_by("version", "code")}
    overhead = {code for code, row in known.items() if row.is_indirect}
    used = spending.keys(KIND.SPENT)
    programme = sum((spending.total(KIND.SPENT, key) for key in used if key not in overhead), ZERO)
    direct: list[Line] = []
    indirect: list[Line] = []
    for code in sorted({*known, *used}, key=lambda text: (len(text), text)):
        line = _category_line(of, spending, code, known[code].name if code in known else code, programme)
        (indirect if code in overhead else direct).append(line)
    lines = with_total(direct, label=_("Programme costs, total"), level="subtotal", code="programme") + tuple(indirect)
    columns = (*by_years(of), Column(_("Per cent of programme costs"), "percent"))
    note = _("Indirect support costs are a percentage of programme costs, at most 7.")
    total = with_total([*direct, *indirect])[-1]
    return (Table(_("Expenditure by budget category"), _("Category"), columns, (*lines, total), note),)


def _category_line(of: Scope, spending: Balances, code: str, name: str, programme: Decimal) -> Line:
    row, spent = "partners_expenditure", spending.total(KIND.SPENT, code)
    cells = (
        Cell(spending.before(KIND.SPENT, code), of.prior(row, category=code)),
        Cell(spending.in_year(KIND.SPENT, code), of.in_year(row, category=code)),
        Cell(spent, of.total(row, category=code)),
        Cell(percent(spent, programme)),
    )
    return Line(f"{code} {name}", cells, "row", code)
