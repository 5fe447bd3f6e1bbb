"""Proving the register: the chain, its checkpoints, and every row against its newest snapshot.

What each app can recompute it adds in its `checks.py`: `problems()` and `checked()`.
"""

import json
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from django.apps import apps
from django.db import models

from alliance.register.acts import Asked
from alliance.register.canonical import GENESIS, chained, digest_of
from alliance.register.models import Checkpoint, Registered, RegisterEntry, RegisterHead
from alliance.register.snapshots import Writer, later, links, snapshot, writers
from alliance.register.spool import Snapshot, Spool, range_of

CHUNK = 2000
SALT_LENGTH = 32
UNASKED = Asked(None, "", "")


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
        self.spool = Spool()
        self._act = ""
        self._acts: set[str] = set()
        self._open: dict[int, str] = {}  # entries that stand open: since when
        self._opens: dict[int, str] = {}  # entries that later ones open: since when

    def problems(self) -> Iterator[Problem]:
        with self.spool:
            yield from self.chain()
            yield from self._rows()

    def chain(self) -> Iterator[Problem]:
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
        for n in sorted({*self._open, *self._opens}):
            if self._open.get(n) != self._opens.get(n):
                yield Problem("register", f"entry {n}", "it is not open to the public since when the register says")
        if list(RegisterHead.objects.values_list("n", "hash")) != [(expected - 1, previous)]:
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
            stated = (body["id"], body["n"], body["kind"], body["act"], body["at"], len(body["salt"]))
            asked, opens, is_public = body["asked"], body["opens"], body["public"]
            rows = [(row["model"], str(row["pk"]), row["columns"]) for row in body["rows"]]
            gone = [(row["model"], str(row["pk"])) for row in body["gone"]]
        except (ValueError, KeyError, TypeError):
            yield Problem("register", where, "the body cannot be read")
            return
        if stated != (entry.pk, entry.n, entry.kind, entry.act.hex, entry.recorded_at.isoformat(), SALT_LENGTH):
            yield Problem("register", where, "number, kind, act or time differ from the body")
        if (body["act"] != self._act and body["act"] in self._acts) or (asked is None) != (body["act"] == self._act):
            yield Problem(
                "register", where, "the entries of an act stand together, and the first says how it was asked for"
            )
        self._act = body["act"]
        self._acts.add(self._act)
        if not _as_asked(asked, body["salt"], Asked(entry.key, entry.request_digest, entry.result)):
            yield Problem("register", where, "its key, request or result differ from the body")
        if entry.public_from:
            self._open[entry.n] = entry.public_from.isoformat()
        self._opens |= {entry.n: body["at"]} if is_public else {}
        self._opens |= {int(n): moment for n, moment in opens.items()}
        for model, pk, columns in rows:
            self.spool.put(model, pk, body["salt"], columns)
        for model, pk in gone:
            self.spool.gone(model, pk)

    def _rows(self) -> Iterator[Problem]:
        of_record = {model._meta.label_lower: model for model in registered_models()}
        known = {model._meta.label_lower for model in apps.get_models(include_auto_created=True)}
        for model in of_record.values():
            yield from self.rows_of(model)
        for label in self.spool.labels():
            if label not in known:
                yield Problem("register", label, "recorded, but this release knows no rows of that name")
            elif label not in of_record:
                for number in self.spool.ranges(label):
                    yield from self._left(label, self.spool.newest(label, number))

    def _left(self, label: str, newest: dict[str, Snapshot]) -> Iterator[Problem]:
        for pk, (_salt, recorded) in newest.items():
            yield from self._not_of_record(label, pk, recorded)

    def _not_of_record(self, label: str, pk: str, recorded: dict[str, Any]) -> Iterator[Problem]:
        """A recorded row that is its author's draft again must still be there, in the state that was recorded."""
        row = apps.get_model(label)._base_manager.filter(pk=pk).first()
        if row is None:
            yield Problem(_what(label), _where(label, pk), "recorded, but the row is gone")
        elif "state" not in recorded:
            yield Problem(
                _what(label), _where(label, pk), "recorded, but the row is no longer part of what is of record"
            )
        elif getattr(row, "state", None) != recorded.get("state"):
            yield Problem(_what(label), f"{_where(label, pk)}.state", "the row differs from its newest entry")

    def rows_of(self, model: type[models.Model]) -> Iterator[Problem]:
        """Walk the rows in key order beside the ranges of their snapshots, one range in memory at a time."""
        label = model._meta.label_lower
        must = _must(model)
        ranges, number, newest = deque(self.spool.ranges(label)), -1, dict[str, Snapshot]()
        for pk, columns_now in _rows_now(model):
            if (own := range_of(str(pk))) != number:
                yield from self._left(label, newest)
                while ranges and ranges[0] < own:
                    yield from self._left(label, self.spool.newest(label, ranges.popleft()))
                newest = self.spool.newest(label, ranges.popleft()) if ranges and ranges[0] == own else {}
                number = own
            salt, recorded = newest.pop(str(pk), ("", None))
            where = _where(label, str(pk))
            if recorded is None:
                if must is None or pk in must:
                    yield Problem(_what(label), where, "the row is explained by no entry")
            elif recorded != (now := columns_now(salt)) and (recorded := later(model, salt) | recorded) != now:
                wrong = _differing(recorded, now)
                yield Problem(_what(label), f"{where}.{wrong}", "the row differs from its newest entry")
        yield from self._left(label, newest)
        for number in ranges:
            yield from self._left(label, self.spool.newest(label, number))


type ColumnsNow = Callable[[str], dict[str, Any]]


def _must(model: type[models.Model]) -> set[Any] | None:
    """Return the keys of the rows that must have a snapshot, where not every row must that is held against one."""
    if model.fixed_rows.__func__ is Registered.fixed_rows.__func__:  # type: ignore[attr-defined]
        return None
    return set(model.registered_rows().values_list("pk", flat=True))  # type: ignore[attr-defined]


def _rows_now(model: type[models.Model]) -> Iterator[tuple[Any, ColumnsNow]]:
    """Yield each row that is held against its snapshot: its key, and what gives its columns for a salt."""
    rows = model.fixed_rows().order_by("pk")  # type: ignore[attr-defined]
    if linked := links(model):
        for row in rows.prefetch_related(*(field.name for field in linked)).iterator(CHUNK):
            yield row.pk, partial(_snapshot_columns, row)
        return
    written = writers(model)
    for pk, *values in rows.values_list("pk", *(name for name, _writer in written)).iterator(CHUNK):
        yield pk, partial(_columns, written, values)


def _snapshot_columns(row: models.Model, salt: str) -> dict[str, Any]:
    return snapshot(row, salt)["columns"]


def _columns(written: list[tuple[str, Writer]], values: list[Any], salt: str) -> dict[str, Any]:
    return {name: writer(value, salt) for (name, writer), value in zip(written, values, strict=True)}


def registered_models() -> list[type[models.Model]]:
    """Return the models whose rows the register explains, in a fixed order."""
    return sorted((m for m in apps.get_models() if issubclass(m, Registered)), key=lambda m: m._meta.label_lower)


def _as_asked(sealed: str | None, salt: str, found: Asked) -> bool:
    return found == UNASKED if sealed is None else sealed == found.sealed(salt)


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
