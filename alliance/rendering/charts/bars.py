"""Bars on one scale, groups of bars, and stacks of votes. Labels stand above their bars, so long names have room."""

from decimal import Decimal

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from alliance.core import formats
from alliance.rendering.charts import svg
from alliance.rendering.charts.shapes import Bar, Bars, Group, Grouped, Number, Segment, Stack, Stacked

MOST = 30
BAR = 16
ROW = 50
GAP = 10
SPOT = 12

type Table = tuple[list[str], list[list[str]]]


def amount(value: Number) -> str:
    """Return a figure of a chart: whole units, since the table has the cents."""
    return formats.figure(value, 0)


def size(value: Number) -> Decimal:
    return abs(Decimal(value))


def share(value: Number, most: Number) -> float:
    return float(Decimal(value) / Decimal(most)) if most else 0.0


def heading(y: float, label: str, value: str) -> str:
    room = svg.WIDTH - svg.text_width(value) - GAP
    return svg.text(0, y, svg.cut(label, room)) + svg.text(svg.WIDTH, y, value, bold=True, anchor="end")


def bars(chart: Bars) -> SafeString:
    """Draw bars from zero; an amount below zero grows from the same line, in the colour of a warning."""
    rows = folded(chart.rows)
    if not rows:
        return svg.nothing(chart.title, chart.description, gettext("No amounts yet"))
    most = max(size(row.value) for row in rows)
    drawn = [_bar(row, most, number * ROW) for number, row in enumerate(rows)]
    return svg.picture(chart.title, chart.description, svg.WIDTH, len(rows) * ROW, *drawn)


def _bar(row: Bar, most: Number, top: float) -> str:
    length = svg.WIDTH * share(size(row.value), most)
    track = svg.rect(0, top + 24, svg.WIDTH, BAR, "ground")
    tone = "bad" if row.value < 0 else row.tone
    return heading(top + 16, str(row.label), amount(row.value)) + track + svg.rect(0, top + 24, length, BAR, tone)


def folded(rows: tuple[Bar, ...]) -> list[Bar]:
    """Return the rows, the last of too many as one."""
    if len(rows) <= MOST:
        return list(rows)
    rest = rows[MOST - 1 :]
    label = gettext("%(count)s others") % {"count": amount(len(rest))}
    return [*rows[: MOST - 1], Bar(label, sum((row.value for row in rest), Decimal(0)), "neutral")]


def bars_table(chart: Bars) -> Table:
    rows = [[str(row.label), formats.figure(row.value)] for row in chart.rows]
    return ["", str(chart.unit)], rows


def legend(entries: list[tuple[str, str]]) -> tuple[list[str], float]:
    """Return the spots and words that name the tones, on as many lines as they need, and the height used."""
    drawn, x, y = [], 0.0, 0.0
    for label, tone in entries:
        needed = SPOT + 6 + svg.text_width(label, svg.SMALL)
        if x and x + needed > svg.WIDTH:
            x, y = 0.0, y + 22
        drawn.append(svg.rect(x, y + 2, SPOT, SPOT, tone, rx=2))
        drawn.append(svg.text(x + SPOT + 6, y + 13, svg.cut(label, svg.WIDTH - SPOT - 6, svg.SMALL), size=svg.SMALL))
        x += needed + 14
    return drawn, y + 32


def grouped(chart: Grouped) -> SafeString:
    """Draw for each row one thin bar of each series, all on one scale, each with its figure."""
    rows = chart.rows[:MOST]
    most = max((size(value) for row in rows for value in row.values), default=Decimal(0))
    if not most:
        return svg.nothing(chart.title, chart.description, gettext("No amounts yet"))
    drawn, top = legend([(str(label), tone) for label, tone in chart.series])
    tones = [tone for _, tone in chart.series]
    height = 24 + 18 * len(tones) + GAP
    reserved = max(svg.text_width(amount(value), svg.SMALL) for row in rows for value in row.values) + GAP
    for number, row in enumerate(rows):
        drawn.append(_group(row, tones, most, top + number * height, svg.WIDTH - reserved))
    return svg.picture(chart.title, chart.description, svg.WIDTH, top + len(rows) * height, *drawn)


def _group(row: Group, tones: list[str], most: Number, top: float, room: float) -> str:
    drawn = [svg.text(0, top + 15, svg.cut(str(row.label), svg.WIDTH))]
    for line, (value, tone) in enumerate(zip(row.values, tones, strict=True)):
        y = top + 24 + 18 * line
        length = max(room * share(size(value), most), 1.0)
        drawn.append(svg.rect(0, y, length, 13, tone))
        drawn.append(svg.text(length + 6, y + 11, amount(value), size=svg.SMALL))
    return "".join(drawn)


def grouped_table(chart: Grouped) -> Table:
    headings = ["", *(f"{label} ({chart.unit})" if chart.unit else str(label) for label, _ in chart.series)]
    return headings, [[str(row.label), *(formats.figure(value) for value in row.values)] for row in chart.rows]


def stacked(chart: Stacked) -> SafeString:
    """Draw each row's parts side by side, a cell for each unit; rows share one scale."""
    rows = [row for row in chart.rows if total(row)]
    if not rows:
        return svg.nothing(chart.title, chart.description, gettext("No votes yet"))
    drawn, top = legend(tones_of(rows))
    cell = min(svg.WIDTH / max(map(total, rows)), 48.0)
    for number, row in enumerate(rows):
        drawn.append(_stack(row, cell, top + number * 64))
    return svg.picture(chart.title, chart.description, svg.WIDTH, top + len(rows) * 64, *drawn)


def total(row: Stack) -> int:
    return sum(part.value for part in row.parts)


def tones_of(rows: list[Stack]) -> list[tuple[str, str]]:
    found = {str(part.label): part.tone for row in rows for part in row.parts if part.value}
    return list(found.items())


def _stack(row: Stack, cell: float, top: float) -> str:
    drawn, x = [heading(top + 15, str(row.label), amount(total(row)))], 0.0
    for part in row.parts:
        drawn.append(_part(part, x, top + 24, cell))
        x += cell * part.value
    return "".join(drawn)


def _part(part: Segment, x: float, y: float, cell: float) -> str:
    if not part.value:
        return ""
    divided = cell >= 6
    cells = [svg.rect(x + cell * n, y, cell - (2 if divided else 0), 26, part.tone) for n in range(part.value)]
    figure, width = amount(part.value), cell * part.value
    if svg.text_width(figure, svg.SMALL) + 8 > (cell if divided else width):
        return "".join(cells)
    middle = x + (cell - 2 if divided else width) / 2
    ink = "ink" if part.tone in svg.PALE else "on-tone"
    return "".join(cells) + svg.text(middle, y + 18, figure, size=svg.SMALL, tone=ink, bold=True, anchor="middle")


def stacked_table(chart: Stacked) -> Table:
    labels = list(dict.fromkeys(str(part.label) for row in chart.rows for part in row.parts))
    rows = []
    for row in chart.rows:
        values = {str(part.label): part.value for part in row.parts}
        rows.append([str(row.label), *(formats.figure(values.get(label, 0)) for label in labels)])
    return ["", *labels], rows
