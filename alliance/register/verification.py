"""Proving the register: the chain, its checkpoints, and every row against its newest snapshot.

What each app can recompute it adds in its `checks.py`: `problems()` and `checked()`.
"""

import json
from collections import deque
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.apps import apps
from django.db import models

from alliance.register.canonical import GENESIS, chained, digest_of
from alliance.register.models import Checkpoint, Registered, RegisterEntry, head
from alliance.register.snapshots import writers
from alliance.register.spool import Snapshot, Spool, range_of

CHUNK = 2000
SALT_LENGTH = 32


class Problem(NamedTuple):
    """One thing that is not as it was recorded: what kind of thing, where, and why it is wrong."""

    what: str
    where: str
    why: str


class Verification:
    """One pass over the register; `problems` yields what is wrong, first row first."""

    def __init__(self) -> None:
        self.entries = 0
        self.checkpoints = 0

    def problems(self) -> Iterator[Problem]:
        with Spool() as self._spool:
            yield from self._chain()
            yield from self._rows()

    def _chain(self) -> Iterator[Problem]:
        previous, expected = GENESIS, 1
        checkpoints = dict(Checkpoint.objects.values_list("n", "hash"))
        self.checkpoints = len(checkpoints)
        for entry in RegisterEntry.objects.order_by("n").iterator(CHUNK):
            yield from self._entry(entry, previous, expected)
            if entry.n in checkpoints and checkpoints.pop(entry.n) != entry.hash:
                yield Problem("checkpoint", str(entry.n), "the entry's hash is not the one that was published")
            previous, expected = entry.hash, entry.n + 1
            self.entries += 1
        for n in sorted(checkpoints):
            yield Problem("checkpoint", str(n), "published, but the register has no such entry")
        if head() != (expected - 1, previous):
            yield Problem("register", "head", "the head does not name the last entry")

    def _entry(self, entry: RegisterEntry, previous: str, expected: int) -> Iterator[Problem]:
        where = f"entry {entry.n}"
        if entry.n != expected:
            yield Problem("register", where, f"entry {expected} was expected here")
        if entry.digest != digest_of(entry.body):
            yield Problem("register", where, "the body is not the one that was hashed")
        if entry.hash != chained(previous, entry.digest):
            yield Problem("register", where, "the hash does not follow from the entry before")
        try:
            body = json.loads(entry.body)
            stated = (body["n"], body["kind"], body["act"], body["at"], len(body["salt"]))
            rows = [(row["model"], str(row["pk"]), row["columns"]) for row in body["rows"]]
            gone = [(row["model"], str(row["pk"])) for row in body["gone"]]
        except (ValueError, KeyError, TypeError):
            yield Problem("register", where, "the body cannot be read")
            return
        if stated != (entry.n, entry.kind, entry.act.hex, entry.recorded_at.isoformat(), SALT_LENGTH):
            yield Problem("register", where, "number, kind, act or time differ from the body")
        for model, pk, columns in rows:
            self._spool.put(model, pk, body["salt"], columns)
        for model, pk in gone:
            self._spool.gone(model, pk)

    def _rows(self) -> Iterator[Problem]:
        models_of_record = {model._meta.label_lower: model for model in registered_models()}
        for model in models_of_record.values():
            yield from self._rows_of(model)
        for label in self._spool.labels():
            if label not in models_of_record:
                for number in self._spool.ranges(label):
                    yield from self._left(label, self._spool.newest(label, number))

    def _left(self, label: str, newest: dict[str, Snapshot]) -> Iterator[Problem]:
        for pk, (_salt, recorded) in newest.items():
            yield from self._not_of_record(label, pk, recorded)

    def _not_of_record(self, label: str, pk: str, recorded: dict[str, Any]) -> Iterator[Problem]:
        """A recorded row that is its author's draft again must still be there, in the state that was recorded."""
        row = apps.get_model(label)._base_manager.filter(pk=pk).first()
        if row is None:
            yield Problem(_what(label), _where(label, pk), "recorded, but the row is gone")
        elif getattr(row, "state", None) != recorded.get("state"):
            yield Problem(_what(label), f"{_where(label, pk)}.state", "the row differs from its newest entry")

    def _rows_of(self, model: type[models.Model]) -> Iterator[Problem]:
        """Walk the rows in key order beside the ranges of their snapshots, one range in memory at a time."""
        label, written = model._meta.label_lower, writers(model)
        names = [name for name, _writer in written]
        rows = model.registered_rows().order_by("pk").values_list("pk", *names)  # type: ignore[attr-defined]
        ranges, number, newest = deque(self._spool.ranges(label)), -1, dict[str, Snapshot]()
        for pk, *values in rows.iterator(CHUNK):
            if (own := range_of(str(pk))) != number:
                yield from self._left(label, newest)
                while ranges and ranges[0] < own:
                    yield from self._left(label, self._spool.newest(label, ranges.popleft()))
                newest = self._spool.newest(label, ranges.popleft()) if ranges and ranges[0] == own else {}
                number = own
            salt, recorded = newest.pop(str(pk), ("", None))
            where = _where(label, str(pk))
            if recorded is None:
                yield Problem(_what(label), where, "the row is explained by no entry")
                continue
            now = {name: writer(value, salt) for (name, writer), value in zip(written, values, strict=True)}
            if recorded != now:
                yield Problem(
                    _what(label), f"{where}.{_differing(recorded, now)}", "the row differs from its newest entry"
                )
        yield from self._left(label, newest)
        for number in ranges:
            yield from self._left(label, self._spool.newest(label, number))


def registered_models() -> list[type[models.Model]]:
    """Return the models whose rows the register explains, in a fixed order."""
    return sorted((m for m in apps.get_models() if issubclass(m, Registered)), key=lambda m: m._meta.label_lower)


def _differing(recorded: dict[str, Any], now: dict[str, Any]) -> str:
    return ",".join(name for name in sorted({*recorded, *now}) if recorded.get(name) != now.get(name))


def _where(label: str, pk: str) -> str:
    return f"{apps.get_model(label)._meta.db_table}:{pk}"


NAMES = (
    "posting",
    "account",
    "stake",
    "share",
    "ballot",
    "decision",
    "outcome",
    "version",
    "contract",
    "file",
    "checkpoint",
)


def _what(label: str) -> str:
    """Return the word for a problem in rows of this model; what has no word of its own is the register's."""
    name = label.rpartition(".")[2]
    return next((word for word in NAMES if word in name), "register")
