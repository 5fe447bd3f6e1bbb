"""`import_contributions`: donors, pledges, agreements and deposits from a CSV file."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from funds.imports.contribution_file import Unreadable
from funds.imports.mapping import BadMapping
from funds.imports.reasons import Reason
from funds.models import ImportOutcome
from funds.operations.imports import Outcome, Source, import_contributions

BAD_INPUT = 2


class Command(BaseCommand):
    help = "Import contributions from a CSV file. Lines stand alone; a file that cannot be read is refused whole."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the CSV file")
        parser.add_argument("--mapping", type=Path, required=True, help="the TOML file that says which column is what")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and change nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")

    def handle(self, *, file: str | Path, mapping: str | Path, dry_run: bool, **options: Any) -> None:
        file, mapping = Path(file), Path(mapping)
        try:
            source = Source(file.name, file.read_bytes(), mapping.name, mapping.read_bytes())
            with translation.override("en"):
                outcome = import_contributions(by=None, source=source, dry_run=dry_run)
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}", returncode=BAD_INPUT) from error
        except (Unreadable, BadMapping) as error:
            name = mapping.name if isinstance(error, BadMapping) else file.name
            with translation.override("en"):
                said = str(error)
            raise CommandError(f"{name}: {said}. Nothing was changed.", returncode=BAD_INPUT) from error
        self.stdout.write(as_json(outcome) if options["json"] else as_text(outcome, dry_run))


def summary(outcome: Outcome) -> dict[str, Any]:
    """Return the command's answer, with amounts as text."""
    return {
        "rows": len(outcome.rows),
        "imported": outcome.count(ImportOutcome.IMPORTED),
        "unchanged": outcome.count(ImportOutcome.UNCHANGED),
        "flagged": _listed(outcome.flags),
        "refused": _listed(outcome.refusals),
        "totals": {name: f"{amount:.2f}" for name, amount in outcome.figures._asdict().items()},
    }


def _listed(reasons: dict[int, list[Reason]]) -> list[dict[str, Any]]:
    with translation.override("en"):
        return [{"line": line, "why": " ".join(str(item) for item in why)} for line, why in sorted(reasons.items())]


def as_json(outcome: Outcome) -> str:
    return json.dumps(summary(outcome), ensure_ascii=False, indent=1)


def as_text(outcome: Outcome, dry_run: bool) -> str:
    told = summary(outcome)
    counts = f"{told['rows']} rows: {told['imported']} imported, {told['unchanged']} unchanged, {len(told['refused'])} refused"
    lines = [f"Rehearsal, nothing was changed. {counts}" if dry_run else counts]
    lines += [f"line {item['line']} flagged: {item['why']}" for item in told["flagged"]]
    lines += [f"line {item['line']} refused: {item['why']}" for item in told["refused"]]
    lines += [f"{name}: USD {amount}" for name, amount in told["totals"].items()]
    if outcome.batch:
        lines.append(f"batch {outcome.batch.reference}")
    return "\n".join(lines)
