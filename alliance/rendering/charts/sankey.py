"""Money from column to column as ribbons whose width is the amount."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from html import escape

from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from alliance.core import formats
from alliance.rendering.charts import svg
from alliance.rendering.charts.shapes import Flow, Link, Node

WIDTH = 960
NODE = 14
MOST = 12
TOP = 34
GAP = 12
LINE = 17
TALLEST = 360

type Table = tuple[list[str], list[list[str]]]


@dataclass(slots=True)
class Placed:
    """A node with its place, and how much of each side the ribbons have used."""

    node: Node
    x: float
    y: float
    height: float
    amount: Decimal
    words: list[str]
    into: float = 0.0
    out: float = 0.0


def sankey(flow: Flow) -> SafeString:
    """Draw the flow. Small places of a full column are shown as one; labels never overlap."""
    flow = folded(without_nothing(flow))
    if not flow.links:
        return svg.nothing(flow.title, flow.description, gettext("No money has moved yet"), WIDTH)
    places = placed(flow)
    bottom = max(place.y + max(place.height, label_height(place)) for place in places.values())
    ribbons = [ribbon(places[link.source], places[link.target], link, scale_of(flow)) for link in ordered(flow, places)]
    heads = [_heading(flow, column) for column in range(len(flow.columns))]
    labels = [_label(place, len(flow.columns)) for place in places.values()]
    boxes = [svg.rect(place.x, place.y, NODE, max(place.height, 1.5), place.node.tone) for place in places.values()]
    return svg.picture(flow.title, flow.description, WIDTH, bottom + 8, *heads, *ribbons, *boxes, *labels)


def without_nothing(flow: Flow) -> Flow:
    """Return the flow without empty links, and without the places that they alone touched."""
    links = tuple(link for link in flow.links if link.amount > 0)
    touched = {key for link in links for key in (link.source, link.target)}
    return replace(flow, links=links, nodes=tuple(node for node in flow.nodes if node.key in touched))


def totals(flow: Flow) -> dict[str, Decimal]:
    """Return what each place holds: the larger of what came in and what went out."""
    into: dict[str, Decimal] = defaultdict(Decimal)
    out: dict[str, Decimal] = defaultdict(Decimal)
    for link in flow.links:
        out[link.source] += link.amount
        into[link.target] += link.amount
    return {node.key: max(into[node.key], out[node.key]) for node in flow.nodes}


def folded(flow: Flow) -> Flow:
    """Return the flow with the smallest places of each full column as one place."""
    amounts = totals(flow)
    renamed: dict[str, str] = {}
    nodes: list[Node] = []
    for column in range(len(flow.columns)):
        here = [node for node in flow.nodes if node.column == column]
        small = sorted(here, key=lambda node: amounts[node.key])[: len(here) - MOST + 1] if len(here) > MOST else []
        renamed |= {node.key: f"others:{column}" for node in small}
        nodes += [node for node in here if node not in small]
        if small:
            label = gettext("%(count)s others") % {"count": formats.figure(len(small))}
            nodes.append(Node(f"others:{column}", label, column))
    return replace(flow, nodes=tuple(nodes), links=merged(flow.links, renamed)) if renamed else flow


def merged(links: Iterable[Link], renamed: dict[str, str]) -> tuple[Link, ...]:
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for link in links:
        sums[renamed.get(link.source, link.source), renamed.get(link.target, link.target)] += link.amount
    return tuple(Link(source, target, amount) for (source, target), amount in sums.items())


def scale_of(flow: Flow) -> float:
    """Return units of height for one unit of money: the fullest column is as tall as allowed."""
    amounts = totals(flow)
    fullest = max(
        sum((amounts[n.key] for n in flow.nodes if n.column == c), Decimal(0)) for c in range(len(flow.columns))
    )
    return TALLEST / float(fullest)


def column_x(flow: Flow, column: int) -> float:
    return (WIDTH - NODE) * column / max(len(flow.columns) - 1, 1)


def placed(flow: Flow) -> dict[str, Placed]:
    """Return every place where it is drawn: in the order given, each with room for its label."""
    amounts, scale, places = totals(flow), scale_of(flow), {}
    for column in range(len(flow.columns)):
        y = float(TOP)
        for node in (node for node in flow.nodes if node.column == column):
            amount = amounts[node.key]
            words = [
                *svg.lines(str(node.label), label_room(flow, column), most=2, size=svg.SMALL),
                formats.figure(amount, 0),
            ]
            place = Placed(node, column_x(flow, column), y, float(amount) * scale, amount, words)
            places[node.key] = place
            y += max(place.height, label_height(place)) + GAP
    return places


def label_room(flow: Flow, column: int) -> float:
    """Return the width for a column's labels; the last two columns share the space between them."""
    last = len(flow.columns) - 1
    whole = (WIDTH - NODE) / max(last, 1) - NODE - 2 * GAP
    return whole / 2 if column >= last - 1 and last > 0 else whole


def label_height(place: Placed) -> float:
    return len(place.words) * LINE


def ordered(flow: Flow, places: dict[str, Placed]) -> list[Link]:
    """Return the links from top to bottom, so that ribbons cross as little as they can."""
    return sorted(flow.links, key=lambda link: (places[link.source].y, places[link.target].y))


def ribbon(source: Placed, target: Placed, link: Link, scale: float) -> str:
    height = max(float(link.amount) * scale, 0.75)
    left, right = source.x + NODE, target.x
    y1, y2 = source.y + source.out, target.y + target.into
    source.out += float(link.amount) * scale
    target.into += float(link.amount) * scale
    middle = (left + right) / 2
    n = svg.number
    path = (
        f"M{n(left)} {n(y1)}C{n(middle)} {n(y1)} {n(middle)} {n(y2)} {n(right)} {n(y2)}V{n(y2 + height)}"
        f"C{n(middle)} {n(y2 + height)} {n(middle)} {n(y1 + height)} {n(left)} {n(y1 + height)}Z"
    )
    words = f"{source.node.label} → {target.node.label}: {formats.figure(link.amount)}"
    tone = source.node.tone if source.node.column else target.node.tone
    return svg.element("path", svg.element("title", escape(words)), d=path, fill_opacity="0.3", **svg.colour(tone))


def _heading(flow: Flow, column: int) -> str:
    last = column == len(flow.columns) - 1 and column > 0
    x = WIDTH if last else column_x(flow, column)
    return svg.text(
        x, 14, flow.columns[column], size=svg.SMALL, tone="ink-soft", bold=True, anchor="end" if last else ""
    )


def _label(place: Placed, columns: int) -> str:
    last = place.node.column == columns - 1 and columns > 1
    x = place.x - 7 if last else place.x + NODE + 7
    y = place.y + max(place.height - label_height(place), 0) / 2 + 13
    drawn = [
        svg.text(
            x, y + LINE * line, words, size=svg.SMALL, bold=line == len(place.words) - 1, anchor="end" if last else ""
        )
        for line, words in enumerate(place.words)
    ]
    return "".join(drawn)


def sankey_table(flow: Flow) -> Table:
    names = {node.key: str(node.label) for node in flow.nodes}
    rows = [
        [names[link.source], names[link.target], formats.figure(link.amount)] for link in flow.links if link.amount > 0
    ]
    return [pgettext("money", "From"), pgettext("money", "To"), str(flow.unit)], rows
