"""Imports: a file is uploaded, rehearsed, then imported in the background; the batches, and one with its lines."""

from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from alliance.access import find, reader_or_404, require
from alliance.core.translated import active_language
from alliance.pages.lists import DOWNLOADS, paged, wanted
from alliance.people.requests import Request
from alliance.records import files
from alliance.records.models import StoredFile
from funds import permissions
from funds.contributions.totals import totals_of_rows
from funds.forms.uploads import ContributionFileForm
from funds.imports.contribution_file import Unreadable, read_lines
from funds.imports.jobs import COLUMNS, became, cells, imports_under_way, request_import
from funds.imports.mapping import BadMapping, read_mapping
from funds.imports.reasons import said
from funds.models import ImportBatch, ImportOutcome
from funds.operations.imports import Outcome, import_contributions, kept_source, rows_of

SHIPPED = Path(__file__).parent.parent / "imports" / "mappings"
CSV, TOML = "text/csv", "application/toml"
MAPPINGS_SHOWN = 20


def for_finance(request: Request) -> None:
    reader_or_404(permissions.may_read_accounts(request.user))
    require(permissions.may_record_money(request.user), _("Finance officers import contributions."))


@require_http_methods(["GET", "POST"])
def import_new(request: Request) -> HttpResponse:
    """Take a file with its mapping; what cannot be read as a whole is refused here, with nothing kept."""
    for_finance(request)
    mappings = known_mappings()
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ContributionFileForm(*sent, mappings=[(key, name) for key, (name, _content) in mappings.items()])
    if request.method == "POST" and form.is_valid() and (kept := _kept(request, form, mappings)):
        return redirect("funds:import_check", *kept)
    return render(request, "funds/import_new.html", {"form": form})


def known_mappings() -> dict[str, tuple[str, bytes]]:
    """Return the mappings that come with the portal and those uploaded last, by a key: name and content."""
    found = {path.name: (path.name, path.read_bytes()) for path in sorted(SHIPPED.glob("*.toml"))}
    digests = {content for _name, content in found.values()}
    for row in StoredFile.objects.filter(media_type=TOML).order_by("-created_at", "-pk")[:MAPPINGS_SHOWN]:
        content = files.read(row)
        if content not in digests:
            digests.add(content)
            found[row.uid.hex] = (row.name, content)
    return found


def _kept(request: Request, form: ContributionFileForm, mappings: dict[str, tuple[str, bytes]]) -> list[UUID] | None:
    """Keep the file and its mapping; None, with the reason on the form, when they cannot be read as a whole."""
    upload: UploadedFile = form.cleaned_data["file"]
    own: UploadedFile | None = form.cleaned_data["mapping"]
    name, mapping = (own.name or "", own.read()) if own else mappings[form.cleaned_data["known"]]
    content = upload.read()
    try:
        _heading, lines = read_lines(content, read_mapping(mapping))
    except BadMapping as error:
        form.add_error("mapping" if own else "known", f"{name}: {error}.")
        return None
    except Unreadable as error:
        form.add_error("file", f"{upload.name}: {error}.")
        return None
    if len(lines) > (most := settings.ALLIANCE_RULES["import_lines"]):
        many = _("The file has %(lines)s lines; %(most)s are taken at once. Split it.")
        form.add_error("file", many % {"lines": len(lines), "most": most})
        return None
    sources = ((content, upload.name or "", CSV), (mapping, name, TOML))
    return [files.store([part], name=title, media_type=kind, by=request.user).uid for part, title, kind in sources]


@require_http_methods(["GET", "POST"])
def import_check(request: Request, file: UUID, mapping: UUID) -> HttpResponse:
    """Rehearse an import and show what it would do; confirmed, it is made in the background."""
    for_finance(request)
    source = find(StoredFile.objects.filter(media_type=CSV, created_by=request.user), uid=file)
    meaning = find(StoredFile.objects.filter(media_type=TOML), uid=mapping)
    if request.method == "POST":
        return redirect(request_import(by=request.user, file=source, mapping=meaning, language=active_language()))
    try:
        outcome = import_contributions(by=request.user, source=kept_source(source, meaning), dry_run=True)
    except (Unreadable, BadMapping):  # a pair that was not uploaded together
        raise Http404 from None
    context = {
        "file": source,
        "mapping": meaning,
        "outcome": outcome,
        "counts": [(label, outcome.count(value)) for value, label in ImportOutcome.choices],
        "imported": outcome.count(ImportOutcome.IMPORTED),
        "remarks": remarks(outcome),
    }
    return render(request, "funds/import_check.html", context)


def remarks(outcome: Outcome) -> list[tuple[object, list[object]]]:
    """Return the lines that are refused or to be looked at, with why, in the order of the file."""
    said_of = {**outcome.flags, **outcome.refusals}
    return [(row, list(said_of[row.line])) for row in outcome.rows if row.line in said_of]


@require_GET
def import_batches(request: Request) -> HttpResponse:
    reader_or_404(permissions.may_read_accounts(request.user))
    rows = ImportBatch.objects.visible_to(request.user).with_counts().for_list()
    page = paged(request, rows)
    context = {
        "page": page,
        "jobs": list(imports_under_way(request.user)),
        "may_import": permissions.may_record_money(request.user),
    }
    return render(request, "funds/import_batch_list.html", context)


@require_GET
def import_batch(request: Request, reference: str) -> HttpResponseBase:
    rows = ImportBatch.objects.visible_to(request.user).with_counts().select_related("made_by", "entry")
    batch = find(rows, reference=reference)
    lines = rows_of(batch)
    shown = _shown(request.GET.get("show", ""))
    if kind := wanted(request):
        return DOWNLOADS[kind](COLUMNS, (cells(line) for line in lines.filter(**shown)), batch.reference)
    page = paged(request, lines.filter(**shown))
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
