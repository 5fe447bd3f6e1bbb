"""The Forum's report, made in this process without broker or worker."""

import errno
import hashlib
import os
from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from alliance.core.errors import Refused
from alliance.core.translated import LANGUAGES
from alliance.rendering import pdf
from reporting.forum_report import document
from reporting.forum_report.gather import gather
from reporting.forum_report.scope import scope

BAD_INPUT = 2
PART_MISSING = 3


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text} is not a date such as 2008-09-15") from None


class Command(BaseCommand):
    help = "Make the Forum's report as a PDF, in this process; prints the file's SHA-256."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("summit", metavar="SUMMIT", help="a meeting's code, such as MNL2008")
        parser.add_argument("--language", choices=LANGUAGES, required=True)
        parser.add_argument("--objective", default="", metavar="O1")
        parser.add_argument(
            "--as-of", type=day, metavar="DATE", help="the last day of the figures; today when left out"
        )
        parser.add_argument(
            "--known-at", type=int, metavar="N", help="leave out what entered the register after entry N"
        )
        parser.add_argument("--final", action="store_true", help="without the draft's mark, as the published edition")
        parser.add_argument("--output", type=Path, required=True, metavar="FILE.pdf")
        parser.add_argument("--figures", type=Path, metavar="FILE.json")

    def handle(self, *args: Any, **options: Any) -> None:
        for path in filter(None, (options["output"], options["figures"])):
            self._require_folder(path)
        with translation.override(options["language"]):
            try:
                pdf.require_parts()
                figures = gather(
                    scope(
                        options["summit"],
                        objective=options["objective"],
                        as_of=options["as_of"],
                        known_at=options["known_at"],
                    )
                )
                content = document.make_pdf(figures, is_final=options["final"])
            except pdf.PartsMissing as missing:
                raise CommandError(str(missing), returncode=PART_MISSING) from missing
            except Refused as refusal:
                raise CommandError(str(refusal), returncode=BAD_INPUT) from refusal
        self._write(options["output"], content)
        if options["figures"]:
            self._write(options["figures"], figures.text().encode())
        self.stdout.write(hashlib.sha256(content).hexdigest())

    def _require_folder(self, path: Path) -> None:
        """Say before the pages are set, which takes seconds, that there is nowhere to write them."""
        if not path.parent.is_dir():
            raise CommandError(f"{path}: {os.strerror(errno.ENOENT)}", returncode=BAD_INPUT)

    def _write(self, path: Path, content: bytes) -> None:
        try:
            path.write_bytes(content)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}", returncode=BAD_INPUT) from error
