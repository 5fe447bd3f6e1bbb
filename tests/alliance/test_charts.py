"""Charts: clean under the Content-Security-Policy, whole in every case, and equal to their tables."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import override
from lxml import etree

from alliance.core.tones import COLOURS
from alliance.rendering import charts
from alliance.rendering.charts import (
    Bar,
    Bars,
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
    sankey,
    svg,
    targets,
)

SVG = "{http://www.w3.org/2000/svg}"
LONG = "Secretaría Nacional de Asuntos Migratorios <y> Desarrollo & Territorio de los Estados Plurinacionales " * 2
NASTY = '"><script>alert(1)</script>'


def bars(*values: int) -> Bars:
    return Bars(
        "Balance", "By window", tuple(Bar(f"{n} {LONG}", Decimal(value), "o1") for n, value in enumerate(values))
    )


def flow(donors: int = 3, projects: int = 3) -> Flow:
    nodes = [Node(f"d{n}", f"Donor {n} {LONG}", 0) for n in range(donors)]
    nodes += [Node("w1", "Window", 1, "o1"), Node("gen", "Unearmarked", 1, "gen")]
    nodes += [Node(f"p{n}", f"Project {n}", 2, "o1") for n in range(projects)] + [Node("spent", "Spent", 3, "good")]
    links = [Link(f"d{n}", "w1" if n % 2 else "gen", Decimal(1000 + n)) for n in range(donors)]
    links += [Link("w1", f"p{n}", Decimal(100)) for n in range(projects)]
    links += [Link(f"p{n}", "spent", Decimal(10)) for n in range(projects)]
    return Flow("Flow", "Donors to spending", ("Donors", "Windows", "Projects", "Use"), tuple(nodes), tuple(links))


CHARTS: dict[str, Any] = {
    "bars": bars(5, 0, -3),
    "bars without rows": bars(),
    "bars of nothing": bars(0, 0),
    "a hundred bars": bars(*range(100)),
    "flow": flow(),
    "flow of nothing": Flow("Flow", "Nothing", ("A", "B"), (Node("a", "A", 0),), ()),
    "flow in one step": Flow("Flow", "", ("A", "B"), (Node("a", "A", 0), Node("b", "B", 1)), (Link("a", "b", 1),)),
    "flow of many": flow(60, 80),
    "grouped": Grouped("G", "D", (("Pledged", "open"), ("Received", "good")), (Group(LONG, (Decimal(5), Decimal(0))),)),
    "grouped without rows": Grouped("G", "D", (("Pledged", "open"),), ()),
    "votes": Stacked("V", "D", (Stack("Donors", (Segment("For", 3, "good"), Segment("Against", 0, "bad"))),)),
    "votes of hundreds": Stacked(
        "V", "D", (Stack("Donors", (Segment("For", 300, "good"), Segment("Against", 99, "bad"))),)
    ),
    "no votes": Stacked("V", "D", (Stack("Donors", (Segment("For", 0, "good"),)),)),
    "targets": Targets(
        "T", "D", (Target(LONG, 0, 10, 4), Target("x", 12, 8, Decimal("7.5"), "%"), Target("y", 3, 3, None))
    ),
    "no targets": Targets("T", "D", ()),
    "delivery": Targets(
        "T", "D", (Target(LONG, 0, Decimal(200), Decimal("126.34"), "USD"), Target("x", 0, 5, None)), is_delivery=True
    ),
}


@pytest.fixture(params=CHARTS, name="chart")
def each_chart(request: pytest.FixtureRequest) -> Any:
    return CHARTS[request.param]


def drawn(chart: Any) -> Any:
    return etree.fromstring(charts.draw(chart))


def test_title_and_description_are_direct_children(chart: Any) -> None:
    children = [child.tag for child in drawn(chart)][:2]
    assert children == [f"{SVG}title", f"{SVG}desc"]


def test_nothing_in_a_picture_breaks_the_content_security_policy(chart: Any) -> None:
    root = drawn(chart)
    assert not root.findall(f".//{SVG}style") + root.findall(f".//{SVG}script")
    assert not [node for node in root.iter() if any(name == "style" or name.startswith("on") for name in node.attrib)]


def test_no_identifier_can_clash_with_the_pages(chart: Any) -> None:
    assert not [node for node in drawn(chart).iter() if "id" in node.attrib]


def test_every_shape_stays_inside_the_picture(chart: Any) -> None:
    root = drawn(chart)
    width, height = (float(value) for value in root.get("viewBox").split()[2:])
    for node in root.iter(f"{SVG}rect"):
        x, y, w, h = (float(node.get(name)) for name in ("x", "y", "width", "height"))
        assert min(x, y) >= 0
        assert x + w <= width + 0.2
        assert y + h <= height + 0.2


def test_every_text_fits_by_its_widest_reading(chart: Any) -> None:
    root = drawn(chart)
    width = float(root.get("viewBox").split()[2])
    for node in root.iter(f"{SVG}text"):
        long = svg.text_width(node.text, int(node.get("font-size")))
        left = {"end": -long, "middle": -long / 2}.get(node.get("text-anchor"), 0) + float(node.get("x"))
        assert left >= -0.5
        assert left + long <= width + 0.5


def test_a_picture_is_the_same_each_time(chart: Any) -> None:
    assert charts.draw(chart) == charts.draw(chart)


def test_labels_are_escaped() -> None:
    text = charts.draw(Bars(NASTY, NASTY, (Bar(NASTY, 1),)))
    assert "<script" not in text


def test_labels_of_a_column_never_overlap() -> None:
    places = sankey.placed(sankey.folded(flow(40, 40)))
    for column in range(4):
        here = sorted((p for p in places.values() if p.node.column == column), key=lambda p: p.y)
        ends = [place.y + max(place.height, sankey.label_height(place)) for place in here]
        assert all(end <= below.y for end, below in zip(ends, here[1:], strict=False))


def test_many_places_of_a_column_become_one_and_no_money_is_lost() -> None:
    whole = flow(40, 40)
    folded = sankey.folded(whole)
    per_column = [sum(1 for node in folded.nodes if node.column == column) for column in range(4)]
    assert per_column == [12, 2, 12, 1]
    assert sum(link.amount for link in folded.links) == sum(link.amount for link in whole.links)


def test_the_folded_rest_of_bars_keeps_the_total() -> None:
    from alliance.rendering.charts.bars import MOST, folded

    rows = folded(bars(*range(100)).rows)
    assert (len(rows), sum(row.value for row in rows)) == (MOST, sum(range(100)))


@pytest.mark.parametrize(
    ("baseline", "target", "actual", "expected"),
    [(0, 10, 4, "0.4"), (12, 8, 10, "0.5"), (0, 10, 15, "1.5"), (0, 10, -5, "-0.5"), (3, 3, 3, "1"), (3, 3, 2, "0")],
)
def test_progress_goes_from_baseline_to_target(baseline: int, target: int, actual: int, expected: str) -> None:
    assert targets.progress(Target("x", baseline, target, actual)) == Decimal(expected)


def test_figures_follow_the_language() -> None:
    with override("fr"):
        assert "1\u202f234\u202f567" in charts.draw(Bars("B", "", (Bar("x", 1234567),)))


def test_the_table_of_a_chart_has_the_cents() -> None:
    with override("en"):
        assert charts.table(Bars("B", "", (Bar("x", Decimal("12.34")),))) == (["", "USD"], [["x", "12.34"]])


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def stylesheet_colours() -> list[dict[str, str]]:
    """Return the light and the dark colours of the pages' tokens."""
    from django.conf import settings

    text = (settings.BASE_DIR / "static/css/tokens.css").read_text()
    light, dark = text.split("@media", 1)
    return [dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6});", part)) for part in (light, dark)]


def test_documents_and_pages_have_the_same_colours() -> None:
    light = stylesheet_colours()[0]
    assert {name: light[name] for name in COLOURS} == COLOURS


TONES = ["o1", "o2", "o3", "gen", "x1", "x2", "x3", "x4", "good", "open", "progress", "warn", "bad", "neutral"]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("tone", TONES)
def test_text_on_a_tone_can_be_read(scheme: int, tone: str) -> None:
    colours = stylesheet_colours()[scheme]
    assert contrast(colours[tone], colours["on-tone"]) >= 4.5
    assert contrast(colours[f"{tone}-ink"], colours[f"{tone}-soft"]) >= 4.5
    assert contrast(colours[tone], colours["paper"]) >= 3


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_and_edges_can_be_seen(scheme: int) -> None:
    colours = stylesheet_colours()[scheme]
    for ink in ("ink", "ink-soft", "accent", "warm"):
        assert contrast(colours[ink], colours["paper"]) >= 4.5
        assert contrast(colours[ink], colours["ground"]) >= 4.5
    assert contrast(colours["rule-strong"], colours["paper"]) >= 3
    assert contrast(colours["focus"], colours["paper"]) >= 3
    assert contrast(colours["on-accent"], colours["accent"]) >= 4.5


def test_spending_is_said_as_spending_and_not_as_a_target_reached():
    drawn = charts.draw(CHARTS["delivery"])
    assert "Spent: 126.34 USD (63" in drawn
    assert "Net funded amount: 200 USD" in drawn
    assert ("Reached" in drawn, "Target" in drawn) == (False, False)
    assert charts.table(CHARTS["delivery"])[0] == ["Project", "Net funded amount (USD)", "Spent (USD)"]
