"""What the fund's pages share: lists by address, a form for one act, a button for one act."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.forms import Form
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from alliance.core.errors import NotAllowed, Refused
from alliance.core.forms import KeyedForm, attempt
from alliance.people.requests import Request
from alliance.rendering.tables import csv_response, xlsx_response
from funds.forms.contributions import ActForm

PAGE_ROWS = 50


def uploaded(request: Request) -> Any:
    """Return the files that came with a form that was sent."""
    return request.FILES if request.method == "POST" else None


class Column(NamedTuple):
    """A column of a download: its heading and how a row gives its value."""

    label: Any
    value: Callable[[Any], Any]


def reader_or_404(allowed: bool) -> None:
    """Raise 404 for whom this kind of page does not exist."""
    if not allowed:
        raise Http404


def listed(
    request: Request,
    template: str,
    rows: QuerySet[Any],
    *,
    form: Form,
    name: str,
    columns: Sequence[Column],
    sorts: dict[str, str],
    **context: Any,
) -> HttpResponseBase:
    """Answer with a list that is filtered, sorted, paged and downloaded by its address."""
    rows = in_order(rows, request.GET.get("sort", ""), sorts)
    match request.GET.get("format"):
        case "csv" | "xlsx" as kind:
            respond = csv_response if kind == "csv" else xlsx_response
            lines = ([column.value(row) for column in columns] for row in rows)
            return respond([column.label for column in columns], lines, name)
    page = Paginator(rows, PAGE_ROWS).get_page(request.GET.get("page"))
    return render(request, template, {"page": page, "form": form, **context})


def in_order(rows: QuerySet[Any], asked: str, sorts: dict[str, str]) -> QuerySet[Any]:
    field = sorts.get(asked.removeprefix("-"))
    if field is None:
        return rows
    sign = "-" if asked.startswith("-") else ""
    return rows.order_by(f"{sign}{field}", f"{sign}pk")


def narrowed(rows: QuerySet[Any], form: Form, *, day: str, unearmarked_unnamed: bool = True) -> QuerySet[Any]:
    """Apply a list's filter; what cannot be read filters nothing and says so beside the field.

    Where a row for the general pool names no window, `unearmarked_unnamed` says so.
    """
    if not form.is_valid():
        return rows
    asked = form.cleaned_data
    lookups = {
        "state": asked.get("state"),
        "window": asked.get("window"),
        f"{day}__gte": asked.get("since"),
        f"{day}__lte": asked.get("until"),
    }
    window = asked.get("window")
    if window is not None and window.unearmarked and unearmarked_unnamed and rows.model._meta.get_field("window").null:
        lookups["window"] = None
        rows = rows.filter(window=None)
    return rows.filter(**{lookup: value for lookup, value in lookups.items() if value})


def button_act(
    request: Request, operation: Callable[..., Any], *, said: Any, after: str, refused: str = "", **arguments: Any
) -> HttpResponse:
    """Do the one act that a button asked for, and go back to the page it stands on."""
    form = ActForm(request.POST)
    try:
        operation(by=request.user, key=form.data.get("key") or None, **arguments)
    except NotAllowed:
        raise
    except Refused as refusal:
        messages.error(request, str(refusal.message))
        return redirect(refused or after)
    messages.success(request, said)
    return redirect(after)


def form_act(
    request: Request,
    form: KeyedForm,
    operation: Callable[..., Any],
    *,
    title: Any,
    submit: Any,
    said: Any,
    back: str,
    lead: Any = "",
    crumbs: Sequence[tuple[Any, str]] = (),
    **arguments: Any,
) -> HttpResponse:
    """Show a form for one act, or do the act with what it holds and go on to the result's page.

    Without words for its button there is nothing to do now: the page says why in its `lead`.
    """
    if request.method == "POST" and form.is_valid():
        filled = dict(form.cleaned_data)
        result = attempt(form, operation, by=request.user, **filled, **arguments)
        if result is not None:
            messages.success(request, said)
            return redirect(back)
    context = {"form": form, "title": title, "submit": submit, "back": back, "lead": lead, "crumbs": crumbs}
    return render(request, "funds/act_form.html", context)
