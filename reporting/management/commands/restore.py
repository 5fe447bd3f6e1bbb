"""`restore`: a backup into an empty database, counted again and verified."""

import sys
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from alliance.backups import Unusable
from alliance.backups.manifest import Manifest
from alliance.backups.restoring import differences, restore
from alliance.management.commands.setup import pending
from alliance.runtime import PartFailed

BAD_INPUT, MISSING_PART = 2, 3


class Command(BaseCommand):
    help = "Restore a backup into an empty database, compare counts and register head, and verify. See docs/backup.md."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="FOLDER", type=Path, help="a folder that `backup` made")

    def handle(self, *, folder: Path, **options: Any) -> None:
        manifest = self._restored(folder.absolute())
        head = manifest.register_head
        self.stdout.write(f"restored: {sum(manifest.rows.values())} rows in {len(manifest.rows)} tables")
        self.stdout.write(f"restored: {manifest.files['count']} files, {manifest.files['bytes']} bytes")
        self.stdout.write(f"register head: {head['n']} {head['hash']}")
        if wrong := differences(manifest):
            for line in wrong:
                self.stderr.write(line)
            sys.exit(1)
        self.stdout.write("counts and register head are those of the backup")
        if pending():
            self.stdout.write("the backup is of an older release: run `manage.py migrate`, then `manage.py verify`")
            return
        call_command("verify", stdout=self.stdout)

    def _restored(self, folder: Path) -> Manifest:
        try:
            return restore(folder)
        except Unusable as refusal:
            raise CommandError(f"{refusal}. Nothing was changed.", returncode=BAD_INPUT) from refusal
        except PartFailed as missing:
            raise CommandError(str(missing), returncode=MISSING_PART) from missing
        except OperationalError as error:
            raise CommandError(
                f"the database does not answer: {error}".splitlines()[0], returncode=MISSING_PART
            ) from error
        except OSError as error:
            raise CommandError(f"the backup was not restored: {error}", returncode=MISSING_PART) from error
