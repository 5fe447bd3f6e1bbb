"""Imports: the batches, and one with its lines and the figures that its rows have now."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from alliance.access import find
from alliance.rendering.tables import Row, csv_response, xlsx_response
from funds import permissions
from funds.contributions import totals_of_rows
from funds.models import ImportBatch, ImportOutcome, ImportRow
from funds.reasons import said
from funds.views.pages import PAGE_ROWS, Request, reader_or_404

COLUMNS = (_("Line"), _("Key"), _("Outcome"), _("Became"), _("To look at"), _("Why refused"))


@require_GET
def import_batches(request: Request) -> HttpResponse:
    reader_or_404(permissions.can_read_accounts(request.user))
    rows = ImportBatch.objects.visible_to(request.user).with_counts().for_list()
    page = Paginator(rows, PAGE_ROWS).get_page(request.GET.get("page"))
    return render(request, "funds/import_batch_list.html", {"page": page})


@require_GET
def import_batch(request: Request, reference: str) -> HttpResponseBase:
    rows = ImportBatch.objects.visible_to(request.user).with_counts().select_related("made_by", "entry")
    batch = find(rows, reference=reference)
    lines = batch.rows.select_related("pledge", "prospect", "agreement", "deposit").order_by("line")
    shown = _shown(request.GET.get("show", ""))
    match request.GET.get("format"):
        case "csv" | "xlsx" as kind:
            respond = csv_response if kind == "csv" else xlsx_response
            return respond(COLUMNS, (_cells(line) for line in lines.filter(**shown)), batch.reference)
    page = Paginator(lines.filter(**shown), PAGE_ROWS).get_page(request.GET.get("page"))
    context = {
        "batch": batch,
        "page": page,
        "lines": [(line, became(line), said(line.flag), said(line.why)) for line in page],
        "totals": totals_of_rows(batch.rows.all()),
        "show": request.GET.get("show", ""),
        "outcomes": ImportOutcome.choices,
    }
    return render(request, "funds/import_batch_detail.html", context)


def _shown(asked: str) -> dict[str, object]:
    if asked == "flagged":
        return {"flag__gt": ""}
    return {"outcome": asked} if asked in ImportOutcome.values else {}


def became(line: ImportRow) -> list[object]:
    """Return the rows that a line stands for, in the order of a contribution."""
    return [row for row in (line.prospect, line.pledge, line.agreement, line.deposit) if row]


def _cells(line: ImportRow) -> Row:
    text = " ".join
    return [
        line.line,
        line.key,
        str(line.get_outcome_display()),
        text(str(row) for row in became(line)),
        text(str(item) for item in said(line.flag)),
        text(str(item) for item in said(line.why)),
    ]
