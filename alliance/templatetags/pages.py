"""The page's frame, and the components that it is made of."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import template
from django.template.context import Context
from django.urls import get_script_prefix, translate_url
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from alliance.rendering import charts
from alliance.templatetags.formatting import dash
from alliance.templatetags.rendered import Text, address, component, stripped

register = template.Library()

REFERENCE = re.compile(r"\b[A-Z]{3}-\d{4}-\d+\b")


@register.simple_block_tag(takes_context=True)
def kept(context: Context, content: str, name: str) -> str:
    """Show a block and keep it, so that the page's title can be shown again as its heading."""
    context.render_context[f"kept:{name}"] = stripped(content)
    return stripped(content)


@register.simple_tag(takes_context=True)
def again(context: Context, name: str) -> SafeString:
    """Show what was kept once more; no line ends within a reference."""
    kept = context.render_context.get(f"kept:{name}") or ""
    return mark_safe(REFERENCE.sub(r'<span class="nowrap">\g<0></span>', kept))  # noqa: S308 - it was rendered, so escaped


class Unchanging(template.Node):
    """A part of a page that depends on the release and the language alone: written once for each language."""

    def __init__(self, nodes: template.NodeList) -> None:
        self.nodes = nodes
        self.written: dict[tuple[str, str | None], SafeString] = {}

    def render(self, context: Context) -> SafeString:
        key = get_script_prefix(), get_language()
        if key not in self.written:
            alone = Context()  # nothing of a page's can get in
            alone.template = context.template
            self.written[key] = self.nodes.render(alone)
        return self.written[key]


@register.tag
def unchanging(parser: template.base.Parser, token: template.base.Token) -> Unchanging:
    nodes = parser.parse(("endunchanging",))
    parser.delete_first_token()
    return Unchanging(nodes)


@register.simple_tag(takes_context=True)
def nav_links(context: Context, links: Iterable[Any]) -> SafeString:
    """Return the links of a navigation; the section that the page is in is marked, the page itself as such."""
    path = context["request"].path
    items = ((link.url, _here(link.here, path == link.url), link.label) for link in links)
    return format_html('<ul class="nav-links">{}</ul>', format_html_join("", '<li><a href="{}"{}>{}</a></li>', items))


def _here(within: bool, exactly: bool) -> SafeString:
    return format_html(' aria-current="{}"', "page" if exactly else "true") if within else SafeString()


@register.simple_tag
def crumb(label: Text, target: str, *arguments: Any) -> SafeString:
    return format_html('<li><a href="{}">{}</a></li>', address(target, *arguments), label)


@register.simple_tag
def button(label: Text, target: str, *arguments: Any, kind: str = "primary") -> SafeString:
    """Return a link that looks like a button. Kinds: primary, quiet, danger."""
    return format_html('<a class="button {}" href="{}">{}</a>', kind, address(target, *arguments), label)


@register.simple_tag(takes_context=True)
def post_button(
    context: Context,
    label: Text,
    target: str,
    *arguments: Any,
    kind: str = "primary",
    key: str = "",
    confirm: Text = "",
) -> SafeString:
    """Return one act as one button with its own form."""
    values = {"label": label, "url": address(target, *arguments), "kind": kind, "key": key, "confirm": confirm}
    return component("post_button", csrf_token=context.get("csrf_token"), **values)


@register.simple_tag(takes_context=True)
def language_links(context: Context) -> list[dict[str, Any]]:
    """Return this page's address in each language of the portal."""
    request = context["request"]
    path, active = request.get_full_path(), get_language()
    return [
        {"code": code, "name": name, "url": _in_language(request, path, code), "active": code == active}
        for code, name in context["LANGUAGES"]
    ]


def _in_language(request: Any, path: str, code: str) -> str:
    """Return the address in another language: the same but for its first folder. One that leads nowhere stays as it is."""
    here = f"{get_script_prefix()}{get_language()}/"
    if getattr(request, "resolver_match", None) and path.startswith(here):
        return f"{get_script_prefix()}{code}/{path.removeprefix(here)}"
    return translate_url(path, code)


# Components with a body


@register.simple_block_tag
def figures(content: str, as_of: date | datetime | None = None) -> SafeString:
    return component("figures", content=stripped(content), as_of=as_of)


@register.simple_tag
def summary(label: Text, value: Text, url: str = "", note: Text = "", tone: str = "") -> SafeString:
    return component("summary", label=label, value=value, url=url, note=note, tone=tone)


@register.simple_block_tag
def facts(content: str) -> SafeString:
    return format_html('<dl class="facts">{}</dl>', stripped(content))


@register.simple_tag
def fact(label: Text, value: Any) -> SafeString:
    return format_html('<div class="fact"><dt>{}</dt><dd>{}</dd></div>', label, dash(value))


@register.simple_block_tag
def documents(content: str) -> SafeString:
    return format_html('<ul class="documents">{}</ul>', stripped(content))


@register.simple_tag
def document(
    name: Text, url: str, size: int | None = None, kind: str = "", note: Text = "", lang: str = "", digest: str = ""
) -> SafeString:
    values = {"name": name, "url": url, "size": size, "kind": kind, "note": note, "lang": lang, "digest": digest}
    return component("document", **values)


@register.simple_block_tag
def empty(content: str, title: Text, url: str = "", action: Text = "") -> SafeString:
    return component("empty", content=stripped(content), title=title, url=url, action=action)


@register.simple_block_tag
def notice(content: str, tone: str = "info", title: Text = "") -> SafeString:
    return component("notice", content=stripped(content), tone=tone, title=title)


@register.simple_block_tag
def receipt(content: str, number: str, title: Text, at: datetime | None = None) -> SafeString:
    return component("receipt", content=stripped(content), number=number, title=title, at=at)


@register.simple_block_tag
def chart(content: str, svg: SafeString, caption: Text = "", wide: bool = False) -> SafeString:
    """Return a figure around an SVG that was drawn already, with what the page writes as its table."""
    return component("chart", content=stripped(content), svg=svg, caption=caption, wide=wide)


@register.simple_tag
def picture(chart: charts.Chart, caption: Text = "") -> SafeString:
    """Draw a chart, with the table of its figures behind it."""
    headings, lines = charts.table(chart)
    table = component("chart_table", title=chart.title, headings=headings, rows=lines)
    wide = isinstance(chart, charts.Flow)
    return component("chart", content=table, svg=charts.draw(chart), caption=caption or chart.title, wide=wide)


# Components from rows


@register.simple_tag
def steps(items: Iterable[Any]) -> SafeString:
    return component("steps", items=items)


@register.simple_tag
def tasks(items: Iterable[Any]) -> SafeString:
    return component("tasks", items=list(items))


@register.simple_tag
def timeline(events: Iterable[Any]) -> SafeString:
    return component("timeline", events=events)


@register.simple_tag
def money_line(items: Iterable[Any]) -> SafeString:
    return component("money_line", items=items)


@register.simple_tag
def progress(label: Text, value: int | None = None, max: int = 100) -> SafeString:  # noqa: A002 - as in HTML
    return component("progress", label=label, value=value, max=max)
