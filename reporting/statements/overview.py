"""The statements of the fund as a whole: sources and uses, interest, cost recovery, windows, the trial balance."""

import functools
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from alliance.core.display import Text
from alliance.core.tones import of_code
from alliance.rendering.charts import Bar, Bars, Group, Grouped
from funds.ledger.chart import CHART, COSTS, EARNED, GIVEN, GIVEN_BACK, LINES, AddsTo, Net, line_codes
from funds.ledger.movements import Moves
from funds.models import AccountKind, Window
from funds.statements import funding_status as live
from funds.statements.direct_costs import spending_of
from funds.statements.funding_status import LABELS, SEED_LABEL, amounts, percent
from funds.statements.trial_balance import AccountLine, trial_balance_page
from funds.statements.trial_balance import trial_balance as all_accounts
from reporting.paging import Page
from reporting.postings import FLOWS
from reporting.statements.scope import ROWS, StatementScope
from reporting.statements.shape import Cell, Column, Table, TableRow

KIND = AccountKind
ZERO = Decimal("0.00")
TOTAL = gettext_lazy("Total")
YEARS_DRAWN = 8
# The lines of what the fund and its partners earned.
INTEREST = tuple(dict.fromkeys(CHART[kind].line for kind in EARNED))


def _rows(*codes_: str, level: str = "row") -> list[tuple[str, Text, str]]:
    return [(code, LABELS[code], level) for code in codes_]


# Table 1 of an administrative agent's report. Refunds lessen transfers; the balance is carried from year to year.
SOURCES_AND_USES: tuple[tuple[str, Text, str], ...] = (
    ("contributions", gettext_lazy("Gross contributions"), "row"),
    ("seed", SEED_LABEL, "part"),
    *_rows(*line_codes(AddsTo.SOURCES, but="contributions")),
    *_rows("total_sources", level="total"),
    *_rows("transfers_partners", "refunds_partners"),
    ("net_funded", gettext_lazy("Net funded amount"), "subtotal"),
    *_rows(*line_codes(AddsTo.TRANSFERS, but="transfers_partners")),
    *_rows(*line_codes(AddsTo.COSTS)),
    *_rows("total_uses", level="total"),
    ("change", gettext_lazy("Change in balance of funds with the administrative agent"), "subtotal"),
    ("opening", gettext_lazy("Opening balance (1 January)"), "row"),
    ("closing", gettext_lazy("Closing balance"), "total"),
    ("net_funded_direct", gettext_lazy("Net funded amount, direct cost included"), "row"),
    ("expenditure_direct", gettext_lazy("Partners’ expenditure, direct cost included"), "row"),
    *_rows("balance_partners", level="total"),
)


def funding_status(of: StatementScope) -> tuple[Table, ...]:
    """The live statement: its rows as on the page about the money."""
    status = live.funding_status(of.as_of)
    seed = TableRow(status.seed.label, (Cell(status.seed.amount, of.total("seed")), Cell(None)), "part", "seed")
    lines = [_status_line(of, row) for row in status.rows]
    return (
        Table(
            _("Funding status"), _("Row"), (Column(_("Amount")), Column("%", "percent")), (lines[0], seed, *lines[1:]),
            _("Percentages are of contributions; for the balance with participating organisations, of transfers."),
        ),
    )  # fmt: skip


def _status_line(of: StatementScope, row: live.StatusRow) -> TableRow:
    url = of.total(row.code) if row.code in FLOWS else ""
    return TableRow(row.label, (Cell(row.amount, url), Cell(row.percent)), "total" if row.is_total else "row", row.code)


def sources_and_uses(of: StatementScope) -> tuple[Table, ...]:
    """Previous year, report year and all years: what came in, what went out, and the balance carried on (R57)."""
    moves = of.moves()
    columns = (Column(str(of.year - 1)), Column(str(of.year)), Column(_("Cumulative")))
    figures = [_year(moves, of.year - 1), _year(moves, of.year), _cumulative(moves)]
    addresses = (of.in_previous_year, of.in_year, of.total)
    lines = []
    for code, label, level in SOURCES_AND_USES:
        cells = [
            Cell(found[code], to(code) if code in FLOWS and code != "balance_partners" else "")
            for found, to in zip(figures, addresses, strict=True)
        ]
        lines.append(TableRow(label, tuple(cells), level, code))
    lines.append(_delivery(figures))
    note = _("The closing balance of a year is the opening balance of the next. Refunds count when they have arrived.")
    return (Table(_("Sources and uses of funds"), _("Row"), columns, tuple(lines), note),)


def _delivery(figures: Iterable[dict[str, Decimal | None]]) -> TableRow:
    rates = [percent(found["expenditure"] or ZERO, found["net_funded"] or ZERO) for found in figures]
    return TableRow(_("Delivery rate, per cent"), tuple(Cell(rate) for rate in rates), "row", "delivery")


def _year(moves: Moves, year: int) -> dict[str, Decimal | None]:
    found = _derived(functools.partial(moves.net, year=year))
    before = amounts(functools.partial(moves.net, before=year))
    opening = before["total_sources"] - before["total_uses"]
    return {**found, "opening": opening, "closing": opening + found["change"]}


def _cumulative(moves: Moves) -> dict[str, Decimal | None]:
    found = _derived(moves.net)
    return {**found, "opening": None, "closing": found["change"]}


def _derived(net: Net) -> dict[str, Decimal]:
    found = amounts(net)
    net_funded = found["transfers_partners"] - found["refunds_partners"]
    return found | {
        "seed": live.seed_capital(net),
        "refunds_partners": -found["refunds_partners"],
        "net_funded": net_funded,
        "change": found["total_sources"] - found["total_uses"],
        "expenditure": found["partners_expenditure"],
        "net_funded_direct": net_funded + found["direct_cost"],
        "expenditure_direct": found["partners_expenditure"] + found["direct_cost"],
    }


def sources_and_uses_charts(of: StatementScope) -> tuple[Grouped, ...]:
    """Draw what came in and went out, year by year, the last years only."""
    moves = of.moves()
    years = moves.years[-YEARS_DRAWN:]
    rows = []
    for year in years:
        found = amounts(functools.partial(moves.net, year=year))
        rows.append(Group(str(year), (found["total_sources"], found["total_uses"])))
    series = ((pgettext("money", "Sources"), "accent"), (_("Uses"), "warm"))
    text = _("Bars of the sources and uses of each year.")
    return (Grouped(_("Sources and uses over time"), text, series, tuple(rows)),) if rows else ()


def interest(of: StatementScope) -> tuple[Table, ...]:
    moves = of.moves(*EARNED)
    lines = [_by_years(of, code, moves) for code in INTEREST]
    return (Table(_("Interest and investment income"), _("Source"), by_years(of), with_total(lines)),)


def by_years(of: StatementScope) -> tuple[Column, ...]:
    return (Column(_("Prior years")), Column(str(of.year)), Column(TOTAL))


def _by_years(of: StatementScope, code: str, moves: Moves) -> TableRow:
    def net(**when: Any) -> Decimal:
        return LINES[code].of(functools.partial(moves.net, **when))

    cells = (
        Cell(net(before=of.year), of.prior(code)),
        Cell(net(year=of.year), of.in_year(code)),
        Cell(net(), of.total(code)),
    )
    return TableRow(LABELS[code], cells, "row", code)


def with_total(
    lines: list[TableRow], *, label: Text = TOTAL, level: str = "total", code: str = "total"
) -> tuple[TableRow, ...]:
    """Add a row with the sums of money columns; a column that holds no amounts stays empty."""
    if not lines:
        return ()
    columns = zip(*(line.cells for line in lines if line.level == "row"), strict=True)
    sums = [Cell(_sum(cells)) for cells in columns]
    return (*lines, TableRow(label, tuple(sums), level, code))


def _sum(cells: Iterable[Cell]) -> Decimal | None:
    values = [cell.value for cell in cells]
    amounts_ = [value for value in values if isinstance(value, Decimal)]
    return sum(amounts_, ZERO) if len(amounts_) == len(values) else None


def cost_recovery(of: StatementScope) -> tuple[Table, ...]:
    """What running the fund costs: the agent's fee, direct costs, bank charges, and partners' indirect support costs."""
    moves = of.moves()
    costs = [_by_years(of, code, moves) for code in line_codes(AddsTo.COSTS)]
    return (
        Table(_("Cost recovery of the fund"), _("Cost"), by_years(of), with_total(costs)),
        Table(_("Shares"), _("Share"), by_years(of), tuple(_shares(of, moves))),
    )


def _shares(of: StatementScope, moves: Moves) -> Iterable[TableRow]:
    buckets: tuple[dict[str, Any], ...] = ({"before": of.year}, {"year": of.year}, {})
    found = [amounts(functools.partial(moves.net, **when)) for when in buckets]
    fee = [percent(one["fee"], one["contributions"]) for one in found]
    direct = [percent(one["direct_cost"], spending_of(one)) for one in found]
    yield TableRow(_("Fee, per cent of contributions"), tuple(map(Cell, fee)), "row", "fee_percent")
    yield TableRow(
        _("Direct costs, per cent of net funded amount and direct costs"),
        tuple(map(Cell, direct)),
        "row",
        "direct_percent",
    )


WINDOW_COLUMNS = (
    gettext_lazy("Contributions"),
    gettext_lazy("Interest"),
    gettext_lazy("Fee, costs, other funds"),
    gettext_lazy("Refunds to donors"),
    gettext_lazy("From and to other windows"),
    gettext_lazy("Allocated, less released"),
    gettext_lazy("Balance"),
)


def windows(of: StatementScope) -> tuple[Table, ...]:
    """Each window's pool: what came in, what went out, and what can be allocated."""
    moves = of.moves(KIND.POOL, by="pools")
    lines = [
        TableRow(
            window.name,
            tuple(map(Cell, window_figures(moves, window.code))),
            "row",
            window.code,
            _pool(of, window.code),
        )
        for window in Window.objects.order_by("-unearmarked", "code")
    ]
    columns = tuple(Column(label) for label in WINDOW_COLUMNS)
    note = _("A balance is what came in less what went out: the sum of the columns before it.")
    return (Table(_("Balances by window"), _("Window"), columns, with_total(lines), note),)


def window_figures(moves: Moves, code: str) -> list[Decimal]:
    """Return the columns of one window, signed as they move its pool."""

    def into(*kinds: str) -> Decimal:
        total = ZERO
        for row in moves.rows:
            debited, _arrow, credited = row.key.partition(">")
            total += row.amount if debited == code and row.credit in kinds else ZERO
            total -= row.amount if credited == code and row.debit in kinds else ZERO
        return total

    parts = [
        into(*GIVEN), into(*EARNED), into(*COSTS), into(*GIVEN_BACK), into(KIND.POOL), into(KIND.PROJECT),
    ]  # fmt: skip
    return [*parts, sum(parts, ZERO)]


def _pool(of: StatementScope, code: str) -> str:
    return of.total(account=f"pool:{code}")


def windows_charts(of: StatementScope) -> tuple[Bars, ...]:
    (table,) = of.once(windows)
    rows = tuple(
        Bar(line.label, line.cells[-1].value, of_code(line.code))  # type: ignore[arg-type]
        for line in table.lines
        if line.level == "row"
    )
    return (Bars(_("Balance by window"), _("Bars of what each window’s pool holds."), rows),)


def trial_balance(of: StatementScope) -> tuple[Table, ...]:
    """Every account with its sums; debits and credits agree in total. A page reads the accounts that it shows."""
    if of.page is None:
        return (_accounts(of, all_accounts(of.as_of)),)
    found = trial_balance_page(of.as_of, of.page, ROWS)
    table = _accounts(of, found.lines)
    total = tuple(map(Cell, (found.total, found.total, ZERO)))
    lines = (*table.lines[:-1], table.lines[-1]._replace(cells=total)) if found.lines else ()
    return (replace(table, lines=lines, page=Page(found.number, [], found.has_more)),)


def _accounts(of: StatementScope, accounts: Iterable[AccountLine]) -> Table:
    lines = [
        TableRow(
            one.code,
            (Cell(one.debits), Cell(one.credits), Cell(one.balance)),
            "row",
            one.code,
            of.total(account=one.code),
        )
        for one in accounts
    ]
    columns = (Column(_("Debits")), Column(_("Credits")), Column(_("Balance")))
    note = _("A balance is debits less credits: positive where money is held, negative where it came from.")
    return Table(_("Trial balance"), _("Account"), columns, with_total(lines), note)
