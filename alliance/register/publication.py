"""The public register as one file of lines: what everybody may have, in an order that a reader can follow line by line.

The format is written down in `docs/register.md`; `static/verify.py` reads it. Whoever may not read a body
still gets number, digest and hash, and nothing else: not even the kind.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from alliance.core import clock
from alliance.register.canonical import canonical
from alliance.register.file_format import first_line
from alliance.register.models import Checkpoint, RegisterEntry, head

BATCH = 500
type Row = tuple[int, str, str, str | None]


def version() -> str:
    """Return a text that changes when the file does: a body is opened by acts alone, and an act moves the head."""
    n, digest = head()
    checkpoint = Checkpoint.objects.order_by("-n").values_list("n", flat=True).first()
    return f"{n}-{digest[:16]}-{checkpoint or 0}"


def lines() -> Iterator[str]:
    """Yield the file's lines: what it is, each entry with the checkpoints made of it, and the head at the end.

    Read in batches by number, outside of any transaction: entries never change, and a body that is opened meanwhile is
    public. So a slow reader holds nothing.
    """
    last, digest = head()
    yield _line(first_line(last) | {"demonstration": clock.is_demonstration()})
    published = {row.n: row for row in Checkpoint.objects.filter(n__lte=last)}
    for n, entry_digest, entry_hash, body in _entries(last):
        entry = {"n": n, "digest": entry_digest, "hash": entry_hash}
        yield _line(entry if body is None else entry | {"body": body})
        if checkpoint := published.get(n):
            yield checkpoint_line(checkpoint)
    yield _line({"head": last, "hash": digest})


def checkpoint_line(row: Checkpoint) -> str:
    """Return a checkpoint as the file holds it."""
    return _line({"checkpoint": row.n, "hash": row.hash, "made_at": row.made_at.isoformat()})


def in_pieces(texts: Iterable[str], size: int = 64 * 1024) -> Iterator[bytes]:
    """Yield the lines' bytes in pieces large enough to be worth sending."""
    waiting: list[bytes] = []
    length = 0
    for text in texts:
        waiting.append(text.encode())
        length += len(waiting[-1])
        if length >= size:
            yield b"".join(waiting)
            waiting, length = [], 0
    if waiting:
        yield b"".join(waiting)


def write_whole(file: Path, pieces: Iterable[bytes]) -> None:
    """Write a file so that one of that name is always a whole one."""
    with beside(file) as unfinished:
        with unfinished.open("wb") as target:
            target.writelines(pieces)
        unfinished.replace(file)


@contextmanager
def beside(file: Path) -> Iterator[Path]:
    """Give a name beside the file to write first, and then to put in its place; what is left there is removed."""
    unfinished = file.with_name(f".{file.name}.part")
    try:
        yield unfinished
    finally:
        with suppress(OSError):  # what hindered the writing is said, not this
            unfinished.unlink(missing_ok=True)


def _entries(last: int) -> Iterator[Row]:
    n = 0
    while batch := list(
        RegisterEntry.objects.filter(n__gt=n, n__lte=last)
        .order_by("n")
        .values_list("n", "digest", "hash", "body", "public_from")[:BATCH]
    ):
        moment = clock.now()
        for n, digest, hashed, body, public_from in batch:
            yield n, digest, hashed, body if public_from is not None and public_from <= moment else None


def _line(content: dict[str, object]) -> str:
    return canonical(content) + "\n"
