"""What each guard of the database refuses: an attempt made from the catalogue, and who refuses it.

An attempt is made in a savepoint on the played demonstration, with the table's triggers off. Where other guards would
refuse as well they are dropped first, so that only this one can refuse; then the same attempt without it must go through.
"""

import itertools
import math
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import Error, connection, transaction

OURS = "r.relnamespace = 'public'::regnamespace AND r.relname ~ '^(alliance|funds|proposals|governance)_'"
MOST = 4000
FEW = 60


class Guard(NamedTuple):
    """One constraint, unique index, column that must hold something, or trigger."""

    kind: str
    table: str
    name: str
    columns: tuple[str, ...]

    @property
    def removal(self) -> str:
        match self.kind:
            case "index":
                return f'DROP INDEX "{self.name}"'
            case "not null":
                return f'ALTER TABLE "{self.table}" ALTER COLUMN "{self.columns[0]}" DROP NOT NULL'
            case "trigger":
                return f'DROP TRIGGER "{self.name}" ON "{self.table}"'
            case _:
                return f'ALTER TABLE "{self.table}" DROP CONSTRAINT "{self.name}" CASCADE'


def ask(query: str, *values: Any) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query, values or None)
        return cursor.fetchall() if cursor.description else []


KINDS = {"c": "check", "u": "unique", "p": "primary key", "x": "exclusion", "f": "foreign key"}


def guards() -> list[Guard]:
    """Return every guard on our own tables, from the catalogue."""
    found = [
        Guard(KINDS[kind], table, name, tuple(columns))
        for kind, table, name, columns in ask(f"""
            SELECT c.contype::text, r.relname, c.conname,
                   ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = r.oid AND a.attnum = ANY(c.conkey))
              FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
             WHERE c.contype IN ('c', 'u', 'p', 'x', 'f') AND {OURS} ORDER BY 2, 3""")
    ]
    found += [
        Guard("index", table, name, tuple(columns))
        for table, name, columns in ask(f"""
            SELECT r.relname, x.relname,
                   ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = r.oid AND a.attnum = ANY(i.indkey))
              FROM pg_index i JOIN pg_class r ON r.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
             WHERE i.indisunique AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = x.oid) AND {OURS}
             ORDER BY 1, 2""")
    ]
    found += [
        Guard("not null", table, f"{table}.{column}", (column,))
        for table, column in ask(f"""
            SELECT r.relname, a.attname FROM pg_attribute a JOIN pg_class r ON r.oid = a.attrelid
             WHERE r.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull AND {OURS}
               AND NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = r.oid AND i.indisprimary AND a.attnum = ANY(i.indkey))
             ORDER BY 1, 2""")
    ]
    found += [
        Guard("trigger", table, name, ())
        for table, name in ask(f"""
            SELECT r.relname, t.tgname FROM pg_trigger t JOIN pg_class r ON r.oid = t.tgrelid
             WHERE NOT t.tgisinternal AND {OURS} ORDER BY 1, 2""")
    ]
    return found


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def refuser(statements: list[str]) -> str | None:
    """Make the attempt in a savepoint; return who refuses it: a guard's name, a trigger's words, or None for nobody."""
    try:
        with undone():
            for statement in statements:
                ask(statement)
    except Error as error:
        said = getattr(error.__cause__, "diag", None)
        if said is None:
            raise
        if said.sqlstate == "23502":
            return f"{said.table_name}.{said.column_name}"
        return said.constraint_name or said.message_primary
    return None


def alone(guard: Guard) -> None:
    """Drop the other guards of the table: what refuses then is this one."""
    for other in OTHERS[guard.table]:
        if other.name != guard.name and (other.kind != "foreign key" or guard.kind == "foreign key"):
            ask(other.removal)


OTHERS: dict[str, list[Guard]] = {}


def learn(found: list[Guard]) -> None:
    """Note which constraints and indexes stand beside each other."""
    OTHERS.clear()
    for guard in found:
        OTHERS.setdefault(guard.table, [])
        if guard.kind in ("check", "unique", "exclusion", "index", "foreign key"):
            OTHERS[guard.table].append(guard)


class Column(NamedTuple):
    name: str
    type: str
    nullable: bool


def columns_of(table: str) -> dict[str, Column]:
    rows = ask(
        "SELECT column_name, udt_name, is_nullable = 'YES' FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s ORDER BY ordinal_position",
        table,
    )
    return {row[0]: Column(*row) for row in rows}


def key_of(table: str) -> str:
    return ask(
        "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)"
        " WHERE i.indrelid = %s::regclass AND i.indisprimary",
        table,
    )[0][0]


SOME = {
    "int2": "1", "int4": "1", "int8": "1", "numeric": "1", "bool": "false", "date": "DATE '2008-01-01'",
    "timestamptz": "TIMESTAMPTZ '2008-01-01 00:00+00'", "interval": "interval '0'", "uuid": "gen_random_uuid()",
    "jsonb": "'[]'::jsonb", "text": "'x'", "varchar": "'x'", "_varchar": "'{}'",
}  # fmt: skip
TRIED = {
    "int2": ["0", "-1", "1", "2", "101", "9999"], "int4": ["0", "-1", "1", "2", "101"], "int8": ["0", "-1", "1", "2"],
    "numeric": ["0", "-1", "0.01", "100", "99999999"], "bool": ["true", "false"],
    "date": ["DATE '1990-01-01'", "DATE '2990-01-01'"],
    "timestamptz": ["TIMESTAMPTZ '1990-01-01 00:00+00'", "TIMESTAMPTZ '2990-01-01 00:00+00'"],
    "interval": ["interval '1 hour'", "interval '0'"], "uuid": ["gen_random_uuid()"],
    "jsonb": ["'[]'::jsonb", "'{}'::jsonb"], "text": ["''", "'zz'", "'ZZ'"], "varchar": ["''", "'zz'", "'ZZ'"],
    "_varchar": ["'{}'", "ARRAY['zz']"],
}  # fmt: skip


def first_row(table: str) -> list[str]:
    """Return what makes a row to start from where the demonstration leaves none: its columns' types describe it."""
    if ask(f'SELECT 1 FROM "{table}" LIMIT 1'):
        return []
    held = {c.name: SOME[c.type] for c in columns_of(table).values() if not c.nullable}
    return [f'INSERT INTO "{table}" ({_quoted(held)}) OVERRIDING SYSTEM VALUE VALUES ({", ".join(held.values())})']


def _quoted(names: Any) -> str:
    return ", ".join(f'"{name}"' for name in names)


def attempts(guard: Guard) -> Iterator[list[str]]:
    """Yield attempts of which one at least should be refused by this guard and by no other."""
    match guard.kind:
        case "check":
            yield from _broken_rows(guard)
        case "not null":
            yield [f'UPDATE "{guard.table}" SET "{guard.columns[0]}" = NULL']
        case "foreign key":
            column = columns_of(guard.table)[guard.columns[0]]
            away = (
                "-1" if column.type.startswith("int") else "gen_random_uuid()" if column.type == "uuid" else "'nowhere'"
            )
            yield [
                f'UPDATE "{guard.table}" SET "{column.name}" = {away}',
                "SET CONSTRAINTS ALL IMMEDIATE",
            ]
        case _:
            yield from _doubled_rows(guard)


def _broken_rows(guard: Guard) -> Iterator[list[str]]:
    known = columns_of(guard.table)
    columns = [known[name] for name in guard.columns]
    meaning = ask("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", guard.name)[0][0]
    named = [f"'{value}'" for value in re.findall(r"'([^']*)'::(?:character varying|text)", meaning)]
    values = []
    for column in columns:
        tried = [f'"{column.name}"', *(["NULL"] if column.nullable else []), *TRIED[column.type]]
        tried += [f'"{other.name}"' for other in columns if other.type == column.type and other != column]
        if column.type in ("varchar", "text"):
            held = ask(
                f'SELECT DISTINCT "{column.name}" FROM "{guard.table}" WHERE length("{column.name}") < 30 LIMIT 6'
            )
            tried += [*("'" + value.replace("'", "''") + "'" for (value,) in held), *named]
        values.append(tried)
    key = key_of(guard.table)
    for chosen in _some_of(values):
        change = ", ".join(f'"{column.name}" = {value}' for column, value in zip(columns, chosen, strict=True))
        yield [f'UPDATE "{guard.table}" SET {change} WHERE "{key}" = (SELECT min("{key}") FROM "{guard.table}")']


def _some_of(values: list[list[str]]) -> Iterator[tuple[str, ...]]:
    """Yield combinations in an order that begins nowhere in particular, always the same."""
    rng = random.Random(1)
    if math.prod(len(tried) for tried in values) <= MOST:
        every = list(itertools.product(*values))
        rng.shuffle(every)
        yield from every
    else:
        yield from (tuple(rng.choice(tried) for tried in values) for _ in range(MOST))


def _doubled_rows(guard: Guard) -> Iterator[list[str]]:
    """A row once more, under another key unless the key is what must not be doubled."""
    key, known = key_of(guard.table), columns_of(guard.table)
    number = known[key].type.startswith("int")
    fresh = f'(SELECT max("{key}") + 1 FROM "{guard.table}")' if number else "'another'"
    keeps_key = guard.kind == "primary key" or key in guard.columns
    chosen = ", ".join(fresh if name == key and not keeps_key else f'"{name}"' for name in known)
    copy = (
        f'INSERT INTO "{guard.table}" ({_quoted(known)}) OVERRIDING SYSTEM VALUE SELECT {chosen} FROM "{guard.table}"'
    )
    rows = ask(f'SELECT "{key}"::text FROM "{guard.table}" ORDER BY "{key}" LIMIT 500')
    for (pk,) in rows:
        yield [f"{copy} WHERE \"{key}\"::text = '{pk}'"]
    filled = ", ".join(f'"{name}" = {_something(known[name])}' for name in guard.columns if name != key)
    yield [f'UPDATE "{guard.table}" SET {filled}' if filled else "SELECT", copy]
    for where in _conditions(guard):
        yield [f'UPDATE "{guard.table}" SET {filled}, {where}', copy]


def _something(column: Column) -> str:
    """Return a value that is there: the row's own, or any where it has none."""
    own = f'''NULLIF("{column.name}", '')''' if column.type in ("varchar", "text") else f'"{column.name}"'
    return f"COALESCE({own}, {SOME[column.type]})"


def _conditions(guard: Guard) -> list[str]:
    """Return what could make a row one that a partial index covers: each column that its condition names, set."""
    meaning = ask("SELECT pg_get_indexdef(%s::regclass)", f'"{guard.name}"')[0][0] if guard.kind == "index" else ""
    pairs = re.findall(r"\(\(?(\w+)\)?(?:::text)? (?:=|<>|<) [^']*'([^']*)'", meaning.partition(" WHERE ")[2])
    return [f"\"{name}\" = '{value}'" for name, value in pairs]


class Verdict(NamedTuple):
    """Who refuses the attempt while the guard stands, and who when it is gone."""

    standing: str | None
    gone: str | None


def judge(guard: Guard) -> Verdict:
    """Find an attempt that this guard refuses, and make it again without the guard."""
    if guard.kind == "trigger":
        from tests.trigger_attempts import judge_trigger

        return judge_trigger(guard)
    return _judged(guard, beside=True) or _judged(guard, beside=False) or Verdict("nobody", "never violated")


def _judged(guard: Guard, *, beside: bool) -> Verdict | None:
    """Look for an attempt that this guard refuses, with the table's other guards beside it or without them."""
    with undone():
        ask(f'ALTER TABLE "{guard.table}" DISABLE TRIGGER USER')
        if not beside:
            alone(guard)
        first = first_row(guard.table)
        for attempt in itertools.islice(attempts(guard), FEW if beside else MOST):
            if refuser([*first, *attempt]) == guard.name:
                ask(guard.removal)
                verdict = Verdict(guard.name, refuser([*first, *attempt]))
                return verdict if verdict.gone is None or not beside else None
    return None


@dataclass
class Removed:
    """What came of removing guards: red is a guard whose violation is refused with it and by nobody but others without."""

    red: Counter[str] = field(default_factory=Counter)
    green: dict[Guard, Verdict] = field(default_factory=dict)

    @property
    def line(self) -> str:
        kinds = ", ".join(f"{kind} {n}" for kind, n in sorted(self.red.items()))
        total = sum(self.red.values()) + len(self.green)
        return f"guards removed {total}, red {sum(self.red.values())} ({kinds}), still green {len(self.green)}"


def removal(part: int = 0, parts: int = 1, *, say: Callable[[str], Any] = print) -> Removed:
    """Judge every guard of this part."""
    found, removed = guards(), Removed()
    learn(found)
    for number, guard in enumerate(found):
        if number % parts != part:
            continue
        verdict = judge(guard)
        if verdict.standing == guard.name != verdict.gone:
            removed.red[guard.kind] += 1
        else:
            removed.green[guard] = verdict
            say(f"not red: {guard.kind} {guard.table}.{guard.name}: {verdict}")
    return removed
