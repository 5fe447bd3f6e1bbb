"""Lists by URL, and forms with their rows, errors and keys."""

from typing import Any

from django import template
from django.forms import BaseForm
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from alliance.templatetags.rendered import Text, component, stripped

register = template.Library()


@register.filter
def without_stop(label: str) -> str:
    """Return a label that is a sentence without its stop, so that a colon can follow."""
    return str(label).removesuffix(".")


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


def sort_link(context: Context, name: str, label: Text) -> SafeString:
    """Return a column's heading as the link that sorts by it, and then the other way round."""
    descends = sort_order(context, name) == "ascending"
    return format_html(
        '<a class="sort" href="{}">{}</a>', changed_query(context, sort=f"-{name}" if descends else name), label
    )


def sort_order(context: Context, name: str) -> str:
    """Return how the list is sorted by this column, in the words of `aria-sort`, if it is."""
    return {name: "ascending", f"-{name}": "descending"}.get(context["request"].GET.get("sort", ""), "")


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


FORM = {"submit": "", "cancel": "", "autosave": "", "action": "", "multipart": None, "guard": True}


def framed(context: Context, form: BaseForm, content: SafeString, options: dict[str, Any]) -> SafeString:
    """Return a form around its rows. Options: submit, cancel, autosave, action, multipart, guard."""
    if unknown := options.keys() - FORM.keys():
        raise template.TemplateSyntaxError(f"a form has no option {', '.join(sorted(unknown))}")
    values = {**FORM, **options}
    values["submit"] = values["submit"] or gettext("Save")
    return render_to_string("components/form.html", form_values(context, form, content=content, **values))


@register.simple_tag(takes_context=True)
def form(context: Context, form: BaseForm, fields: str = "", **options: Any) -> SafeString:
    """Return a whole form: errors that link to fields, rows with hint and error, hidden key, buttons."""
    return framed(context, form, rows(form, fields), options)


@register.simple_block_tag(takes_context=True)
def formframe(context: Context, content: str, form: BaseForm, **options: Any) -> SafeString:
    """Return the same form around rows that the page lays out itself."""
    return framed(context, form, stripped(content), options)


@register.simple_tag
def rows(form: BaseForm, fields: str = "") -> SafeString:
    """Return the rows of the named fields, or of every visible one."""
    chosen = [form[name] for name in fields.split()] if fields else form.visible_fields()
    return format_html_join("", "{}", ((field.as_field_group(),) for field in chosen))


@register.simple_tag
def error_summary(form: BaseForm) -> SafeString:
    return component("error_summary", form=form)


@register.simple_tag
def formset(formset: Any, legend: Text) -> SafeString:
    return component("formset", formset=formset, legend=legend)


@register.simple_tag(takes_context=True)
def ballot(context: Context, form: BaseForm, submit: Text = "", note: Text = "") -> SafeString:
    values = form_values(context, form, submit=submit or gettext("Cast the vote"), note=note)
    return render_to_string("components/ballot.html", values)
