"""Operations and the entries they leave: the one door for changes of record."""

import functools
import random
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import structlog
from django.apps import apps
from django.core.files.base import File
from django.db import DataError, OperationalError, connection, models, transaction
from django.dispatch import Signal
from django.utils.translation import gettext_lazy as _
from structlog.contextvars import bound_contextvars

from alliance.core import clock
from alliance.core.errors import KeyReused, Refused
from alliance.core.logs import level_of_acts
from alliance.core.turns import wait_in_turn
from alliance.register.canonical import canonical, chained, digest_of
from alliance.register.kinds import kind as declared_kind
from alliance.register.models import RegisterEntry
from alliance.register.snapshots import plain, snapshot

log = structlog.get_logger()
ATTEMPTS = 6
KEY_LENGTH = 64
RETRIED = {"40001", "40P01"}
# What a column cannot keep, by the database's code: said in words, whoever gave it.
NOT_KEPT = {"22001": _("A text is too long."), "22003": _("A number is too large.")}

entries_written = Signal()  # sent after commit: a doorbell for whoever relays entries, never the only way


@dataclass
class Draft:
    """An entry to be written at the act's end. Its `id` is drawn already: rows may point at it."""

    id: int
    kind: str
    by: str
    facts: dict[str, Any]
    rows: list[models.Model]
    gone: list[models.Model]
    public: bool


@dataclass
class Act:
    """What one outermost operation has handed to the register so far."""

    id: UUID = field(default_factory=uuid4)
    drafts: list[Draft] = field(default_factory=list)
    beside: list[models.Model] = field(default_factory=list)
    forgotten: list[models.Model] = field(default_factory=list)
    opened: dict[str, str] = field(default_factory=dict)
    opening: set[int] = field(default_factory=set)
    drawn: list[int] = field(default_factory=list)

    def draw(self) -> int:
        """Return an entry's id. An act of many entries draws ever more at once: a file of 500 lines makes thousands."""
        if not self.drawn:
            with connection.cursor() as cursor:
                cursor.execute(DRAW, [max(1, len(self.drafts))])
                self.drawn = sorted((entry for (entry,) in cursor.fetchall()), reverse=True)
        return self.drawn.pop()


DRAW = "SELECT nextval('alliance_entry_id') FROM generate_series(1, %s)"
_current: ContextVar[Act | None] = ContextVar("act", default=None)


def record(
    kind: str,
    *,
    by: Any,
    rows: Iterable[models.Model] = (),
    gone: Iterable[models.Model] = (),
    facts: Mapping[str, Any] | None = None,
    public: bool = False,
) -> Draft:
    """Hand an entry to the register; it is written when the outermost operation ends.

    `rows` are read at that end, so they may still change until then. `facts` hold ids, references and amounts,
    never names, addresses or free text about people. `gone` are rows that stop being of record: parts of a draft
    that was given back to its author. `public` opens the body to everyone; a body may also be
    opened later with `publish`.
    """
    act = _current.get()
    if act is None:
        raise RuntimeError(f"{kind} was recorded outside an operation")
    declared_kind(kind)
    author = by.uid.hex if by else "system"
    draft = Draft(act.draw(), kind, author, dict(facts or {}), list(rows), list(gone), public)
    act.drafts.append(draft)
    return draft


def explain(row: models.Model) -> None:
    """Have a row explained by the act's first entry: for rows made on the way, such as an account first needed now."""
    act = _current.get()
    if act is None:
        raise RuntimeError(f"{row!r} was made outside an operation")
    act.beside.append(row)


def forget(row: models.Model) -> None:
    """Have the act's first entry say that a row, such as a grant taken back, is no longer of record."""
    act = _current.get()
    if act is None:
        raise RuntimeError(f"{row!r} was taken back outside an operation")
    act.forgotten.append(row)


def publish(entries: models.QuerySet[RegisterEntry]) -> int:
    """Open the bodies of these entries to everyone from now on. A body never changes and never closes again.

    The act's first entry says which were opened and when. See also `publish_own`, for entries of this act.
    """
    closed, moment = entries.filter(public_from=None), clock.now()
    numbers = list(closed.values_list("n", flat=True))
    if act := _current.get():
        act.opened |= {str(n): moment.isoformat() for n in numbers}
    return RegisterEntry.objects.filter(n__in=numbers).update(public_from=moment)


def publish_own(ids: Iterable[int]) -> None:
    """Have those of these entries that this act is still to write be open to everyone from the start."""
    if act := _current.get():
        act.opening |= set(ids)


def operation[**P, R](function: Callable[P, R]) -> Callable[..., R]:
    """Make a function the act of one person: one transaction, entries written last, retried whole.

    Callers of the outermost operation may pass `key`, made when the form was shown: the same key with the same
    content returns the first result and changes nothing; with other content it raises KeyReused (D8).
    Operations called inside join the act and its transaction.
    """

    @functools.wraps(function)
    def perform(*args: Any, key: str | None = None, **kwargs: Any) -> R:
        if args:
            raise TypeError("operations take keyword arguments only")
        if (act := _current.get()) is not None:
            return _joined(act, function, kwargs)
        if key and len(key) > KEY_LENGTH:  # ours are short; whatever else is sent still names one act
            key = digest_of(key)
        return _retried(function, kwargs, key)

    perform.is_operation = True  # type: ignore[attr-defined]
    return perform


def _joined[R](act: Act, function: Callable[..., R], kwargs: dict[str, Any]) -> R:
    """Perform inside the act, in a savepoint: an error caught further out takes its entries with it."""
    drafts, beside, forgotten = len(act.drafts), len(act.beside), len(act.forgotten)
    opened, opening = dict(act.opened), set(act.opening)
    try:
        with transaction.atomic():
            return function(**kwargs)
    except BaseException:
        del act.drafts[drafts:], act.beside[beside:], act.forgotten[forgotten:]
        act.opened, act.opening = opened, opening
        raise


def _retried[R](function: Callable[..., R], kwargs: dict[str, Any], key: str | None) -> R:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _performed(function, kwargs, key)
        except OperationalError as error:
            code = getattr(error.__cause__, "pgcode", None)
            if code not in RETRIED or connection.in_atomic_block or attempt == ATTEMPTS:
                raise
            log.info("operation repeated", operation=function.__name__, attempt=attempt, code=code)
            time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311 - spreads retries, no secret
    raise AssertionError("unreachable")


def _performed[R](function: Callable[..., R], kwargs: dict[str, Any], key: str | None) -> R:
    act = Act()
    request = _request_digest(function, kwargs) if key else ""
    token = _current.set(act)
    try:
        with bound_contextvars(act=act.id.hex, operation=function.__name__), clock.each_time(), transaction.atomic():
            if key and (first := _first_entry(key)):
                log.log(level_of_acts(), "act sent again", first_act=first.act.hex)
                return _first_result(first, request)
            result = function(**kwargs)
            if not act.drafts:
                raise RuntimeError(f"{function.__name__} left no entry in the register")
            numbers = _write(act, key, request, result)
            transaction.on_commit(partial(_tell, act, numbers))
            return result
    except DataError as error:
        if (said := NOT_KEPT.get(getattr(error.__cause__, "pgcode", ""))) is None:
            raise
        raise Refused(said) from error
    finally:
        _current.reset(token)


def _tell(act: Act, numbers: list[int]) -> None:
    """After the commit: a line in the log, and the doorbell."""
    log.log(level_of_acts(), "act recorded", act=act.id.hex, entries=numbers)
    entries_written.send_robust(sender=None)


def _request_digest(function: Callable, kwargs: dict[str, Any]) -> str:
    return digest_of(canonical({"operation": function.__name__, "arguments": _argument(kwargs)}))


def _argument(value: Any) -> Any:
    if isinstance(value, File):
        position = value.tell()
        value.seek(0)
        content = digest_of(value.read().hex())
        value.seek(position)
        return {"file": content}
    if isinstance(value, Mapping):
        return {str(_argument(name)): _argument(item) for name, item in value.items()}
    if isinstance(value, models.QuerySet | list | tuple):
        return [_argument(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        return {name: _argument(getattr(value, name)) for name in value.__dataclass_fields__}
    return plain(value)


def _first_entry(key: str) -> RegisterEntry | None:
    wait_in_turn(key)
    return RegisterEntry.objects.filter(key=key).first()


def _first_result(first: RegisterEntry, request: str) -> Any:
    if first.request_digest != request:
        raise KeyReused()
    label, _, pk = first.result.partition(":")
    return apps.get_model(label)._base_manager.get(pk=pk) if label else None


def _write(act: Act, key: str | None, request: str, result: Any) -> list[int]:
    """Write the act's entries under the head's lock, and return their numbers: nothing of the transaction comes after.

    Everybody waits for that lock: rows are read before it is taken, and entries and head go out in one message.
    """
    first = act.drafts[0]
    first.rows.extend([row for row in act.beside if row not in first.rows])
    first.gone.extend(act.forgotten)
    for draft in act.drafts:
        draft.public |= draft.id in act.opening
    asked = Asked(key, request, plain(result) if isinstance(result, models.Model) else "")
    prepared = [(draft, *_explained(draft)) for draft in act.drafts]
    n, last, moment = _hold_head()
    entries = []
    for draft, salt, rows in prepared:
        n += 1
        body = canonical(_body(draft, act, n, moment, salt, rows, asked if draft is first else None))
        digest = digest_of(body)
        last = chained(last, digest)
        entries.append((draft.id, n, draft.kind, body, digest, last, moment if draft.public else None))
    columns = [list(column) for column in zip(*entries, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(APPEND, [act.id, moment, first.id, *asked, *columns, n, last])
    return [entry[1] for entry in entries]


class Asked(NamedTuple):
    """How an act was asked for: what makes asking twice the same act."""

    key: str | None
    request: str
    result: str

    def sealed(self, salt: str) -> str:
        """Return the one digest over all of it: the key is a secret, so nothing that was asked can be guessed."""
        return digest_of(canonical([salt, self.key, self.request, self.result]))


def _hold_head() -> tuple[int, str, datetime]:
    """Lock the head and return it with the moment, which is read once the lock is held."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD)
        return cursor.fetchone()


HOLD = """
    WITH held AS MATERIALIZED (SELECT n, hash FROM alliance_registerhead FOR UPDATE)
    SELECT n, hash, alliance_now() FROM held
"""
APPEND = """
    WITH act(id, moment, first, key, request, result) AS (
        SELECT %s::uuid, %s::timestamptz, %s::bigint, %s::varchar, %s::varchar, %s::varchar)
    INSERT INTO alliance_registerentry
           (id, n, act, kind, body, digest, hash, recorded_at, public_from, key, request_digest, result)
    SELECT e.id, e.n, act.id, e.kind, e.body, e.digest, e.hash, act.moment, e.public_from,
           CASE WHEN e.id = act.first THEN act.key END,
           CASE WHEN e.id = act.first THEN act.request ELSE '' END,
           CASE WHEN e.id = act.first THEN act.result ELSE '' END
      FROM act, unnest(%s::bigint[], %s::bigint[], %s::varchar[], %s::text[], %s::varchar[], %s::varchar[],
                       %s::timestamptz[]) e(id, n, kind, body, digest, hash, public_from);
    UPDATE alliance_registerhead SET n = %s, hash = %s;
"""


def _explained(draft: Draft) -> tuple[str, list[dict[str, Any]]]:
    """Return the salt of the draft's body, and its rows as they stand now."""
    salt = secrets.token_hex(16)
    return salt, [snapshot(row, salt) for row in draft.rows]


def _body(
    draft: Draft, act: Act, n: int, moment: Any, salt: str, rows: list[dict[str, Any]], asked: Asked | None
) -> dict[str, Any]:
    return {
        "id": draft.id,
        "n": n,
        "act": act.id.hex,
        "kind": draft.kind,
        "at": moment.isoformat(),
        "by": draft.by,
        "public": draft.public,
        "facts": plain(draft.facts),
        "rows": rows,
        "gone": [{"model": row._meta.label_lower, "pk": plain(row.pk)} for row in draft.gone],
        "salt": salt,
        "asked": asked.sealed(salt) if asked else None,
        "opens": act.opened if asked else {},
    }
