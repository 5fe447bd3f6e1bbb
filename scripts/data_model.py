"""The data model as a page and as pictures: a box for a model with its columns, an arrow for a foreign key in its app."""

import re
from collections.abc import Iterable
from html import escape
from typing import NamedTuple

from django.apps import apps
from django.conf import settings
from django.db import models

WIDTH, GAP_ACROSS, GAP_DOWN, LINE, HEAD, MARGIN = 280, 100, 16, 14, 24, 20  # pixels
TALLEST = 1500  # pixels of one column of boxes
FONT = 'font-family="Source Sans 3, Noto Sans, DejaVu Sans, sans-serif" font-size="11"'
ARROWHEAD = (
    '<defs><marker id="end" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path d="M0 0 8 4 0 8z" fill="#4a6076"/></marker></defs>'
)
ROUNDS = 8  # of putting each box level with those that it has to do with
OF_EVERYBODY = ("alliance.User", "alliance.RegisterEntry")  # nearly every row points at these: named, not drawn

type Model = type[models.Model]


class Box(NamedTuple):
    """A model as it is drawn: where it points inside its app, and its other columns as lines."""

    name: str
    lines: list[str]
    points_at: dict[str, list[int]]

    @property
    def height(self) -> int:
        return HEAD + LINE * len(self.lines) + 8


class Placed(NamedTuple):
    """A box with its upper left corner."""

    box: Box
    x: int
    y: int


def pages() -> dict[str, str]:
    """Return each file of the data model with what it holds."""
    found = {"docs/data-model.md": _listed()}
    for label, rows in by_app().items():
        found[f"docs/data-model/{label}.svg"] = drawn(label, [box_of(model) for model in rows])
    return found


def by_app() -> dict[str, list[Model]]:
    """Return our models by app, lowest app first."""
    ours = ("alliance", "funds", "proposals", "governance", "reporting")
    found = {label: list(apps.get_app_config(label).get_models()) for label in ours}
    return {label: rows for label, rows in found.items() if rows}


def _listed() -> str:
    lines = [
        "# The data model",
        "",
        "Made from the models by `python -m scripts.pages`: do not edit it. A box has a model's columns; an arrow is a foreign key",
        f"inside the app, and a foreign key to another app is a line with its name. Keys to `{'` and `'.join(OF_EVERYBODY)}` are lines too, as",
        "nearly every row has them. A text with a mark (…) has a column for each language.",
    ]
    for label, rows in by_app().items():
        lines += [
            "",
            f"## {label}",
            "",
            f"![The models of {label}](data-model/{label}.svg)",
            "",
            "| model | table | is |",
            "|---|---|---|",
        ]
        lines += [f"| `{model.__name__}` | `{model._meta.db_table}` | {_is(model)} |" for model in rows]
    return "\n".join(lines) + "\n"


def _is(model: Model) -> str:
    return " ".join((model.__doc__ or "").split("\n\n")[0].split()).replace("|", "\\|")


# Boxes


def box_of(model: Model) -> Box:
    lines: list[str] = []
    points_at: dict[str, list[int]] = {}
    for field in (*model._meta.concrete_fields, *model._meta.many_to_many):
        line, target = _line(field, model)
        if line and line not in lines:
            if target:
                points_at.setdefault(target, []).append(len(lines))
            lines.append(line)
    return Box(model.__name__, lines, points_at)


def _line(field: models.Field, model: Model) -> tuple[str, str]:
    """Return what a box says of a column, and the model of the same app that it points at."""
    if field.primary_key and not field.is_relation:
        return "", ""
    if not field.is_relation:
        languages = "|".join(code for code, _name in settings.LANGUAGES)
        return re.sub(rf"_(?:{languages})$", " (…)", field.name), ""
    target: Model = field.related_model  # type: ignore[assignment]
    name = f"{field.name} {'⇉' if field.many_to_many else '→'} {target.__name__}"
    if target._meta.app_label != model._meta.app_label:
        return f"{field.name} {'⇉' if field.many_to_many else '→'} {target._meta.label}", ""
    return name, "" if target._meta.label in OF_EVERYBODY or target is model else target.__name__


# The picture


def drawn(label: str, boxes: list[Box]) -> str:
    """Return the picture of an app's models: a model is left of those that point at it."""
    placed = {one.box.name: one for one in _placed(_columns(boxes))}
    width = max(one.x for one in placed.values()) + WIDTH + MARGIN
    height = max(one.y + one.box.height for one in placed.values()) + MARGIN
    arrows = [
        _arrow(one, placed[target], line)
        for one in placed.values()
        for target, rows in one.box.points_at.items()
        for line in rows
    ]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" {FONT}>',
        f"<title>The models of {label}</title>",
        ARROWHEAD,
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        *sorted(arrows),
        *(_box(one) for one in placed.values()),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _columns(boxes: list[Box]) -> list[list[Box]]:
    """Return the boxes in columns, by how many arrows lead on from them; the tall columns broken in two."""
    by_name = {box.name: box for box in boxes}
    depths: dict[str, int] = {}

    def depth(name: str, seen: frozenset[str] = frozenset()) -> int:
        if name not in depths:
            ahead = [target for target in by_name[name].points_at if target not in seen]
            depths[name] = 1 + max((depth(target, seen | {name}) for target in ahead), default=-1)
        return depths[name]

    ordered = _level(boxes, {box.name: depth(box.name) for box in boxes})
    return [part for column in ordered for part in _broken(column)]


def _level(boxes: list[Box], depths: dict[str, int]) -> list[list[Box]]:
    """Order each column so that boxes lie near those that they point at and that point at them."""
    columns = [[box for box in boxes if depths[box.name] == depth] for depth in range(max(depths.values()) + 1)]
    near: dict[str, set[str]] = {box.name: set(box.points_at) for box in boxes}
    for box in boxes:
        for target in box.points_at:
            near[target].add(box.name)
    for _round in range(ROUNDS):
        rank = {box.name: (number + 0.5) / len(column) for column in columns for number, box in enumerate(column)}
        for column in columns:
            column.sort(
                key=lambda box: sum((rank[name] for name in near[box.name]), rank[box.name]) / (1 + len(near[box.name]))
            )
    return columns


def _broken(column: list[Box]) -> Iterable[list[Box]]:
    total = sum(box.height + GAP_DOWN for box in column)
    most, used = total / -(-total // TALLEST), 0
    part: list[Box] = []
    for box in column:
        if part and used + box.height / 2 > most:
            yield part
            part, used = [], 0
        part.append(box)
        used += box.height + GAP_DOWN
    yield part


def _placed(columns: list[list[Box]]) -> Iterable[Placed]:
    tallest = max(sum(box.height + GAP_DOWN for box in column) for column in columns)
    for number, column in enumerate(columns):
        y = MARGIN + (tallest - sum(box.height + GAP_DOWN for box in column)) // 2
        for box in column:
            yield Placed(box, MARGIN + number * (WIDTH + GAP_ACROSS), y)
            y += box.height + GAP_DOWN


def _arrow(one: Placed, target: Placed, line: int) -> str:
    """Return an arrow from a line of a box to the head of another."""
    y, to_y = one.y + HEAD + LINE * line + LINE // 2 + 2, target.y + HEAD // 2
    if target.x < one.x:
        x, to_x = one.x, target.x + WIDTH
        bend, to_bend = x - GAP_ACROSS // 2, to_x + GAP_ACROSS // 2
    else:
        x, to_x = one.x + WIDTH, target.x + (WIDTH if target.x == one.x else 0)
        bend, to_bend = x + GAP_ACROSS // 2, to_x + (GAP_ACROSS // 2 if target.x == one.x else -GAP_ACROSS // 2)
    return f'<path d="M{x} {y}C{bend} {y} {to_bend} {to_y} {to_x} {to_y}" fill="none" stroke="#4a6076" stroke-opacity=".55" marker-end="url(#end)"/>'


def _box(one: Placed) -> str:
    box, x, y = one
    lines = "".join(
        f'<text x="{x + 8}" y="{y + HEAD + LINE * (number + 1)}" fill="{"#1d4f7c" if "→" in line or "⇉" in line else "#222"}">{escape(line)}</text>'
        for number, line in enumerate(box.lines)
    )
    return (
        f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{box.height}" rx="3" fill="#fff" stroke="#4a6076"/>'
        f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEAD}" rx="3" fill="#dfe8f0" stroke="#4a6076"/>'
        f'<text x="{x + 8}" y="{y + 16}" font-weight="600" font-size="13">{escape(box.name)}</text>{lines}'
    )
