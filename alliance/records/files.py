"""The store of files: bytes under `files/ab/abcd…` by their SHA-256, and how they are served."""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.http import FileResponse

from alliance.core import clock
from alliance.people.models import User
from alliance.records.models import StoredFile

CHUNK = 64 * 1024
UNSAFE_IN_NAMES = re.compile(r'[\x00-\x1f\x7f"/\\<>:|?*]+')


def path_of(sha256: str) -> Path:
    """Return where bytes with this digest lie, whether or not they do."""
    return Path(settings.ALLIANCE_DATA) / "files" / sha256[:2] / sha256


def keep(chunks: Iterable[bytes]) -> tuple[str, int]:
    """Write bytes to the store and return their SHA-256 and size. They are on the disk when this returns.

    Bytes that are there already are not written twice.
    """
    folder = Path(settings.ALLIANCE_DATA) / "files"
    folder.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    handle, temporary = tempfile.mkstemp(dir=folder, prefix="new-")
    try:
        with os.fdopen(handle, "wb") as file:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        _settle(Path(temporary), path_of(digest.hexdigest()))
    finally:
        Path(temporary).unlink(missing_ok=True)
    return digest.hexdigest(), size


def _settle(temporary: Path, path: Path) -> None:
    if path.exists():
        return
    path.parent.mkdir(exist_ok=True)
    temporary.chmod(0o640)
    temporary.replace(path)
    for folder in (path.parent, path.parent.parent):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def store(chunks: Iterable[bytes], *, name: str, media_type: str, by: User | None) -> StoredFile:
    """Keep bytes and the row that names them. If the caller's transaction fails the bytes stay, unnamed and harmless."""
    sha256, size = keep(chunks)
    return StoredFile.objects.create(
        sha256=sha256, size=size, media_type=media_type, name=safe_name(name), created_at=clock.now(), created_by=by
    )


def safe_name(name: str) -> str:
    """Return the last part of a file's name without what breaks headers and file systems, at most 150 characters."""
    last = UNSAFE_IN_NAMES.sub("_", name.replace("\\", "/").rsplit("/", 1)[-1]).strip(" .") or "file"
    stem, dot, extension = last.rpartition(".")
    return last if len(last) <= 150 else stem[: 149 - len(extension)] + dot + extension


def read(file: StoredFile) -> bytes:
    """Return the bytes of a stored file."""
    return path_of(file.sha256).read_bytes()


def serve(file: StoredFile) -> FileResponse:
    """Answer with a stored file, as a download. The caller has checked that the reader may have it.

    Nothing in it can run: its type is the one found at upload, sniffing is off, and it stands in a sandbox.
    """
    response = FileResponse(
        path_of(file.sha256).open("rb"), as_attachment=True, filename=file.name, content_type=file.media_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-cache"
    return response


def digest_on_disk(sha256: str) -> str | None:
    """Return the SHA-256 of the bytes that lie under this digest, or None when there are none."""
    try:
        with path_of(sha256).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
