"""Contributions from files: each line through the same doors as one entered by hand, each batch with its page."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple, cast

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from alliance.access import require
from alliance.core import clock
from alliance.core.errors import DomainError
from alliance.core.references import next_reference
from alliance.core.turns import wait_in_turn
from alliance.people.models import User
from alliance.records import files
from alliance.records.models import StoredFile
from alliance.register import operation, record
from alliance.register.canonical import canonical, digest_of
from alliance.register.snapshots import plain
from funds import permissions
from funds.contributions.totals import Totals, totals_of_rows
from funds.imports.contribution_file import Contribution, FileLine, RowRefused, flags, read_contribution, read_lines
from funds.imports.mapping import Mapping, read_mapping
from funds.imports.reasons import Reason, kept, reason
from funds.models import Donor, ImportBatch, ImportOutcome, ImportRow
from funds.operations.contributions import write_contribution


class Source(NamedTuple):
    """A file to import, with its mapping: names and exact bytes."""

    file_name: str
    content: bytes
    mapping_name: str
    mapping: bytes


@dataclass
class Outcome:
    """What an import did, or would have done. `rows` are unsaved where nothing new came."""

    batch: ImportBatch | None = None
    rows: list[ImportRow] = field(default_factory=list)
    flags: dict[int, list[Reason]] = field(default_factory=dict)
    refusals: dict[int, list[Reason]] = field(default_factory=dict)
    figures: Totals = field(default_factory=Totals)

    def count(self, outcome: str) -> int:
        return sum(row.outcome == outcome for row in self.rows)


# Who is told, while lines are taken, how many of how many are done.
told: ContextVar[Callable[[int, int], None] | None] = ContextVar("told", default=None)


class _Undone(Exception):
    """Leaves the transaction without a trace: a rehearsal, or a file in which nothing is new."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome


def import_contributions(*, by: User | None, source: Source, dry_run: bool = False) -> Outcome:
    """Import a file of contributions. Lines stand alone; a file in which nothing is new changes nothing.

    Raises Unreadable or BadMapping, with nothing changed, for a file or a mapping that cannot be read as a whole.
    """
    mapping = read_mapping(source.mapping)
    heading, lines = read_lines(source.content, mapping)
    try:
        return import_lines(by=by, source=source, mapping=mapping, heading=heading, lines=lines, dry_run=dry_run)
    except _Undone as undone:
        return undone.outcome


def import_kept(
    *, by: User, file: StoredFile, mapping: StoredFile, key: str
) -> tuple[ImportBatch | None, list[ImportRow]]:
    """Import a file that was kept, once for each key; return the batch, if anything was new, and the lines' outcomes.

    Raises Unreadable or BadMapping as `import_contributions` does, NotAllowed for anyone but finance officers.
    """
    try:
        batch = import_asked(by=by, file=file, mapping=mapping, key=key)
    except _Undone as undone:
        return None, undone.outcome.rows
    return batch, list(rows_of(batch))


def rows_of(batch: ImportBatch) -> QuerySet[ImportRow]:
    """Return a batch's lines with what they became and whose it is."""
    made = ("pledge", "prospect", "agreement", "deposit")
    return batch.rows.select_related(*(f"{name}__donor__organisation" for name in made)).order_by("line")


@operation
def import_asked(*, by: User, file: StoredFile, mapping: StoredFile) -> ImportBatch:
    """Import a file that was kept, as one act: a second time with the same key it is the first batch."""
    require(permissions.may_record_money(by), _("Finance officers import contributions."))
    source = kept_source(file, mapping)
    read = read_mapping(source.mapping)
    heading, lines = read_lines(source.content, read)
    outcome = import_lines(by=by, source=source, mapping=read, heading=heading, lines=lines, dry_run=False)
    return cast("ImportBatch", outcome.batch)


def kept_source(file: StoredFile, mapping: StoredFile) -> Source:
    return Source(file.name, files.read(file), mapping.name, files.read(mapping))


@operation
def import_lines(
    *, by: User | None, source: Source, mapping: Mapping, heading: list[str], lines: list[FileLine], dry_run: bool
) -> Outcome:
    """Import lines that were read, as one act with one batch."""
    wait_in_turn("funds.import")
    outcome = Outcome()
    draft = record("contributions.imported/1", by=by)
    outcome.rows = _Importer(by, mapping, heading, outcome).rows(lines)
    outcome.batch = _write_batch(by, source, draft, outcome.rows)
    outcome.figures = totals_of_rows(ImportRow.objects.filter(batch=outcome.batch))
    if dry_run or not outcome.count(ImportOutcome.IMPORTED):
        outcome.batch = None
        raise _Undone(outcome)
    return outcome


def _write_batch(by: User | None, source: Source, draft: Any, rows: list[ImportRow]) -> ImportBatch:
    batch = ImportBatch.objects.create(
        reference=next_reference("IMP"),
        file_name=source.file_name[:200],
        file_sha256=sha256(source.content).hexdigest(),
        mapping_name=source.mapping_name[:200],
        mapping_sha256=sha256(source.mapping).hexdigest(),
        made_by=by,
        made_at=clock.now(),
        entry_id=draft.id,
    )
    for row in rows:
        row.batch = batch
    ImportRow.objects.bulk_create(rows)
    draft.facts.update(
        batch=batch.reference, file_sha256=batch.file_sha256, mapping_sha256=batch.mapping_sha256, rows=len(rows)
    )
    draft.rows += [batch, *rows]
    return batch


class _Importer:
    """Takes the lines of one file one after the other."""

    def __init__(self, by: User | None, mapping: Mapping, heading: list[str], outcome: Outcome) -> None:
        self.by, self.mapping, self.heading, self.outcome = by, mapping, heading, outcome
        self.today = clock.today()
        self.known = {row.key: row for row in ImportRow.objects.filter(outcome=ImportOutcome.IMPORTED)}
        self.seen: dict[str, int] = {}
        self.donors: dict[str, Donor] = {}

    def rows(self, lines: list[FileLine]) -> list[ImportRow]:
        rows, tell = [], told.get()
        for done, line in enumerate(lines, start=1):
            rows.append(self._row(line))
            if tell:
                tell(done, len(lines))
        return rows

    def _row(self, line: FileLine) -> ImportRow:
        row = ImportRow(line=line.number, outcome=ImportOutcome.REFUSED, digest=_digest(line.cells))
        try:
            contribution = read_contribution(self.heading, line, self.mapping, self.today)
            self._refuse_repeated(contribution)
            self._take(row, contribution)
        except RowRefused as refusal:
            self._refuse(row, refusal.why)
        except DomainError as error:
            self._refuse(row, reason("rule", text=str(error.message)))
        return row

    def _refuse(self, row: ImportRow, why: Reason) -> None:
        row.outcome, row.why, row.flag = ImportOutcome.REFUSED, kept([why]), ""
        row.prospect = row.pledge = row.agreement = row.deposit = None
        self.outcome.flags.pop(row.line, None)
        self.outcome.refusals[row.line] = [why]

    def _refuse_repeated(self, contribution: Contribution) -> None:
        first = self.seen.setdefault(contribution.key, contribution.line)
        if first != contribution.line:
            raise RowRefused(reason("key_twice", line=first))

    def _take(self, row: ImportRow, contribution: Contribution) -> None:
        row.key, row.digest = contribution.key, _digest(contribution.content())
        if found := flags(contribution, self.mapping):
            row.flag = kept(found)
            self.outcome.flags[row.line] = found
        if earlier := self.known.get(contribution.key):
            self._keep(row, earlier)
        else:
            written = write_contribution(
                by=self.by, contribution=contribution, mapping=self.mapping, donors=self.donors
            )
            for name, value in written.items():
                setattr(row, name, value)
            row.outcome = ImportOutcome.IMPORTED

    def _keep(self, row: ImportRow, earlier: ImportRow) -> None:
        if earlier.digest != row.digest:
            became = earlier.pledge or earlier.prospect or earlier.agreement or earlier.deposit
            raise RowRefused(reason("changed", reference=became))
        row.outcome = ImportOutcome.UNCHANGED
        for name in ("prospect", "pledge", "agreement", "deposit"):
            setattr(row, f"{name}_id", getattr(earlier, f"{name}_id"))


def _digest(content: Any) -> str:
    return digest_of(canonical(plain(content)))
