"""`export_ledger`: the whole ledger as plain-text accounting."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from alliance.register.knowledge import one_state
from alliance.register.publication import in_pieces, write_whole
from funds.ledger.export import FORMATS, ledger_lines

BAD_INPUT = 2


class Command(BaseCommand):
    help = "Write the whole ledger, with a balance assertion for each account, for bean-check or hledger check."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=FORMATS, required=True, help="for which tool")
        parser.add_argument("file", type=Path, help="the file to write")

    def handle(self, *, file: str | Path, **options: Any) -> None:
        try:
            with one_state():
                write_whole(Path(file), in_pieces(ledger_lines(options["format"])))
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}", returncode=BAD_INPUT) from error
