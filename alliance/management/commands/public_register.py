"""`public_register`: the public register as one file, as the site gives it."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from alliance.register.publication import in_pieces, lines

BAD_INPUT = 2


class Command(BaseCommand):
    help = "Write the public register to a file; static/verify.py checks it with Python's standard library alone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the file to write")

    def handle(self, *, file: str | Path, **options: Any) -> None:
        try:
            write(Path(file))
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}", returncode=BAD_INPUT) from error


def write(file: Path) -> None:
    """Write beside the file first, so that a file of that name is always a whole one."""
    unfinished = file.with_name(f".{file.name}.part")
    try:
        with unfinished.open("wb") as target:
            target.writelines(in_pieces(lines()))
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)
