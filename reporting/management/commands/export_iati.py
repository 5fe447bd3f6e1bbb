"""`export_iati`: the fund as open data, as the site gives it."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reporting.iati.export import write_files

BAD_INPUT = 2


class Command(BaseCommand):
    help = "Write the activity file and the organisation file of the IATI Standard, version 2.03: both, or none."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--activities", type=Path, required=True, help="the activity file to write")
        parser.add_argument("--organisation", type=Path, required=True, help="the organisation file to write")

    def handle(self, *, activities: str | Path, organisation: str | Path, **options: Any) -> None:
        wanted = {"activities": Path(activities).resolve(), "organisation": Path(organisation).resolve()}
        if wanted["activities"] == wanted["organisation"]:
            raise CommandError(f"{organisation}: both files have this name", returncode=BAD_INPUT)
        try:
            for file in wanted.values():
                _require_a_place(file)
            write_files(wanted)
        except OSError as error:
            raise CommandError(f"{activities}, {organisation}: {error.strerror}", returncode=BAD_INPUT) from error


def _require_a_place(file: Path) -> None:
    if file.exists() and not file.is_file():
        raise CommandError(f"{file}: this is no file", returncode=BAD_INPUT)
    if not file.parent.is_dir():
        raise CommandError(f"{file}: there is no such folder", returncode=BAD_INPUT)
