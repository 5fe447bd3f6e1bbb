"""Restoring a backup: everything is read first, then it goes into an empty database, all of it or nothing."""

import tarfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from alliance.backups import Unusable, programs
from alliance.backups.manifest import DATABASE, FILES, Manifest, counted, read, refuse_newer, tables
from alliance.records.files import CHUNK, keep, path_of


def restore(folder: Path) -> Manifest:
    """Restore a backup and return its manifest. Before anything is changed every part was found whole.

    Raises Unusable for a damaged backup or a database that is not empty, PartFailed without pg_restore. After a
    failure the database is as empty as before.
    """
    manifest = read(folder)
    if found := tables():
        raise Unusable(f"the database is not empty (it has {len(found)} tables): a backup goes into an empty one only")
    refuse_newer(manifest)
    programs.refuse_older("pg_restore")
    added: list[Path] = []
    try:
        for path in unpack(folder / FILES):
            added.append(path)
        load(folder / DATABASE)
    except BaseException:
        for path in added:
            path.unlink(missing_ok=True)
        raise
    return manifest


def load(path: Path) -> None:
    """Load a dump in one transaction."""
    options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    programs.run("pg_restore", [*options, f"--dbname={programs.database_name()}", str(path)])


def unpack(path: Path) -> Iterator[Path]:
    """Put the archive's files into the store, and yield those that were not there before."""
    with tarfile.open(path) as archive:
        for member in archive:
            file = archive.extractfile(member)
            if file is None:
                raise Unusable(f"the backup is damaged: {FILES} holds {member.name}, which is no file")
            is_new = not path_of(member.name).exists()
            sha256, _size = keep(iter(partial(file.read, CHUNK), b""))
            if sha256 != member.name:
                raise Unusable(f"the backup is damaged: the file {member.name[:16]}… has other bytes")
            if is_new:
                yield path_of(sha256)


def differences(manifest: Manifest) -> list[str]:
    """Return what is not as the manifest says, one line each: counts, register head, migrations."""
    was, now = manifest.counted(), counted()
    lines = [
        f"{table}: {was.rows.get(table, 'no table')} rows in the backup, {now.rows.get(table, 'no table')} here"
        for table in sorted({*was.rows, *now.rows})
        if was.rows.get(table) != now.rows.get(table)
    ]
    if was.register_head != now.register_head:
        lines.append(f"register head: {was.register_head['n']} in the backup, {now.register_head['n']} here")
    if was.migrations != now.migrations:
        lines.append("the migrations are not those of the backup")
    return lines
