"""`public_register`: the public register as one file, as the site gives it."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from alliance.register.publication import in_pieces, lines, write_whole

BAD_INPUT = 2


class Command(BaseCommand):
    help = "Write the public register to a file; static/verify.py checks it with Python's standard library alone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the file to write")

    def handle(self, *, file: str | Path, **options: Any) -> None:
        try:
            write_whole(Path(file), in_pieces(lines()))
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}", returncode=BAD_INPUT) from error
