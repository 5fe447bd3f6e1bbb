"""Tables, each declared once: `table`, or `sheet` in a document, around `columns` and then `row`s of `cell`s.

    {% table caption=_("Windows") stack=True %}
      {% columns %}
        {% column _("Window") %}
        {% column _("Received") num=True %}
      {% endcolumns %}
      <tbody>
        {% for line in windows %}
          {% row %}
            {% heading %}{{ line.window }}{% endheading %}
            {% cell %}{{ line.received|figure }}{% endcell %}
          {% endrow %}
        {% endfor %}
      </tbody>
    {% endtable %}

A cell knows its column by its place in the row: from it come the alignment of figures and, where rows are stacked on a
narrow screen, the label. Every other option of a tag becomes an attribute: `class`, `colspan`, `id`, `lang`.
"""

from collections.abc import Callable
from itertools import filterfalse
from typing import Any

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, TextNode, Token, token_kwargs
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from alliance.core.tables import Column, tag
from alliance.templatetags.lists_and_forms import sort_link, sort_order
from alliance.templatetags.rendered import Text, component, stripped

register = template.Library()

type Options = dict[str, FilterExpression]
HERE = "the table that is being written"


class Table:
    """A table while it is written: its columns so far, and the place of the next cell in its row."""

    def __init__(self, is_labelled: bool) -> None:
        self.is_labelled = is_labelled
        self.columns: list[Column] = []
        self.plain: list[SafeString] = []  # how a cell begins that has no attributes of its own
        self.place = 0

    def add(self, column: Column) -> None:
        self.columns.append(column)
        self.plain.append(column.cell())

    def step(self, options: dict[str, Any]) -> int:
        """Return the place of the next cell, and go on by the columns that it spans."""
        place = self.place
        self.place += int(options.get("colspan") or 1)
        if self.place > len(self.columns):
            raise template.TemplateSyntaxError(f"a row has more cells than its table has columns: {self.columns}")
        return place


class Block(Node):
    """A tag with an end: what is between them, and the options of the first."""

    holds_cells = False  # then space between them is nothing, and is not written

    def __init__(self, nodelist: NodeList, options: Options) -> None:
        self.nodelist = NodeList(filterfalse(is_space, nodelist)) if self.holds_cells else nodelist
        self.options = options

    def given(self, context: Context) -> dict[str, Any]:
        return {name: value.resolve(context) for name, value in self.options.items()}

    def content(self, context: Context) -> SafeString:
        return stripped(self.nodelist.render(context))


def is_space(node: Node) -> bool:
    return isinstance(node, TextNode) and node.s.isspace()


class Whole(Block):
    """A whole table; what it includes may hold its rows."""

    def inside(self, context: Context, is_labelled: bool) -> SafeString:
        with context.push(**{HERE: Table(is_labelled)}):
            return self.content(context)


class PageTable(Whole):
    def render(self, context: Context) -> SafeString:
        return self.framed(context, **self.given(context))

    def framed(
        self, context: Context, caption: Text, caption_hidden: bool = False, stack: bool = False, note: Text = ""
    ) -> SafeString:
        values = {"caption": caption, "hidden": caption_hidden, "stack": stack, "note": note}
        return component("table", content=self.inside(context, stack), **values)


class Sheet(Whole):
    """A table without a frame, for documents: a caption if it has one, with the unit of its figures."""

    def render(self, context: Context) -> SafeString:
        return self.written(context, **self.given(context))

    def written(
        self, context: Context, caption: Text = "", unit: Text = "", labelled: bool = False, **attributes: Any
    ) -> SafeString:
        said = format_html(' <span class="unit">({})</span>', unit) if unit else ""
        above = format_html("<caption>{}{}</caption>", caption, said) if caption else ""
        begin = tag("table", attributes)
        return mark_safe(f"{begin}{above}{self.inside(context, labelled)}</table>")  # noqa: S308 - all is escaped


class Columns(Block):
    holds_cells = True

    def render(self, context: Context) -> SafeString:
        return mark_safe(f"<thead><tr>{self.content(context)}</tr></thead>")  # noqa: S308 - the engine escaped it


class Row(Block):
    """A row. An option that is true or false names a class that the row has or has not: `total`, `part`."""

    holds_cells = True

    def render(self, context: Context) -> SafeString:
        context[HERE].place = 0
        begin = tag("tr", self.classed(self.given(context))) if self.options else "<tr>"
        return mark_safe(f"{begin}{self.nodelist.render(context)}</tr>")  # noqa: S308 - the engine escaped it

    @staticmethod
    def classed(given: dict[str, Any]) -> dict[str, Any]:
        switches = {name: value for name, value in given.items() if isinstance(value, bool)}
        classes = [str(given.get("class", "")), *(name for name, is_on in switches.items() if is_on)]
        rest = {name: value for name, value in given.items() if name not in switches}
        return {"class": " ".join(filter(None, classes))} | {k: v for k, v in rest.items() if k != "class"}


class Cell(Block):
    def render(self, context: Context) -> SafeString:
        table, options = context[HERE], self.given(context)
        place = table.step(options)
        begin = table.columns[place].cell(**options) if options else table.plain[place]
        return mark_safe(f"{begin}{self.content(context)}</td>")  # noqa: S308 - the engine escaped it


class Heading(Block):
    """The cell that says what its row is about. A number says so only with its label: `labelled=True`."""

    def render(self, context: Context) -> SafeString:
        table, options = context[HERE], self.given(context)
        column = table.columns[table.step(options)]
        is_labelled = bool(options.pop("labelled", False)) and table.is_labelled
        begin = Column(column.label, is_labelled=is_labelled).row_heading(**options)
        return mark_safe(f"{begin}{self.content(context)}</th>")  # noqa: S308 - the engine escaped it


def compiler(name: str, block: type[Block]) -> Callable[[Parser, Token], Block]:
    def compiled(parser: Parser, token: Token) -> Block:
        bits = token.split_contents()[1:]
        options = token_kwargs(bits, parser)
        if bits:
            raise template.TemplateSyntaxError(f"{name} takes options, written as name=value: not {bits[0]}")
        nodelist = parser.parse((f"end{name}",))
        parser.delete_first_token()
        return block(nodelist, options)

    return compiled


BLOCKS: dict[str, type[Block]] = {
    "table": PageTable, "sheet": Sheet, "columns": Columns, "row": Row, "heading": Heading, "cell": Cell,
}  # fmt: skip
for _name, _block in BLOCKS.items():
    register.tag(_name, compiler(_name, _block))


@register.simple_tag(takes_context=True)
def column(
    context: Context, label: Text, num: bool = False, sort: str = "", hidden: bool = False, **attributes: Any
) -> SafeString:
    """Return a column's heading, and keep the column for the cells below it.

    `num`: it holds figures. `sort`: the heading is the link that sorts by this. `hidden`: only voices say the heading,
    and no cell carries it.
    """
    table = context[HERE]
    made = Column(str(label), is_figure=num, is_labelled=table.is_labelled and not hidden)
    table.add(made)
    if hidden:
        return made.heading(format_html('<span class="visually-hidden">{}</span>', label), **attributes)
    if sort:
        order = {"aria-sort": sort_order(context, sort)}
        return made.heading(sort_link(context, sort, label), **attributes, **order)
    return made.heading(**attributes)
