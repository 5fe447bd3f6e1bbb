"""Importing contributions in the background: asked for once for an upload, made once, its outcomes as a document."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from alliance.core.errors import Refused, Text
from alliance.jobs.kinds import Made, Progress, declare_job
from alliance.jobs.models import Job, JobQuerySet
from alliance.jobs.operations import request_job
from alliance.jobs.paper import STORING
from alliance.jobs.progress import telling_beside
from alliance.people.models import User
from alliance.records.models import StoredFile
from alliance.register.canonical import GENESIS
from alliance.register.knowledge import known_at
from alliance.rendering.tables import Row, csv_lines
from funds.imports.contribution_file import Unreadable
from funds.imports.mapping import BadMapping
from funds.imports.reasons import said
from funds.models import ImportBatch, ImportOutcome, ImportRow
from funds.operations.imports import import_kept, told

KIND = "contributions"
READING = gettext_noop("Reading the file")
TAKING = gettext_noop("Taking the lines one after the other")
COLUMNS = (
    gettext_lazy("Line"), gettext_lazy("Key"), gettext_lazy("Donor"), gettext_lazy("Outcome"), gettext_lazy("Became"),
    gettext_lazy("To look at"), gettext_lazy("Why refused"),
)  # fmt: skip


def request_import(*, by: User, file: StoredFile, mapping: StoredFile, language: str) -> Job:
    """Ask for the import of an upload. The same upload is the same job, whatever else happens in the portal."""
    parameters = {"file": file.uid, "mapping": mapping.uid}
    return request_job(by=by, kind=KIND, parameters=parameters, language=language, rests_on=(0, GENESIS))


def imports_under_way(user: User) -> JobQuerySet:
    return Job.objects.visible_to(user).open().filter(kind=KIND).for_page().order_by("-requested_at", "-pk")


def make(job: Job, progress: Progress) -> Made:
    """Import, once, and hand over what became of each line as CSV."""
    asked = job.parameters
    file, mapping = (StoredFile.objects.get(uid=asked[name]) for name in ("file", "mapping"))
    progress(5, READING)
    try:
        batch, rows = _imported(job, file, mapping, progress)
    except (Unreadable, BadMapping) as error:
        raise Refused(f"{file.name}: {error}") from None
    progress(95, STORING)
    content = "".join(csv_lines(COLUMNS, map(cells, rows))).encode()
    counts = {outcome: sum(row.outcome == outcome for row in rows) for outcome in ImportOutcome.values}
    facts: dict[str, Any] = {"batch": batch.reference if batch else "", "lines": len(rows), **counts}
    name = f"{batch.reference if batch else 'contributions'}-{job.language}.csv"
    return Made(content, name, "text/csv", facts, known_at())


def _imported(
    job: Job, file: StoredFile, mapping: StoredFile, progress: Progress
) -> tuple[ImportBatch | None, list[ImportRow]]:
    """Import under the job's own key: whoever makes it again after a kill finds the batch that was written."""
    with telling_beside(progress) as tell:
        shown = 0

        def counted(done: int, of: int) -> None:
            nonlocal shown
            if (percent := 5 + 88 * done // of) > shown:
                shown = percent
                tell(percent, TAKING)

        token = told.set(counted)
        try:
            return import_kept(by=job.requested_by, file=file, mapping=mapping, key=f"import:{job.uid.hex}")
        finally:
            told.reset(token)


def became(line: ImportRow) -> list[Any]:
    """Return the rows that a line stands for, in the order of a contribution."""
    return [row for row in (line.prospect, line.pledge, line.agreement, line.deposit) if row]


def cells(line: ImportRow) -> Row:
    """Return a line of the outcomes, as files hold it."""
    rows = became(line)
    return [
        line.line,
        line.key,
        rows[0].donor.name if rows else "",
        str(line.get_outcome_display()),
        _joined(rows),
        _joined(said(line.flag)),
        _joined(said(line.why)),
    ]


def _joined(items: Iterable[Any]) -> str:
    return " ".join(str(item) for item in items)


def page(job: Job) -> str:
    return reverse("funds:import_batches")


def result(job: Job) -> tuple[Text, str] | None:
    """Return the page of the batch; an import in which nothing was new has none."""
    batch = job.facts.get("batch")
    return (
        (_("Open the import %(reference)s") % {"reference": batch}, reverse("funds:import_batch", args=[batch]))
        if batch
        else None
    )


declare_job(KIND, label=gettext_lazy("Import of contributions"), make=make, page=page, result=result)
