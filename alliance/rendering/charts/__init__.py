"""Pictures of figures: dataclasses in, SVG text out; the same picture on a page and in a PDF.

No script, no style sheet of their own, no identifiers: presentation attributes carry the colours of white paper,
and a page's stylesheet replaces them by class. Each picture has a title, a description and a table of its figures.
"""

from django.utils.safestring import SafeString

from alliance.rendering.charts import bars, sankey, targets
from alliance.rendering.charts.shapes import (
    Bar,
    Bars,
    Chart,
    Flow,
    Group,
    Grouped,
    Link,
    Node,
    Segment,
    Stack,
    Stacked,
    Target,
    Targets,
)

__all__ = [
    "Bar",
    "Bars",
    "Chart",
    "Flow",
    "Group",
    "Grouped",
    "Link",
    "Node",
    "Segment",
    "Stack",
    "Stacked",
    "Target",
    "Targets",
    "draw",
    "table",
]

DRAWN_BY = {
    Bars: bars.bars,
    Grouped: bars.grouped,
    Stacked: bars.stacked,
    Flow: sankey.sankey,
    Targets: targets.targets,
}
TABLED_BY = {
    Bars: bars.bars_table,
    Grouped: bars.grouped_table,
    Stacked: bars.stacked_table,
    Flow: sankey.sankey_table,
    Targets: targets.targets_table,
}


def draw(chart: Chart) -> SafeString:
    """Return the SVG of any chart."""
    return DRAWN_BY[type(chart)](chart)  # type: ignore[operator]


def table(chart: Chart) -> tuple[list[str], list[list[str]]]:
    """Return the headings and rows of the table that says the same."""
    return TABLED_BY[type(chart)](chart)  # type: ignore[operator]
