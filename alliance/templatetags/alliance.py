"""`{% load alliance %}`: values as the reader writes them, and the portal's components.

The components' templates are in `templates/components/`; what each takes is this module's signatures.
"""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import template
from django.forms import BaseForm
from django.template.context import Context
from django.template.loader import render_to_string
from django.urls import reverse, translate_url
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from alliance.core import clock, formats, tones
from alliance.core.translated import translation
from alliance.rendering import charts

register = template.Library()

type Text = Any  # str or a lazily translated one


def component(name: str, /, **values: Any) -> SafeString:
    return render_to_string(f"components/{name}.html", values)


def stripped(content: str) -> SafeString:
    """Return what the template engine rendered, without the space around it."""
    return mark_safe(content.strip())  # noqa: S308 - already escaped by the engine


# Values


@register.filter(name="money")
def money_filter(amount: Decimal | None) -> str:
    """Return an amount of the fund, with its currency."""
    return "" if amount is None else formats.money(amount)


@register.simple_tag
def money(amount: Decimal | None, currency: str = formats.FUND_CURRENCY) -> str:
    """Return an amount with its own currency's code and minor units."""
    return "" if amount is None else formats.money(amount, currency)


@register.filter
def figure(value: Decimal | int | None, places: int | None = None) -> str:
    return "" if value is None else formats.figure(value, places)


@register.filter
def plain_figure(value: Decimal | None) -> str:
    return "" if value is None else formats.plain_figure(value)


@register.filter
def short_money(amount: Decimal | None) -> str:
    return "" if amount is None else formats.short_money(amount)


@register.filter
def percent(ratio: Decimal | None, places: int = 0) -> str:
    return "" if ratio is None else formats.percent(ratio, places)


@register.filter
def percent_of_hundred(value: Decimal | int | None, places: int = 0) -> str:
    """Return 70 as "70%"."""
    return "" if value is None else formats.percent(Decimal(value) / 100, places)


@register.filter
def longdate(value: date | None) -> str:
    return formats.long_date(value) if value else ""


@register.filter
def shortdate(value: date | None) -> str:
    return formats.short_date(value) if value else ""


@register.filter(name="datetime")
def datetime_filter(value: datetime | None) -> str:
    return formats.date_time(value) if value else ""


@register.filter
def clocktime(value: datetime | None) -> str:
    return formats.clock_time(value) if value else ""


@register.filter
def when(value: date | datetime | None) -> str:
    """Return a moment with its hour, or a day without one."""
    if not value:
        return ""
    return formats.date_time(value) if isinstance(value, datetime) else formats.long_date(value)


@register.filter
def isodate(value: date | datetime) -> str:
    return formats.iso(value)


@register.filter
def country(code: str) -> str:
    return formats.country_name(code) if code else ""


@register.filter
def currency_name(code: str) -> str:
    return formats.currency_name(code) if code else ""


@register.filter
def language_name(code: str) -> str:
    return formats.language_name(code)


@register.filter
def filesize(size: int) -> str:
    return formats.file_size(size)


@register.filter
def dash(value: Any) -> Any:
    """Return the value, or a dash that a screen reader says as "none"."""
    if value not in (None, ""):
        return value
    return format_html('<span aria-hidden="true">—</span><span class="visually-hidden">{}</span>', gettext("none"))


@register.simple_tag
def tr(row: object, field: str) -> str:
    """Return a row's text in the active language; when missing, its English, marked for eyes and for voices."""
    found = translation(row, field)
    if found.language == (get_language() or "en")[:2] or not found.text:
        return found.text
    mark = gettext("in English")
    return format_html('<span lang="{}">{}</span> <span class="muted small">({})</span>', found.language, found.text, mark)


@register.simple_tag(takes_context=True)
def deadline(context: Context, at: datetime | date) -> SafeString:
    """Return a deadline with what is left of it; a script counts the last hours and adds the reader's own time."""
    left = formats.time_left(at, moment(context)) if isinstance(at, datetime) else ""
    return component("deadline", at=at, left=left, now=moment(context) if left else None)


def moment(context: Context) -> datetime:
    """Return the portal's time, read once for a page."""
    now = context.get("now", clock.now)
    return now() if callable(now) else now


@register.simple_tag
def saved(at: datetime) -> SafeString:
    return component("saved", at=at)


# The page: title, parents, acts


@register.simple_block_tag(takes_context=True)
def kept(context: Context, content: str, name: str) -> str:
    """Show a block and keep it, so that the page's title can be shown again as its heading."""
    context.render_context[f"kept:{name}"] = stripped(content)
    return stripped(content)


@register.simple_tag(takes_context=True)
def again(context: Context, name: str) -> str:
    return context.render_context.get(f"kept:{name}", "")


def address(target: str, *arguments: Any) -> str:
    """Return a path as it is, or the path of a named view."""
    return target if target.startswith(("/", "#", "?", "http")) else reverse(target, args=arguments)


@register.simple_tag
def crumb(label: Text, target: str, *arguments: Any) -> SafeString:
    return format_html('<li><a href="{}">{}</a></li>', address(target, *arguments), label)


@register.simple_tag
def button(label: Text, target: str, *arguments: Any, kind: str = "primary") -> SafeString:
    """Return a link that looks like a button. Kinds: primary, quiet, danger."""
    return format_html('<a class="button {}" href="{}">{}</a>', kind, address(target, *arguments), label)


@register.simple_tag(takes_context=True)
def post_button(
    context: Context, label: Text, target: str, *arguments: Any, kind: str = "primary", key: str = "", confirm: Text = ""
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
        {"code": code, "name": name, "url": translate_url(path, code), "active": code == active}
        for code, name in context["LANGUAGES"]
    ]


# States and meanings


@register.simple_tag
def badge(row: Any = None, text: Text = "", tone: str = "") -> SafeString:
    """Return a state as a word in its colour. The word is the meaning; the colour only helps."""
    if row is not None:
        text, tone = text or row.get_state_display(), tone or tones.of_state(row.state)
    return format_html('<span class="badge tone-{}">{}</span>', tone or "neutral", text)


def _tag(row: Any) -> SafeString:
    return format_html(
        '<span class="tag tone-{}"><span class="tag-code">{}</span> {}</span>', tones.of_code(row.code), row.code, tr(row, "name")
    )


@register.simple_tag
def tag_objective(objective: Any) -> SafeString:
    return _tag(objective)


@register.simple_tag
def tag_window(window: Any) -> SafeString:
    return _tag(window)


@register.filter
def tone(code: str) -> str:
    """Return the class of an objective's or window's colour."""
    return f"tone-{tones.of_code(code)}"


# Components with a body


@register.simple_block_tag
def figures(content: str, as_of: date | datetime | None = None) -> SafeString:
    return component("figures", content=stripped(content), as_of=as_of)


@register.simple_tag
def summary(label: Text, value: Text, url: str = "", note: Text = "", tone: str = "") -> SafeString:
    return component("summary", label=label, value=value, url=url, note=note, tone=tone)


@register.simple_block_tag
def table(content: str, caption: Text, caption_hidden: bool = False, stack: bool = False, note: Text = "") -> SafeString:
    return component(
        "table", content=stripped(content), caption=caption, hidden=caption_hidden, stack=stack, note=note, id=f"t{uuid4().hex[:8]}"
    )


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
def progress(label: Text, value: int | None = None, max: int = 100) -> SafeString:
    return component("progress", label=label, value=value, max=max, id=f"p{uuid4().hex[:8]}")


# Lists by URL


@register.simple_tag(takes_context=True)
def pagination(context: Context, page: Any) -> SafeString:
    """Return the links to the pages beside this one, with the filters kept."""
    before = changed_query(context, page=page.previous_page_number()) if page.has_previous() else ""
    after = changed_query(context, page=page.next_page_number()) if page.has_next() else ""
    return component("pagination", page=page, before=before, after=after)


@register.simple_block_tag
def filters(content: str, form: BaseForm, count: int | None = None) -> SafeString:
    return component("filters", content=stripped(content), form=form, count=count)


def changed_query(context: Context, **changes: str | int) -> str:
    query = context["request"].GET.copy()
    query.pop("page", None)
    for name, value in changes.items():
        query[name] = str(value)
    return "?" + query.urlencode()


@register.simple_tag(takes_context=True)
def export(context: Context, kind: str) -> SafeString:
    """Return the link that downloads what the list shows."""
    return format_html('<a href="{}" class="export" download>{}</a>', changed_query(context, format=kind), kind.upper())


@register.simple_tag(takes_context=True)
def sort(context: Context, name: str, label: Text) -> SafeString:
    """Return a column's heading as the link that sorts by it, and then the other way round."""
    descends = context["request"].GET.get("sort") == name
    return format_html('<a class="sort" href="{}">{}</a>', changed_query(context, sort=f"-{name}" if descends else name), label)


@register.simple_tag(takes_context=True)
def sorted_by(context: Context, name: str) -> SafeString:
    order = {name: "ascending", f"-{name}": "descending"}.get(context["request"].GET.get("sort", ""))
    return format_html('aria-sort="{}"', order) if order else SafeString()


# Forms


def names(fields: str) -> list[str]:
    return fields.split()


def form_values(context: Context, form: BaseForm, **values: Any) -> dict[str, Any]:
    typed_was_kept = getattr(context.get("request"), "typed_was_kept", False)
    multipart = values.pop("multipart", None)
    return {
        "form": form,
        "csrf_token": context.get("csrf_token"),
        "multipart": form.is_multipart() if multipart is None else multipart,
        "typed_was_kept": typed_was_kept,
        **values,
    }


@register.simple_tag(takes_context=True)
def form(
    context: Context,
    form: BaseForm,
    submit: Text = _("Save"),
    fields: str = "",
    cancel: str = "",
    autosave: str = "",
    action: str = "",
    multipart: bool | None = None,
    guard: bool = True,
) -> SafeString:
    """Return a whole form: errors that link to fields, rows with hint and error, hidden key, buttons."""
    values = {"submit": submit, "cancel": cancel, "autosave": autosave, "action": action, "multipart": multipart, "guard": guard}
    return render_to_string("components/form.html", form_values(context, form, content=rows(form, fields), **values))


@register.simple_block_tag(takes_context=True)
def formframe(
    context: Context,
    content: str,
    form: BaseForm,
    submit: Text = _("Save"),
    cancel: str = "",
    autosave: str = "",
    action: str = "",
    multipart: bool | None = None,
    guard: bool = True,
) -> SafeString:
    """Return the same form around rows that the page lays out itself."""
    values = {"submit": submit, "cancel": cancel, "autosave": autosave, "action": action, "multipart": multipart, "guard": guard}
    return render_to_string("components/form.html", form_values(context, form, content=content, **values))


@register.simple_tag
def rows(form: BaseForm, fields: str = "") -> SafeString:
    """Return the rows of the named fields, or of every visible one."""
    chosen = [form[name] for name in names(fields)] if fields else form.visible_fields()
    return format_html_join("", "{}", ((field.as_field_group(),) for field in chosen))


@register.simple_tag
def error_summary(form: BaseForm) -> SafeString:
    return component("error_summary", form=form)


@register.simple_tag
def formset(formset: Any, legend: Text) -> SafeString:
    return component("formset", formset=formset, legend=legend)


@register.simple_tag(takes_context=True)
def ballot(context: Context, form: BaseForm, submit: Text = _("Cast the vote"), note: Text = "") -> SafeString:
    return render_to_string("components/ballot.html", form_values(context, form, submit=submit, note=note))
