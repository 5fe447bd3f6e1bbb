"""What `verify` asks of this room: each stored file still has the bytes that its row names, each notice its entry."""

import json
from collections.abc import Iterator

from alliance.records import files
from alliance.records.models import Notice, StoredFile
from alliance.records.relay import reference_of
from alliance.register.verification import Problem


def problems() -> Iterator[Problem]:
    """Yield every stored file whose bytes are missing or changed."""
    yield from _files()
    yield from _notices()


def _files() -> Iterator[Problem]:
    for pk, sha256, size in StoredFile.objects.order_by("pk").values_list("pk", "sha256", "size").iterator():
        found = files.digest_on_disk(sha256)
        if found == sha256 and files.path_of(sha256).stat().st_size != size:
            yield Problem("file", f"alliance_storedfile:{pk}.size", "its size is another")
        if found != sha256:
            yield Problem(
                "file",
                f"alliance_storedfile:{pk}",
                "its bytes are missing" if found is None else "its bytes have changed",
            )


def _notices() -> Iterator[Problem]:
    """A notice says of what kind its entry is, and what the entry is about."""
    read: dict[int, str] = {}
    for notice in Notice.objects.select_related("entry").order_by("pk").iterator(500):
        entry = notice.entry
        if entry.pk not in read:
            read[entry.pk] = _reference(entry.body)
        if (notice.kind, notice.reference) != (entry.kind, read[entry.pk]):
            yield Problem("register", f"alliance_notice:{notice.pk}", "it does not say what its entry says")


def _reference(body: str) -> str:
    try:
        return reference_of(json.loads(body))
    except (ValueError, KeyError, TypeError):
        return ""  # said of the entry already


def checked() -> dict[str, int]:
    return {"files": StoredFile.objects.count()}
