"""Pages of the statements: the list, each one as of a day, and the same figures as CSV, XLSX and PDF."""

from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from alliance.access import public
from alliance.core.forms import new_key
from alliance.core.translated import active_language
from alliance.pages.lists import DOWNLOADS, wanted
from alliance.people.models import User
from alliance.people.requests import Request
from reporting.paging import Page, number_of
from reporting.statements import jobs
from reporting.statements.catalogue import KINDS, StatementKind, statement
from reporting.statements.forms import AsOf
from reporting.statements.rows import rows
from reporting.statements.scope import ROWS, ends_of_years
from reporting.statements.shape import Table, TableRow, flat


@public
@require_safe
def statements(request: HttpRequest) -> HttpResponse:
    """Every statement, with the day that they are to be as of."""
    form = AsOf(request.GET or None)
    kinds = [kind for kind in KINDS.values() if _may_read(request, kind)]
    return render(
        request, "reporting/statement_list.html", {"form": form, "kinds": kinds, "day": form.day, "key": new_key()}
    )


@public
@require_safe
def statement_page(request: HttpRequest, code: str) -> HttpResponseBase:
    """One statement as of a day: as a page, or all of its rows as CSV or XLSX."""
    kind = KINDS.get(code)
    if kind is None or not _may_read(request, kind):
        raise Http404
    form = AsOf(request.GET or None)
    if download := wanted(request):
        columns, rows = flat(statement(code, form.day, whole=True, drawn=False))
        return DOWNLOADS[download](columns, rows, f"{code}-{form.day.isoformat()}")
    found = statement(code, form.day, page=number_of(request))
    pages = [_shown(table, request) for table in found.tables]
    context = {
        "form": form, "kind": kind, "statement": found, "tables": pages, "day": form.day, "key": new_key(),
        "ends": ends_of_years(found.begun, form.day, 5),
    }  # fmt: skip
    return render(request, "reporting/statement.html", context)


@require_POST
def statement_pdf(request: Request, code: str) -> HttpResponse:
    """Ask for the PDF of a statement, or of the consolidated report."""
    if code != jobs.CONSOLIDATED and (code not in KINDS or not _may_read(request, KINDS[code])):
        raise Http404
    form = AsOf(request.POST)
    language = active_language()
    return redirect(jobs.request_statement(by=request.user, code=code, as_of=form.day, language=language))


def _may_read(request: HttpRequest, kind: StatementKind) -> bool:
    return kind.is_public or (isinstance(request.user, User) and request.user.reads_all)


def _shown(table: Table, request: HttpRequest) -> dict[str, Any]:
    """Return a page of a long table; totals and headings stay on every page."""
    if table.page:
        return _written(table, table.lines, table.page)
    found = [line for line in table.lines if line.level in ("row", "part")]
    if len(found) <= ROWS:
        return _written(table, table.lines, None)
    number = number_of(request, last=-(-len(found) // ROWS))
    first, last = (number - 1) * ROWS, number * ROWS
    return _written(table, _within(table.lines, first, last), Page(number, [], last < len(found)))


def _written(table: Table, lines: Iterable[TableRow], page: Page | None) -> dict[str, Any]:
    written = list(table.written(lines))
    return {"table": table, "lines": written, "rows": rows(table, written), "page": page}


def _within(lines: tuple[TableRow, ...], first: int, last: int) -> list[TableRow]:
    """Return the rows from `first` to before `last` with the headings over them, and every total."""
    found: list[TableRow] = []
    heading: TableRow | None = None
    place = 0
    for line in lines:
        if line.level == "group":
            heading = line
        elif line.level in ("row", "part"):
            if first <= place < last:
                found += [heading, line] if heading else [line]
                heading = None
            place += 1
        else:
            found.append(line)
    return found
