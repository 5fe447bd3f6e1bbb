"""`backup`: the database and the stored files of this moment, into a new folder."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from alliance.backups import Unusable
from alliance.backups.making import back_up
from alliance.backups.manifest import Manifest
from alliance.runtime import PartFailed

BAD_INPUT, MISSING_PART = 2, 3


class Command(BaseCommand):
    help = "Back up database and stored files into a new folder, while the portal runs. See docs/backup.md."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="FOLDER", type=Path, help="a folder that does not exist yet")
        parser.add_argument("--json", action="store_true", help="print the manifest as one JSON document")

    def handle(self, *, folder: Path, **options: Any) -> None:
        try:
            manifest = back_up(folder.absolute())
        except Unusable as refusal:
            raise CommandError(str(refusal), returncode=BAD_INPUT) from refusal
        except PartFailed as missing:
            raise CommandError(str(missing), returncode=MISSING_PART) from missing
        except OperationalError as error:
            raise CommandError(
                f"the database does not answer: {error}".splitlines()[0], returncode=MISSING_PART
            ) from error
        except OSError as error:
            raise CommandError(f"no backup was made: {error}", returncode=MISSING_PART) from error
        self.stdout.write(json.dumps(asdict(manifest), indent=1) if options["json"] else summary(folder, manifest))
        if manifest.files_missing:
            self.stderr.write(f"{len(manifest.files_missing)} stored files were not there: {manifest.files_missing[0]}")
            sys.exit(1)


def summary(folder: Path, manifest: Manifest) -> str:
    head = manifest.register_head
    return (
        f"backup: {folder}\n"
        f"rows: {sum(manifest.rows.values())} in {len(manifest.rows)} tables\n"
        f"files: {manifest.files['count']}, {manifest.files['bytes']} bytes\n"
        f"register head: {head['n']} {head['hash']}"
    )
