"""Tampering as a superuser with triggers off: every table and column of the catalogue, and what finds it.

Each tampering is done in a savepoint and undone. Naive ones must be found by `verify`; those that recompute the
whole chain afterwards by `verify` or by whoever kept an older copy of the register outside.
"""

import json
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import Error, connection, transaction
from psycopg2.extras import execute_values

from alliance.register.acts import Asked
from alliance.register.canonical import GENESIS, canonical, chained, digest_of
from alliance.register.models import Registered
from alliance.register.snapshots import snapshot
from alliance.register.verification import Problem, Verification
from reporting.verification.everything import problems

# Tables that are not of record, each with the reason.
EXEMPT_TABLES = {
    "alliance_clock": "a demonstration's knob, said on every page; elsewhere a constraint holds the offset at zero",
    "alliance_accountmail": "a mail that waits: its link is made as it goes out, from the account as it then is",
    "alliance_bounce": "reports of mail servers: they say nothing of what was recorded",
    "alliance_mailchoice": "a preference: how a person is told by mail; the notices are theirs all the same",
    "alliance_relaycursor": "how far notices have been written; from zero they are written again, once each",
    "alliance_securityevent": "a log of refusals with a time to live: what was refused changed nothing",
    "auth_permission": "names for Django; the two that are granted are checked with the grants",
    "django_content_type": "names for Django; those of granted permissions are checked with the grants",
    "django_migrations": "which migrations ran; what they made is checked as guards",
    "django_session": "who is signed in: opaque, short-lived, not of record",
}
# Rows that are not of record, by the condition that those of record fulfil.
OF_RECORD = {
    "alliance_job": ("state = 'done'", "a request for a document is no act; a finished document is"),
    "alliance_storedfile": (
        (
            "id IN (SELECT file_id FROM proposals_attachment a JOIN proposals_proposal p ON p.id = a.proposal_id"
            " WHERE p.submitted_at IS NOT NULL UNION SELECT file_id FROM alliance_job WHERE file_id IS NOT NULL"
            " UNION SELECT file_id FROM funds_agreementdocument"
            " UNION SELECT file_id FROM funds_duediligence WHERE file_id IS NOT NULL"
            " UNION SELECT document_id FROM funds_voucher WHERE document_id IS NOT NULL)"
        ),
        "a draft's file is its author's",
    ),
    "alliance_user": ("id IN (SELECT user_id FROM alliance_membership)", "an account without a role may do nothing"),
    "proposals_contract": ("offered_at IS NOT NULL", "a draft"),
    "proposals_tranche": ("contract_id IN (SELECT id FROM proposals_contract WHERE offered_at IS NOT NULL)", "a draft"),
    "proposals_partnerreport": (
        "state IN ('submitted', 'accepted')",
        "a report is its author's draft until it is sent",
    ),
    "proposals_proposal": ("state NOT IN ('draft', 'returned', 'withdrawn')", "a draft"),
    **{
        f"proposals_{part}": (
            "proposal_id IN (SELECT id FROM proposals_proposal WHERE state NOT IN ('draft', 'returned', 'withdrawn'))",
            "a draft's parts",
        )
        for part in ("attachment", "budgetline", "indicator", "proposalobjective", "proposalpartner")
    },
    "proposals_proposalrecommendation": (
        "proposal_id IN (SELECT id FROM proposals_proposal WHERE state NOT IN ('draft', 'returned', 'withdrawn'))",
        "a draft's parts",
    ),
}
PERSONAL = "how a person signs in and is addressed: corrected and erased without a trace, by right"
PROGRESS = "how the making of a document went, not what was made"
# Columns that are not of record, each with the reason.
EXEMPT = {
    "alliance_user.password": "how a person signs in: only its hash, changed at will",
    "alliance_user.last_login": "when a person signed in",
    "alliance_user.email": PERSONAL,
    "alliance_user.name": PERSONAL,
    "alliance_user.language": "a preference",
    "alliance_user.joined_at": PERSONAL,
    "account_emailaddress.id": "a key that mails of allauth's own would refer to, and the portal sends none of those",
    "alliance_invitation.email": "an invitation whose address was changed is nobody's: its secret is bound to it",
    "alliance_invitation.language": "a preference",
    "alliance_invitation.mailed_at": "whether it was mailed",
    "alliance_invitation.mail_tries": "how often mailing was tried",
    "alliance_notice.user_id": "a notice is word of an entry; the entry says who acted and on what",
    "alliance_notice.url": "where a notice leads; what is found there is checked",
    "alliance_notice.entry_id": "another entry of the same kind about the same thing; any other is found",
    "alliance_notice.read_at": "a read mark",
    "alliance_notice.is_for_mail": "a preference of its reader",
    "alliance_notice.mailed_at": "whether it was mailed",
    "alliance_notice.mail_tries": "how often mailing was tried",
    "alliance_notice.mail_after": "when mailing is tried again",
    **{
        f"alliance_job.{name}": PROGRESS
        for name in ("progress", "step", "attempts", "error", "rung_at", "started_at", "finished_at", "requested_at")
    },
    "alliance_job.state": "a done job that is asked for again is made again, and its entry stays",
    "alliance_registerhead.id": "the key of a single row, held at 1 by a constraint among the guards",
    **{
        f"funds_carried.{name}": "how far sums were carried forward: a cache, and one that makes a reading wrong is found"
        for name in ("until", "n", "with_parts")
    },
    "proposals_proposal.saved_at": "when a draft was last saved",
    "proposals_attachment.added_by_id": "who put a file into the draft; who submitted it is of record",
    "proposals_attachment.added_at": "when a file was put into the draft; when it was submitted is of record",
    "proposals_indicator.position": "an order; the order itself is frozen",
    "proposals_budgetline.position": "an order; the order itself is frozen",
}
# Rows whose coming or going is no matter of record.
EXEMPT_ROWS = {
    ("delete", "alliance_notice"): "word of an entry, which stays",
    ("insert", "alliance_notice"): "word of an entry that exists: kind and reference are checked",
    ("insert", "alliance_storedfile"): "a file that nothing of record names is nobody's",
    ("insert", "alliance_user"): "an account without a role may do nothing",
    ("insert", "alliance_job"): "a request for a document",
    ("delete", "alliance_job"): "its file and its entry stay",
}


class Column(NamedTuple):
    table: str
    name: str
    type: str
    nullable: bool
    length: int | None

    @property
    def key(self) -> str:
        return f"{self.table}.{self.name}"


class Tampering(NamedTuple):
    """One thing a superuser does: how it is done returns False when there is nothing to do it to."""

    how: str
    where: str
    do: Callable[[], bool]


def ask(query: str, *values: Any) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query, values or None)
        return cursor.fetchall() if cursor.description else []


@cache
def columns() -> list[Column]:
    """Return every column of every table, from the database's own catalogue, read once: nothing here changes a table's."""
    rows = ask("""
        SELECT c.table_name, c.column_name, c.udt_name, c.is_nullable = 'YES', c.character_maximum_length
          FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
         WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' ORDER BY 1, c.ordinal_position
    """)
    return [Column(*row) for row in rows]


def exempt(column: Column) -> str:
    """Return why a column is not of record, or nothing."""
    return EXEMPT_TABLES.get(column.table) or EXEMPT.get(column.key) or _surrogate(column)


def _surrogate(column: Column) -> str:
    """The key of a row that nothing refers to and no entry names is a number without a meaning."""
    if column.name != "id" or column.table in {m._meta.db_table for m in registered()}:
        return ""
    if column.table in ("alliance_registerentry", "alliance_registerhead"):
        return ""
    pointed = ask("SELECT 1 FROM pg_constraint WHERE contype = 'f' AND confrelid = %s::regclass", column.table)
    return "" if pointed else "a key that nothing refers to"


def _pointed_at(column: Column, pks: list[str]) -> list[str]:
    """Return the rows that something refers to by this column: the key of another row says nothing by itself."""
    pointing = ask(
        "SELECT conrelid::regclass::text, attname FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid"
        " AND attnum = conkey[1] WHERE contype = 'f' AND confrelid = %s::regclass AND confkey[1] ="
        " (SELECT attnum FROM pg_attribute WHERE attrelid = %s::regclass AND attname = %s)",
        column.table, column.table, column.name,
    )  # fmt: skip
    named = {row[0] for table, name in pointing for row in ask(f'SELECT DISTINCT "{name}"::text FROM {table}')}
    return [pk for pk in pks if pk in named]


def registered() -> list[type[Registered]]:
    return [m for m in apps.get_models() if issubclass(m, Registered)]


def primary_key(table: str) -> str:
    return ask(
        "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)"
        " WHERE i.indrelid = %s::regclass AND i.indisprimary",
        table,
    )[0][0]


def rows_of_record(table: str) -> list[Any]:
    """Return the keys of the rows that are of record, as text."""
    key, (where, _why) = primary_key(table), OF_RECORD.get(table, ("true", ""))
    return [row[0] for row in ask(f'SELECT "{key}"::text FROM "{table}" WHERE {where} ORDER BY "{key}"')]


CHANGED = {
    "int2": ["{c} + 1", "{c} - 1", "0", "1"],
    "int4": ["{c} + 1", "{c} - 1", "0", "1"],
    "int8": ["{c} + 1", "{c} - 1", "0", "1"],
    "numeric": ["{c} + 0.01", "{c} - 0.01", "{c} + 1", "1"],
    "bool": ["NOT {c}", "true", "false"],
    "date": ["{c} + 1", "{c} - 1", "DATE '2008-01-01'"],
    "timestamptz": ["{c} + interval '1 second'", "{c} - interval '1 second'", "TIMESTAMPTZ '2008-01-01 00:00+00'"],
    "interval": ["{c} + interval '1 hour'"],
    "uuid": ["gen_random_uuid()"],
    "jsonb": [
        """CASE jsonb_typeof({c}) WHEN 'array' THEN {c} || '["x"]'::jsonb ELSE '{{"x": 1}}'::jsonb END""",
        "'[]'::jsonb",
    ],
    "text": ["{c} || 'x'", "'x'"],
    "varchar": ["{c} || 'x'", "left({c}, -1) || 'x'", "left({c}, -1) || 'a'", "'x'", "''"],
    "_varchar": ["array_append({c}, 'PH')", "'{{}}'"],
}


# Texts that have to stay readable: anything else is not what a careful person would write there.
CAREFUL = {"alliance_registerentry.body": ["""replace({c}, '"facts":{{', '"facts":{{"added":1,')"""]}


def candidates(column: Column) -> Iterator[str]:
    """Yield SQL expressions that could become the column's new value: other rows' values and choices too."""
    yield from (text.format(c=f'"{column.name}"') for text in CAREFUL.get(column.key, CHANGED[column.type]))
    if column.nullable:
        yield "NULL"
    yield f'(SELECT o."{column.name}" FROM "{column.table}" o WHERE o."{column.name}" IS DISTINCT FROM t."{column.name}" LIMIT 1)'
    for choice in _choices(column):
        yield f"'{choice}'"


def _choices(column: Column) -> list[str]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.db_table == column.table:
            field = next((f for f in model._meta.concrete_fields if f.column == column.name), None)
            return [str(value) for value, _label in (getattr(field, "choices", None) or [])]
    return []


def attempted(statement: str) -> int:
    """Do it in a savepoint; return how many rows changed, or 0 when the database refused."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.rowcount
    except Error:
        return 0


def change(column: Column, pk: str) -> bool:
    """Give the column another value; where constraints leave none, without them."""
    key = primary_key(column.table)
    tried = [
        f'UPDATE "{column.table}" t SET "{column.name}" = {text}'
        f' WHERE t."{key}"::text = \'{pk}\' AND ({text}) IS DISTINCT FROM t."{column.name}"'
        for text in candidates(column)
    ]
    if any(attempted(statement) for statement in tried):
        return True
    free(column.table)
    return any(attempted(statement) for statement in tried)


def free(table: str) -> None:
    """Drop what would refuse a row: a superuser may."""
    for name, kind in ask(
        "SELECT conname, contype FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'u', 'x')", table
    ):
        assert kind
        ask(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}" CASCADE')
    for (name,) in ask(
        "SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = %s::regclass AND indisunique AND NOT indisprimary"
        " AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)",
        table,
    ):
        ask(f"DROP INDEX {name}")


def swap(column: Column, pks: list[str]) -> bool:
    """Exchange the column's values of two rows that differ in it; and in more, where the key says nothing by itself."""
    key = primary_key(column.table)
    own = [c for c in columns() if c.table == column.table and c.name != column.name]
    telling = [c.name for c in own if c.name != key or not exempt(c)]
    differ = " OR ".join(f'a."{name}" IS DISTINCT FROM b."{name}"' for name in telling) or "false"
    listed = ", ".join(f"'{pk}'" for pk in pks)
    pair = ask(
        f'SELECT a."{key}"::text, b."{key}"::text FROM "{column.table}" a JOIN "{column.table}" b'
        f' ON a."{key}" < b."{key}" AND a."{column.name}" IS DISTINCT FROM b."{column.name}"'
        f' WHERE a."{key}"::text IN ({listed}) AND b."{key}"::text IN ({listed}) AND ({differ}) LIMIT 1'
    )
    if not pair or column.name == key:
        return False
    one, other = pair[0]
    statement = (
        f'UPDATE "{column.table}" t SET "{column.name}" = o."{column.name}" FROM "{column.table}" o'
        f" WHERE t.\"{key}\"::text IN ('{one}', '{other}') AND o.\"{key}\"::text IN ('{one}', '{other}') AND o.\"{key}\" <> t.\"{key}\""
    )
    if attempted(statement):
        return True
    free(column.table)
    return bool(attempted(statement))


def delete(table: str, pk: str) -> bool:
    return bool(attempted(f'DELETE FROM "{table}" WHERE "{primary_key(table)}"::text = \'{pk}\''))


def insert(table: str, pk: str) -> bool:
    """Insert a copy of a row under another key."""
    free(table)
    key = primary_key(table)
    names = [c.name for c in columns() if c.table == table]
    kind = next(c for c in columns() if (c.table, c.name) == (table, key))
    fresh = f'(SELECT max("{key}") + 1 FROM "{table}")' if kind.type.startswith("int") else "'another'"
    chosen = ", ".join(fresh if name == key else f'"{name}"' for name in names)
    listed = ", ".join(f'"{name}"' for name in names)
    return bool(
        attempted(f'INSERT INTO "{table}" ({listed}) SELECT {chosen} FROM "{table}" WHERE "{key}"::text = \'{pk}\'')
    )


def tail(length: int) -> bool:
    """Cut the register's last entries and set the head to what is left."""
    ask(
        "DELETE FROM alliance_notice WHERE entry_id IN (SELECT id FROM alliance_registerentry ORDER BY n DESC LIMIT %s)",
        length,
    )
    ask("DELETE FROM alliance_registerentry WHERE n > (SELECT max(n) FROM alliance_registerentry) - %s", length)
    ask("UPDATE alliance_registerhead h SET n = e.n, hash = e.hash FROM alliance_registerentry e"
        " WHERE e.n = (SELECT max(n) FROM alliance_registerentry)")  # fmt: skip
    return True


def tamperings(rng: random.Random) -> Iterator[Tampering]:
    """Yield everything that is done to tables, each column of the catalogue in turn."""
    kept: dict[str, list[str]] = {}
    for column in columns():
        if column.table in EXEMPT_TABLES:
            continue
        if column.table not in kept:
            pks = kept[column.table] = rows_of_record(column.table)
            for how, act in (("delete", delete), ("insert", insert)):
                if pks and (how, column.table) not in EXEMPT_ROWS:
                    pk = rng.choice(pks)
                    yield Tampering(how, column.table, lambda a=act, t=column.table, p=pk: a(t, p))
        pks = kept[column.table]
        if exempt(column) or not pks:
            continue
        pk = rng.choice(_pointed_at(column, pks) or pks)
        yield Tampering("change", column.key, lambda c=column, p=pk: change(c, p))
        yield Tampering("swap", column.key, lambda c=column, p=pks: swap(c, p))
    for length in (1, 2, 10):
        yield Tampering("tail", f"alliance_registerentry:{length}", lambda n=length: tail(n))


@contextmanager
def as_superuser() -> Iterator[None]:
    """Triggers and foreign keys off, and everything undone afterwards."""
    with transaction.atomic():
        ask("SET LOCAL session_replication_role = replica")
        yield
        transaction.set_rollback(True)
    ask("SET LOCAL session_replication_role = origin")


class Outside:
    """An older download of the public register, and `static/verify.py`: what anybody outside has."""

    def __init__(self, folder: Path) -> None:
        self.older, self.newer = folder / "older.jsonl", folder / "newer.jsonl"
        spec = spec_from_file_location("register_verifier", settings.BASE_DIR / "static" / "verify.py")
        assert spec
        assert spec.loader
        self.verifier = module_from_spec(spec)
        spec.loader.exec_module(self.verifier)
        call_command("public_register", str(self.older))

    def objects(self) -> bool:
        """Say whether the download of now is refused, or is not the older one grown."""
        call_command("public_register", str(self.newer))
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            return bool(self.verifier.main([str(self.newer), "--since", str(self.older)]))


class Reading:
    """The honest register, read once: what its newest entries say of each row."""

    def __init__(self) -> None:
        self.verification = Verification()
        assert list(self.verification.chain()) == []

    def rows(self, table: str) -> Problem | None:
        """Return what the part of `verify` that holds a table's rows against the register finds first."""
        models = [m for m in registered() if m._meta.db_table == table]
        return next((p for m in models for p in self.verification.rows_of(m)), None)


def found_by_verify(reading: Reading | None = None, table: str = "") -> Problem | None:
    """Return the first that `verify` finds besides guards: those that were dropped on the way are not the matter.

    The part that concerns the table is asked first: what a part finds, the whole finds.
    """
    if reading and not table.startswith("alliance_register") and (first := reading.rows(table)):
        return first
    return next((problem for problem in problems(Verification()) if problem.what != "guard"), None)


def recompute(table: str) -> None:
    """Rewrite the register so that it explains this table as it is now: bodies, digests, hashes, head, checkpoints."""
    entries = ask(
        "SELECT id, n, act, kind, body, recorded_at, public_from, key, request_digest, result"
        " FROM alliance_registerentry ORDER BY n"
    )
    bodies = [_restamped(*entry) for entry in entries]
    newest: dict[tuple[str, str], tuple[int, int]] = {}
    for at, body in enumerate(bodies):
        newest |= {(row["model"], str(row["pk"])): (at, i) for i, row in enumerate(body["rows"])}
    for model in (m for m in registered() if m._meta.db_table in (table, LINKED.get(table))):
        label = model._meta.label_lower
        for row in model.fixed_rows():
            place = newest.get((label, str(row.pk)))
            if place:
                body = bodies[place[0]]
                body["rows"][place[1]] = snapshot(row, body["salt"])
            elif model.registered_rows().filter(pk=row.pk).exists():
                bodies[-1]["rows"].append(snapshot(row, bodies[-1]["salt"]))
        _forget(bodies, model)
    _chain_again(entries, bodies)


# Lists of links stand in the snapshots of the rows that they belong to.
LINKED = {
    "alliance_recommendation_objectives": "alliance_recommendation",
    "alliance_recommendation_sources": "alliance_recommendation",
    "alliance_summit_sources": "alliance_summit",
    "funds_window_objectives": "funds_window",
}
# What recomputing puts right again: then nothing is wrong any more.
PUT_RIGHT = {
    "alliance_checkpoint.hash",
    "alliance_registerhead",
    "alliance_registerentry.digest",
    "alliance_registerentry.hash",
}


def _restamped(
    id_: int, n: int, act: Any, kind: str, text: str, at: Any, public_from: Any, *asked: Any
) -> dict[str, Any]:
    body = json.loads(text.rstrip("xa"))
    if body.get("asked"):
        body["asked"] = Asked(*asked).sealed(body["salt"])
    stamps = {"id": id_, "n": n, "act": str(act).replace("-", ""), "kind": kind, "at": at.isoformat()}
    return body | stamps | {"public": public_from == at}


def _forget(bodies: list[dict[str, Any]], model: type[Registered]) -> None:
    """Drop rows that are not there from every body."""
    label, there = model._meta.label_lower, {str(pk) for pk in model._base_manager.values_list("pk", flat=True)}
    for body in bodies:
        body["rows"] = [row for row in body["rows"] if row["model"] != label or str(row["pk"]) in there]


def _chain_again(entries: list[tuple], bodies: list[dict[str, Any]]) -> None:
    previous, rows, hashes = GENESIS, [], {}
    for number, (entry, body) in enumerate(zip(entries, bodies, strict=True), start=1):
        for row in body["rows"]:
            if row["model"] == "alliance.checkpoint":
                row["columns"]["hash"] = hashes.get(row["columns"]["n"], row["columns"]["hash"])
                body["facts"]["hash"] = row["columns"]["hash"]
        text = canonical(body | {"n": number})
        digest = digest_of(text)
        previous = chained(previous, digest)
        hashes[number] = previous
        rows.append((entry[0], number, text, digest, previous))
    with connection.cursor() as cursor:
        execute_values(
            cursor.cursor,
            "UPDATE alliance_registerentry e SET n = v.n, body = v.body, digest = v.digest, hash = v.hash"
            " FROM (VALUES %s) v(id, n, body, digest, hash) WHERE v.id = e.id AND e.body IS DISTINCT FROM v.body"
            " OR v.id = e.id AND e.hash <> v.hash",
            rows,
            page_size=10_000,
        )
    ask("UPDATE alliance_registerhead SET n = %s, hash = %s", len(bodies), previous)
    ask("UPDATE alliance_checkpoint c SET hash = e.hash FROM alliance_registerentry e WHERE e.n = c.n")


@dataclass
class Found:
    """What a run did and what came of it."""

    done: Counter[str] = field(default_factory=Counter)
    by: Counter[str] = field(default_factory=Counter)
    places: set[str] = field(default_factory=set)
    unfound: list[str] = field(default_factory=list)
    nothing: list[str] = field(default_factory=list)

    @property
    def line(self) -> str:
        tables = {place.partition(".")[0] for place in self.places}
        return (
            f"tampered: {len(tables)} tables, {len(self.places)} columns; {sum(self.done.values())} tamperings"
            f" ({', '.join(f'{how} {n}' for how, n in sorted(self.done.items()))});"
            f" found by {', '.join(f'{name} {n}' for name, n in sorted(self.by.items()))};"
            f" not found {len(self.unfound)}; exempt: {len(EXEMPT_TABLES)} tables, {len(EXEMPT)} columns;"
            f" no row to tamper with {len(self.nothing)}"
        )


def campaign(*, seed: int, part: int = 0, parts: int = 1, say: Callable[[str], Any] = print) -> Found:
    """Do every tampering of this part, naively and with the chain recomputed."""
    found, rng = Found(), random.Random(seed)
    assert (first := found_by_verify()) is None, first
    reading = Reading()
    with tempfile.TemporaryDirectory() as folder:
        outside = Outside(Path(folder))
        for number, tampering in enumerate(tamperings(rng)):
            if number % parts == part:
                _twice(tampering, reading, outside, found, say)
    files(found, say)
    guards(found, say, part, parts)
    return found


def _twice(tampering: Tampering, reading: Reading, outside: Outside, found: Found, say: Callable[[str], Any]) -> None:
    with as_superuser():
        if not tampering.do():
            if tampering.how != "swap":
                found.nothing.append(f"{tampering.how} {tampering.where}")
            return
        if "." in tampering.where:
            found.places.add(tampering.where)
        found.done[tampering.how] += 1
        table = tampering.where.partition(".")[0].partition(":")[0]
        by = "verify" if found_by_verify(reading, LINKED.get(table, table)) else ""
        _judge(f"{tampering.how} {tampering.where}", by, found, say)
        if {table, tampering.where} & PUT_RIGHT:
            return
        recompute(table)
        found.done["recomputed"] += 1
        by = "an older download" if outside.objects() else "verify (recomputed)" if found_by_verify() else ""
        _judge(f"{tampering.how} {tampering.where}, recomputed", by, found, say)


def _judge(what: str, by: str, found: Found, say: Callable[[str], Any]) -> None:
    if by:
        found.by[by] += 1
    else:
        found.unfound.append(what)
        say(f"not found: {what}")


def files(found: Found, say: Callable[[str], Any]) -> None:
    """Replace, lengthen, shorten and remove each stored file."""
    from alliance.records import checks
    from alliance.records.files import path_of

    for (sha256,) in ask("SELECT DISTINCT sha256 FROM alliance_storedfile"):
        path = path_of(sha256)
        bytes_ = path.read_bytes()
        for how, other in {
            "replaced": b"%PDF-1.7 other", "longer": bytes_ + b"x", "shorter": bytes_[:-1], "removed": None,
        }.items():  # fmt: skip
            path.chmod(0o640)
            path.unlink() if other is None else path.write_bytes(other)
            try:
                found.done["file"] += 1
                _judge(f"file {how}", "verify" if any(p.what == "file" for p in checks.problems()) else "", found, say)
            finally:
                path.write_bytes(bytes_)


def guards(found: Found, say: Callable[[str], Any], part: int = 0, parts: int = 1) -> None:
    """Drop or switch off every guard in turn, and weaken tables: `verify` names what is missing."""
    from reporting.verification.guards import problems as weakened

    for number, (how, statement) in enumerate(weakenings()):
        if number % parts == part:
            with transaction.atomic():
                ask(statement)
                found.done["guard"] += 1
                _judge(how, "verify (guards)" if next(weakened(), None) else "", found, say)
                transaction.set_rollback(True)


def weakenings() -> Iterator[tuple[str, str]]:
    """Yield what takes a guard away, from the catalogue."""
    ours = "relnamespace = 'public'::regnamespace AND relname ~ '^(alliance|funds|proposals|governance)_'"
    for table, name in ask(
        f"SELECT relname, tgname FROM pg_trigger t JOIN pg_class r ON r.oid = tgrelid WHERE NOT tgisinternal AND {ours}"
    ):
        yield f"drop trigger {name}", f'DROP TRIGGER "{name}" ON "{table}"'
        yield f"disable trigger {name}", f'ALTER TABLE "{table}" DISABLE TRIGGER "{name}"'
    for table, name in ask(
        f"SELECT relname, conname FROM pg_constraint c JOIN pg_class r ON r.oid = conrelid WHERE contype IN ('c', 'u', 'p', 'x', 'f') AND {ours}"
    ):
        yield f"drop constraint {name}", f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}" CASCADE'
    for (name,) in ask(
        f"SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class r ON r.oid = i.indrelid WHERE indisunique AND {ours}"
        " AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = i.indexrelid)"
    ):
        yield f"drop index {name}", f"DROP INDEX {name}"
    for (table,) in ask(f"SELECT relname FROM pg_class WHERE relkind = 'r' AND {ours}"):
        if ask("SELECT 1 FROM pg_trigger WHERE tgrelid = %s::regclass", table):
            yield f"foreign keys of {table} off", f'ALTER TABLE "{table}" DISABLE TRIGGER ALL'
        yield f"rule on {table}", f'CREATE RULE silent AS ON DELETE TO "{table}" DO INSTEAD NOTHING'
    for table, name in ask(
        f"SELECT relname, attname FROM pg_attribute a JOIN pg_class r ON r.oid = attrelid WHERE relkind = 'r' AND attnum > 0"
        f" AND NOT attisdropped AND attnotnull AND {ours} AND NOT EXISTS"
        " (SELECT 1 FROM pg_index i WHERE i.indrelid = r.oid AND indisprimary AND attnum = ANY(indkey))"
    ):
        yield f"null allowed in {table}.{name}", f'ALTER TABLE "{table}" ALTER COLUMN "{name}" DROP NOT NULL'
    for (name,) in ask(
        "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_language l ON l.oid = prolang WHERE prorettype = 'trigger'::regtype"
        " AND pronamespace = 'public'::regnamespace AND lanname = 'plpgsql'"
    ):
        yield (
            f"function {name} emptied",
            (
                f"CREATE OR REPLACE FUNCTION {name} RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN COALESCE(NEW, OLD); END'"
            ),
        )
