"""The newest snapshot of every row, kept on disk while the register is read: memory does not grow with the register.

Snapshots are written down in the order they are read, a file for each model and range of keys; one file at a time is
read back, and the last snapshot of a key is its newest.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

RANGE = 20_000  # keys a file
DIGITS = 19
HELD = 20_000  # snapshots kept before they are written down

type Snapshot = tuple[str, dict[str, Any]]  # the body's salt, and the columns


class Spool:
    """Put snapshots in, or say that a row is gone; then take them out by model, some keys at a time."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="alliance-verify-"))
        self._held: dict[tuple[str, int], list[str]] = {}
        self._count = 0
        self._labels: dict[str, set[int]] = {}  # in the order they were met: their place names the file

    def __enter__(self) -> "Spool":
        return self

    def __exit__(self, *exception: object) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def put(self, label: str, pk: str, salt: str, columns: dict[str, Any]) -> None:
        self._keep(label, pk, json.dumps([pk, salt, columns], separators=(",", ":")))

    def gone(self, label: str, pk: str) -> None:
        self._keep(label, pk, json.dumps([pk, "", None]))

    def labels(self) -> list[str]:
        return sorted(self._labels)

    def ranges(self, label: str) -> list[int]:
        """Return which ranges of keys of this model hold anything."""
        return sorted(self._labels.get(label, ()))

    def newest(self, label: str, number: int) -> dict[str, Snapshot]:
        """Return the newest snapshot of each key of one range that is not gone."""
        found: dict[str, Snapshot] = {}
        for line in self._lines(label, number):
            pk, salt, columns = json.loads(line)
            if columns is None:
                found.pop(pk, None)
            else:
                found[pk] = (salt, columns)
        return found

    def _keep(self, label: str, pk: str, line: str) -> None:
        number = range_of(pk)
        self._labels.setdefault(label, set()).add(number)
        self._held.setdefault((label, number), []).append(line)
        self._count += 1
        if self._count >= HELD:
            self._write_down()

    def _write_down(self) -> None:
        for (label, number), lines in self._held.items():
            with self._file(label, number).open("a", encoding="utf-8") as file:
                file.writelines(f"{line}\n" for line in lines)
        self._held, self._count = {}, 0

    def _lines(self, label: str, number: int) -> Iterator[str]:
        path = self._file(label, number)
        if path.exists():
            with path.open(encoding="utf-8") as file:
                yield from file
        yield from self._held.get((label, number), ())

    def _file(self, label: str, number: int) -> Path:
        return self.folder / f"{list(self._labels).index(label)}.{number}"


def range_of(pk: str) -> int:
    """Return the number of the range that a key lies in; what is no key of ours shares the first."""
    return int(pk) // RANGE if pk.isdecimal() and len(pk) < DIGITS else 0
