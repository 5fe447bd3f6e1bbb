"""Pictures of figures: dataclasses in, SVG text out; the same picture on a page and in a PDF.

No script, no style sheet of their own, no identifiers: presentation attributes carry the colours of white paper,
and a page's stylesheet replaces them by class. Each picture has a title, a description and a table of its figures.
"""

from django.utils.safestring import SafeString

from alliance.rendering.charts import bars as _bars
from alliance.rendering.charts import sankey as _sankey
from alliance.rendering.charts import targets as _targets
from alliance.rendering.charts.shapes import Bar, Bars, Chart, Flow, Group, Grouped, Link, Node, Part, Stack, Stacked, Target, Targets

__all__ = [
    "Bar",
    "Bars",
    "Chart",
    "Flow",
    "Group",
    "Grouped",
    "Link",
    "Node",
    "Part",
    "Stack",
    "Stacked",
    "Target",
    "Targets",
    "bars",
    "draw",
    "grouped",
    "sankey",
    "stacked",
    "table",
    "targets",
]

bars = _bars.bars
grouped = _bars.grouped
stacked = _bars.stacked
sankey = _sankey.sankey
targets = _targets.targets

DRAWN_BY = {Bars: bars, Grouped: grouped, Stacked: stacked, Flow: sankey, Targets: targets}
TABLED_BY = {
    Bars: _bars.bars_table,
    Grouped: _bars.grouped_table,
    Stacked: _bars.stacked_table,
    Flow: _sankey.sankey_table,
    Targets: _targets.targets_table,
}


def draw(chart: Chart) -> SafeString:
    """Return the SVG of any chart."""
    return DRAWN_BY[type(chart)](chart)  # type: ignore[operator]


def table(chart: Chart) -> tuple[list[str], list[list[str]]]:
    """Return the headings and rows of the table that says the same."""
    return TABLED_BY[type(chart)](chart)  # type: ignore[operator]
