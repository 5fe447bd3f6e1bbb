"""What a chart is told: frozen rows with labels already in the reader's language."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise

type Text = str | Promise
type Number = Decimal | int


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: a label, an amount, the tone of its meaning and, if it has one, the page of its rows."""

    label: Text
    value: Number
    tone: str = "accent"


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars on one scale: balances by window, sources and uses, countries by rank."""

    title: Text
    description: Text
    rows: tuple[Bar, ...]
    unit: Text = "USD"


@dataclass(frozen=True, slots=True)
class Group:
    """Several amounts of one thing, in the order of the chart's series."""

    label: Text
    values: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Grouped:
    """Groups of bars on one scale: pledged, agreed and received by donor. `series` are (label, tone)."""

    title: Text
    description: Text
    series: tuple[tuple[Text, str], ...]
    rows: tuple[Group, ...]
    unit: Text = "USD"


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a stack."""

    label: Text
    value: int
    tone: str


@dataclass(frozen=True, slots=True)
class Stack:
    """A row whose parts add up: the votes of one constituency."""

    label: Text
    parts: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Stacked:
    """Stacks of whole units, each unit a cell: votes by seat."""

    title: Text
    description: Text
    rows: tuple[Stack, ...]
    unit: Text = ""


@dataclass(frozen=True, slots=True)
class Target:
    """An indicator: from its baseline to its target, and the value reached (None when nothing was reported)."""

    label: Text
    baseline: Number
    target: Number
    actual: Number | None
    unit: Text = ""


@dataclass(frozen=True, slots=True)
class Targets:
    """Indicators against their targets, or what projects spent of the money that they were given."""

    title: Text
    description: Text
    rows: tuple[Target, ...]
    is_delivery: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """A place where money rests, in the column of its kind."""

    key: str
    label: Text
    column: int
    tone: str = "neutral"


@dataclass(frozen=True, slots=True)
class Link:
    """Money that went from one place to another."""

    source: str
    target: str
    amount: Number


@dataclass(frozen=True, slots=True)
class Flow:
    """Money from column to column: donors, windows, projects, spent. Column headings are `columns`."""

    title: Text
    description: Text
    columns: tuple[Text, ...]
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    unit: Text = "USD"


type Chart = Bars | Grouped | Stacked | Targets | Flow
