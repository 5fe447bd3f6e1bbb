"""What a backup holds, and the proof that its parts are whole."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from alliance.backups import Unusable
from alliance.register.models import head

FORMAT = "alliance-backup/1"
DATABASE, FILES, MANIFEST, SUMS = "database.dump", "files.tar", "manifest.json", "SHA256SUMS"


@dataclass(frozen=True)
class Counted:
    """A database in figures: equal figures before and after are what a restore promises."""

    register_head: dict[str, Any]
    rows: dict[str, int]
    migrations: dict[str, str]


@dataclass(frozen=True)
class Manifest:
    """The description of one backup."""

    format: str
    made_at: str
    versions: dict[str, str]
    register_head: dict[str, Any]
    rows: dict[str, int]
    migrations: dict[str, str]
    files: dict[str, int]
    files_missing: list[str]
    parts: dict[str, str]

    def counted(self) -> Counted:
        return Counted(self.register_head, self.rows, self.migrations)


def counted() -> Counted:
    """Count every table of the database and read the register's head, as this transaction sees them."""
    n, hash_ = head()
    with connection.cursor() as cursor:
        rows = {}
        for table in tables():
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
            rows[table] = cursor.fetchone()[0]
        cursor.execute("SELECT app, max(name) FROM django_migrations GROUP BY app ORDER BY app")
        applied = dict(cursor.fetchall())
    return Counted({"n": n, "hash": hash_}, rows, applied)


def tables() -> list[str]:
    """Return the database's own tables by name; none in an empty database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename")
        return [name for (name,) in cursor.fetchall()]


def write(folder: Path, manifest: Manifest) -> None:
    """Write the manifest and, beside it, the sums that `sha256sum --check` reads."""
    (folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1) + "\n")
    sums = {**manifest.parts, MANIFEST: digest(folder / MANIFEST)}
    (folder / SUMS).write_text("".join(f"{sha256}  {name}\n" for name, sha256 in sums.items()))


def read(folder: Path) -> Manifest:
    """Return a backup's manifest, once every part was read and found whole. Raises Unusable."""
    if not (folder / MANIFEST).is_file():
        raise Unusable(f"{folder} is no backup: it has no {MANIFEST}")
    try:
        lines = [line.split("  ", 1) for line in (folder / SUMS).read_text().splitlines()]
        sums = {name: sha256 for sha256, name in lines}
    except (OSError, ValueError) as error:
        raise Unusable(f"the backup is damaged: {SUMS} cannot be read") from error
    for name in (MANIFEST, DATABASE, FILES):
        _check(folder / name, sums.get(name, ""))
    try:
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text()))
    except (ValueError, TypeError) as error:
        raise Unusable(f"the backup is of another make than {FORMAT}") from error
    if manifest.format != FORMAT or manifest.parts != {name: sums[name] for name in (DATABASE, FILES)}:
        raise Unusable(f"the backup is of another make than {FORMAT}, or its parts are of two backups")
    return manifest


def _check(part: Path, sha256: str) -> None:
    try:
        found = digest(part)
    except OSError as error:
        raise Unusable(f"the backup is damaged: {part.name} is missing") from error
    if found != sha256:
        raise Unusable(f"the backup is damaged: {part.name} is not as it was written")


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def refuse_newer(manifest: Manifest) -> None:
    """Raise Unusable when the backup holds migrations that this release does not know."""
    known = MigrationLoader(None).disk_migrations
    strangers = [f"{app}.{name}" for app, name in manifest.migrations.items() if (app, name) not in known]
    if strangers:
        raise Unusable(f"the backup was made by another release of the portal: {strangers[0]} is not known here")
