"""Lists by their address: narrowed, sorted, paged, downloaded."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from alliance.core.errors import Text
from alliance.rendering.tables import csv_response, xlsx_response

PAGE_ROWS = 50
DOWNLOADS = {"csv": csv_response, "xlsx": xlsx_response}


class Column(NamedTuple):
    """A column of a download: its heading and how a row gives its value."""

    label: Text
    value: Callable[[Any], Any]


def paged(request: HttpRequest, rows: Any, size: int = PAGE_ROWS) -> Page:
    """Return the page of the rows that the address names, or the nearest there is."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def wanted(request: HttpRequest) -> str:
    """Return the kind of download that the address asks for; empty where it asks for the page."""
    kind = request.GET.get("format", "")
    return kind if kind in DOWNLOADS else ""


def listed(
    request: HttpRequest,
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
    if kind := wanted(request):
        lines = ([column.value(row) for column in columns] for row in rows)
        return DOWNLOADS[kind]([column.label for column in columns], lines, name)
    return render(request, template, {"page": paged(request, rows), "form": form, **context})


def in_order(rows: QuerySet[Any], asked: str, sorts: dict[str, str]) -> QuerySet[Any]:
    field = sorts.get(asked.removeprefix("-"))
    if field is None:
        return rows
    sign = "-" if asked.startswith("-") else ""
    return rows.order_by(f"{sign}{field}", f"{sign}pk")
