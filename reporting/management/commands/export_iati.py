"""`export_iati`: the fund as open data, as the site gives it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from alliance.rendering.checkpoint import one_state
from reporting.iati.export import export_activities, export_organisation

BAD_INPUT = 2


class Command(BaseCommand):
    help = "Write the activity file and the organisation file of the IATI Standard, version 2.03."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--activities", type=Path, required=True, help="the activity file to write")
        parser.add_argument("--organisation", type=Path, required=True, help="the organisation file to write")

    def handle(self, *, activities: str | Path, organisation: str | Path, **options: Any) -> None:
        exports = {Path(activities): export_activities, Path(organisation): export_organisation}
        try:
            with one_state(), ExitStack() as unfinished:
                written = {file: unfinished.enter_context(_beside(file)) for file in exports}
                for file, target in written.items():
                    with target.open("wb") as opened:
                        exports[file](opened)
                for file, target in written.items():
                    target.replace(file)
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}", returncode=BAD_INPUT) from error


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """Give a name beside the file to write first, so that a file of that name is always a whole one."""
    unfinished = file.with_name(f".{file.name}.part")
    try:
        yield unfinished
    finally:
        unfinished.unlink(missing_ok=True)
