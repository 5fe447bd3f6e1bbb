"""Indicators against their targets: a track from baseline to target, filled as far as the actual value."""

from decimal import Decimal

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from alliance.core import formats
from alliance.rendering.charts import svg
from alliance.rendering.charts.shapes import Number, Target, Targets

type Table = tuple[list[str], list[list[str]]]


def progress(row: Target) -> Decimal | None:
    """Return how far the indicator went from baseline to target: 0 at the baseline, 1 at the target, more beyond.

    None when nothing was reported. Where target and baseline are the same, keeping the value is reaching it.
    """
    if row.actual is None:
        return None
    way = Decimal(row.target) - Decimal(row.baseline)
    if not way:
        return Decimal(row.actual >= row.target)
    return (Decimal(row.actual) - Decimal(row.baseline)) / way


def plain(value: Number) -> str:
    return formats.plain_figure(Decimal(value))


def targets(chart: Targets) -> SafeString:
    """Draw one track for each indicator."""
    if not chart.rows:
        return svg.nothing(chart.title, chart.description, gettext("No indicators yet"))
    drawn, top = [], 0.0
    for row in chart.rows:
        words = svg.lines(str(row.label), svg.WIDTH, most=2)
        drawn.append(_track(row, words, top, (reached(row), aim(row)) if not chart.is_delivery else delivered(row)))
        top += 20 * len(words) + 58
    return svg.picture(chart.title, chart.description, svg.WIDTH, top, *drawn)


def _track(row: Target, words: list[str], top: float, said: tuple[str, str]) -> str:
    way = progress(row)
    drawn = [svg.text(0, top + 15 + 20 * number, line) for number, line in enumerate(words)]
    y = top + 20 * len(words) + 4
    drawn.append(svg.rect(0, y, svg.WIDTH, 14, "ground"))
    if way is not None:
        filled = svg.WIDTH * float(min(max(way, Decimal(0)), Decimal(1)))
        drawn.append(svg.rect(0, y, max(filled, 2.0), 14, "good" if way >= 1 else "accent"))
    drawn.append(svg.rect(svg.WIDTH - 2, y - 3, 2, 20, "ink"))
    drawn.append(svg.text(0, y + 32, said[0], size=svg.SMALL, tone="ink-soft"))
    drawn.append(svg.text(svg.WIDTH, y + 32, said[1], size=svg.SMALL, tone="ink-soft", anchor="end"))
    return "".join(drawn)


def reached(row: Target) -> str:
    way = progress(row)
    if way is None or row.actual is None:
        return gettext("Nothing reported yet")
    values = {"value": f"{plain(row.actual)} {row.unit}".strip(), "percent": formats.percent(way)}
    return gettext("Reached: %(value)s (%(percent)s of the way)") % values


def aim(row: Target) -> str:
    return gettext("Target: %(value)s") % {"value": plain(row.target)}


def delivered(row: Target) -> tuple[str, str]:
    """Say what was spent, and of what: money is no target to be reached."""
    spent, whole = (f"{plain(amount or Decimal(0))} {row.unit}".strip() for amount in (row.actual, row.target))
    values = {"value": spent, "percent": formats.percent(progress(row) or Decimal(0))}
    return gettext("Spent: %(value)s (%(percent)s)") % values, gettext("Net funded amount: %(value)s") % {
        "value": whole
    }


def targets_table(chart: Targets) -> Table:
    if chart.is_delivery:
        unit = f" ({chart.rows[0].unit})" if chart.rows and chart.rows[0].unit else ""
        headings = [
            gettext("Project"),
            *(f"{label}{unit}" for label in (gettext("Net funded amount"), gettext("Spent"))),
        ]
        return headings, [[str(row.label), plain(row.target), plain(row.actual or Decimal(0))] for row in chart.rows]
    headings = [gettext("Indicator"), gettext("Baseline"), gettext("Target"), gettext("Actual value")]
    rows = [
        [str(row.label), plain(row.baseline), plain(row.target), "–" if row.actual is None else plain(row.actual)]
        for row in chart.rows
    ]
    return headings, rows
