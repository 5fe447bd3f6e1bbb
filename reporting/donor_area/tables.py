"""A donor's area as tables: the pages of its statement, the sheets of its workbook, the lines of its CSV."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from reporting.donor_area.shape import DonorArea, ProjectRow
from reporting.statements.shape import Cell, Column, Figure, Table, TableRow

ZERO = Decimal("0.00")


def statement_tables(area: DonorArea) -> tuple[Table, ...]:
    """Return the tables of the statement, those without rows left out."""
    found = (
        figures(area), contributions(area), deposits(area), instalments(area), windows(area), projects(area), results(area)
    )  # fmt: skip
    return tuple(table for table in found if table.lines)


def figures(area: DonorArea) -> Table:
    """Return the figures: stages, where what was paid is, and how far the attributed part has come."""
    lines = [
        _heading(_("Stages, never added up")),
        _line(_("Pledged"), area.pledged, "pledged"),
        _line(_("Agreed"), area.agreed, "agreed"),
        _line(_("Paid"), area.received, "received"),
        _heading(_("Where what was paid is")),
        _line(_("Attributed to projects"), area.attributed, "attributed"),
        _line(_("Not yet allocated"), area.unallocated, "unallocated"),
        _line(_("Administrative agent fee"), area.fee, "fee"),
        _line(_("Part of the fund’s costs"), area.costs, "costs"),
        _line(_("Paid back to the donor"), area.refunded, "refunded"),
        _line(_("Paid, in all"), area.received, "total", level="total"),
        _heading(_("Of what is attributed to projects")),
        _line(_("Transferred to partners, less refunds"), area.transferred, "transferred"),
        _line(_("Of that spent"), area.spent, "spent"),
    ]
    return Table(_("Figures"), _("Line"), (Column(_("Amount")),), tuple(lines))


def _heading(label: str) -> TableRow:
    return TableRow(label, (Cell(None),), "group")


def _line(label: str, amount: Decimal, code: str, *, level: str = "row") -> TableRow:
    return TableRow(label, (Cell(amount),), level, code)


def windows(area: DonorArea) -> Table:
    columns = tuple(
        map(
            Column,
            (_("Paid"), _("Moved in"), _("Fee"), _("Costs"), _("Paid back"), _("Attributed"), _("Not yet allocated")),
        )
    )
    lines = [
        TableRow(
            row.name,
            _cells(row.received, row.moved_in, row.fee, row.costs, row.refunded, row.attributed, row.unallocated),
        )
        for row in area.windows
    ]
    return Table(_("By funding window"), _("Funding window"), columns, _with_sums(lines, columns))


def contributions(area: DonorArea) -> Table:
    """Return one line for each contribution, its stages in the fund's currency."""
    stages = (_("Pledged"), _("Agreed"), _("Received"))
    columns = (Column(_("Window"), "text"), Column(_("State"), "text"), *map(Column, stages))
    lines = [
        TableRow(row.reference, _cells(row.window, row.badge.label if row.badge else "", *row.usd), url=row.url)
        for row in area.contributions
    ]
    return Table(_("Contributions"), _("Reference"), columns, tuple(lines))


def deposits(area: DonorArea) -> Table:
    columns = (
        Column(_("Received on"), "date"), Column(_("Under"), "text"), Column(_("Currency"), "text"), Column(_("Own amount")),
        Column(_("In US dollars")), Column(_("Fee")), Column(_("Into the pool")),
    )  # fmt: skip
    lines = [
        TableRow(
            row.reference,
            _cells(row.received_on, row.under, row.currency, row.amount, row.usd, row.fee, row.net),
            url=row.url,
        )
        for row in area.deposits
    ]
    return Table(_("Deposits and fees"), _("Deposit"), columns, _with_sums(lines, columns, only=(4, 5, 6)))


def instalments(area: DonorArea) -> Table:
    columns = (
        Column(_("Due on"), "date"), Column(_("Currency"), "text"), Column(_("Amount")), Column(_("Still due")),
        Column(_("Days overdue"), "number"),
    )  # fmt: skip
    lines = [
        TableRow(
            f"{row.agreement}/{row.number}",
            _cells(row.due_on, row.currency, row.amount, row.open, row.days_late),
            url=row.url,
        )
        for row in area.instalments
    ]
    note = _("What came in under an agreement covers its instalments in their order, in the agreement’s own currency.")
    return Table(_("Instalments ahead and overdue"), _("Instalment"), columns, tuple(lines), note)


PARTS = (4, 5, 6)  # the columns of a project's line that add up


def projects(area: DonorArea) -> Table:
    columns = (
        Column(_("Title"), "text"), Column(_("Objectives"), "text"), Column(_("Partner"), "text"), Column(_("State"), "text"),
        Column(_("Attributed")), Column(_("Transferred")), Column(_("Spent")), Column(_("Delivery rate"), "percent"),
        Column(_("Indicators reached"), "number"), Column(_("Indicators"), "number"),
    )  # fmt: skip
    lines = [TableRow(row.reference, _of_project(row), url=row.url) for row in area.projects]
    return Table(_("Attribution by project"), _("Project"), columns, _with_sums(lines, columns, only=PARTS))


def _of_project(row: ProjectRow) -> tuple[Cell, ...]:
    codes = ", ".join(code for code, _name in row.objectives)
    return _cells(
        row.title, codes, row.partner, row.badge.label, row.part.allocated, row.part.transferred, row.part.spent,
        row.delivery, row.reached, len(row.indicators),
    )  # fmt: skip


def results(area: DonorArea) -> Table:
    columns = (
        Column(_("Indicator"), "text"), Column(_("Unit"), "text"), Column(_("Baseline")), Column(_("Target")),
        Column(_("Actual")),
    )  # fmt: skip
    lines = [
        TableRow(
            project.reference, _cells(row.statement, row.unit, row.baseline, row.target, row.actual), url=project.url
        )
        for project in area.projects
        for row in project.indicators
    ]
    return Table(_("Results of the projects"), _("Project"), columns, tuple(lines))


def _cells(*values: Figure) -> tuple[Cell, ...]:
    return tuple(map(Cell, values))


def _with_sums(
    lines: list[TableRow], columns: Sequence[Column], only: Sequence[int] | None = None
) -> tuple[TableRow, ...]:
    """Return the lines with their total; a column that does not add up has none."""
    if not lines:
        return ()
    places = range(len(columns)) if only is None else only
    sums: list[Figure] = [""] * len(columns)
    for place in places:
        sums[place] = sum((_amount(line.cells[place].value) for line in lines), ZERO)
    return (*lines, TableRow(_("Total"), _cells(*sums), "total", "total"))


def _amount(value: Figure) -> Decimal:
    return value if isinstance(value, Decimal) else ZERO


def list_rows(table: Table) -> tuple[list[str], list[list[Figure]]]:
    """Return a table's headings and its rows as values, without its total: a list that others can add up."""
    headings = [str(table.head), *(str(column.label) for column in table.columns)]
    return headings, [
        [str(line.label), *(cell.value for cell in line.cells)] for line in table.lines if line.level == "row"
    ]


def definitions(area: DonorArea) -> list[tuple[str, str]]:
    """Return what the words of the area mean, in the order of its figures."""
    return [
        (_("Pledged"), _("Promised, in the donor’s own currency; the dollar figure is indicative, and no money.")),
        (_("Agreed"), _("Under signed agreements, at the rate of their signature, paid or not.")),
        (_("Paid"), _("Deposits received, at their booked rates. Only a deposit raises what can be allocated.")),
        (
            _("Attributed"),
            _(
                "Money is earmarked to windows, never to a project. Each allocation is attributed to the sources of its window "
                "in proportion to what they hold there; transfers and spending follow the allocation. The parts add up "
                "exactly; a part may move by a cent between two dates."
            ),
        ),
        (_("Transferred"), _("Paid to partners under signed contracts, less what they paid back.")),
        (_("Spent"), _("Spending in partners’ reports that the secretariat has accepted.")),
        (_("Delivery rate"), _("What was spent, divided by what was transferred.")),
        (_("Part of the fund’s costs"), _("Direct costs, bank charges and transfers to other funds, borne by a pool’s sources in proportion.")),
    ]  # fmt: skip
