"""Making a backup while the portal runs: one snapshot for the dump, its counts and the list of files."""

import os
import shutil
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import django
from django.db import connection, transaction

from alliance.backups import Unusable, programs
from alliance.backups.manifest import DATABASE, FILES, FORMAT, Counted, Manifest, counted, digest, tables, write
from alliance.records.files import path_of
from alliance.records.models import StoredFile


class Stored(NamedTuple):
    """The stored files that went into a backup, and those whose bytes were not there."""

    number: int
    size: int
    missing: list[str]


def back_up(folder: Path) -> Manifest:
    """Write a backup into a new folder. It has this name only when it is whole and on the disk.

    Raises Unusable for a folder that is taken or a database without tables, PartFailed without pg_dump.
    """
    if folder.exists():
        raise Unusable(f"{folder} exists already: name a new folder")
    if not tables():
        raise Unusable("the database is empty: there is nothing to back up")
    programs.refuse_older("pg_dump")
    unfinished = folder.with_name(folder.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True, mode=0o700)
    try:
        manifest = _written(unfinished)
        _settle(unfinished)
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return manifest


def _written(folder: Path) -> Manifest:
    with transaction.atomic():
        snapshot = _share_snapshot()
        figures = counted()
        digests = list(StoredFile.objects.order_by("sha256").values_list("sha256", flat=True).distinct())
        dump(folder / DATABASE, snapshot)
    # Files are on the disk before the row that names them, and stay: those of the snapshot are all there.
    stored = pack(folder / FILES, digests)
    manifest = _manifest(folder, figures, stored)
    write(folder, manifest)
    return manifest


def _share_snapshot() -> str:
    """Fix what this transaction sees, without the limits of a page, and return the name others can see it by."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        return str(cursor.fetchone()[0])


def dump(path: Path, snapshot: str) -> None:
    """Dump the database as one snapshot has it, in the form that pg_restore reads."""
    options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={path}"]
    programs.run("pg_dump", [*options, programs.database_name()])


def pack(path: Path, digests: list[str]) -> Stored:
    """Write the stored files into one archive, each under its SHA-256."""
    size, missing = 0, []
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:
        for sha256 in digests:
            try:
                archive.add(path_of(sha256), arcname=sha256, recursive=False, filter=_anonymous)
                size += path_of(sha256).stat().st_size
            except FileNotFoundError:
                missing.append(sha256)
    return Stored(len(digests) - len(missing), size, missing)


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def _manifest(folder: Path, figures: Counted, stored: Stored) -> Manifest:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        server = cursor.fetchone()[0]
    return Manifest(
        format=FORMAT,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        versions={"postgresql": server, "pg_dump": programs.version("pg_dump"), "django": django.get_version()},
        register_head=figures.register_head,
        rows=figures.rows,
        migrations=figures.migrations,
        files={"count": stored.number, "bytes": stored.size},
        files_missing=stored.missing,
        parts={name: digest(folder / name) for name in (DATABASE, FILES)},
    )


def _settle(folder: Path) -> None:
    """Have everything on the disk."""
    for path in (*folder.iterdir(), folder):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
