"""The database's guards as shipped: tables with their columns, constraints, triggers, functions, unique indexes.

Each by a fingerprint.

`guards.json` is written from a freshly migrated database (`record_guards`), and a test keeps it so.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

from django.db import connection

from alliance.register.verification import Problem

SHIPPED = Path(__file__).with_name("guards.json")
CAST_LIST = re.compile(r"\(ARRAY\[((?:'(?:[^']|'')*'::character varying(?:, )?)+)\]\)::text\[\]")
MEMBER = re.compile(r"'(?:[^']|'')*'::character varying")
OURS = ("alliance_", "funds_", "proposals_", "governance_", "reporting_")
STANDING = """
    SELECT 'constraint ' || r.relname || '.' || c.conname, pg_get_constraintdef(c.oid) || c.convalidated::text
      FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
     WHERE c.contype IN ('c', 'u', 'p', 'x', 'f') AND r.relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'trigger ' || r.relname || '.' || t.tgname, pg_get_triggerdef(t.oid) || ' ' || t.tgenabled::text
      FROM pg_trigger t JOIN pg_class r ON r.oid = t.tgrelid
     WHERE NOT t.tgisinternal AND r.relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'function ' || p.proname, p.prosrc || p.provolatile::text || p.prosecdef::text
      FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
     WHERE p.pronamespace = 'public'::regnamespace AND l.lanname IN ('sql', 'plpgsql')
       AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    UNION ALL
    SELECT 'index ' || i.tablename || '.' || i.indexname, i.indexdef FROM pg_indexes i
     WHERE i.schemaname = 'public' AND i.indexdef LIKE 'CREATE UNIQUE%'
    UNION ALL
    SELECT 'table ' || r.relname, r.relkind::text || r.relpersistence::text || r.relrowsecurity::text
           || (SELECT count(*) FROM pg_inherits h WHERE r.oid IN (h.inhrelid, h.inhparent))
           || (SELECT count(*) FROM pg_trigger t WHERE t.tgrelid = r.oid AND t.tgisinternal AND t.tgenabled <> 'O')
           || (SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                     a.attidentity, a.attgenerated, pg_get_expr(d.adbin, d.adrelid)), ', ' ORDER BY a.attname)
                 FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped)
      FROM pg_class r WHERE r.relkind IN ('r', 'p', 'v', 'm', 'f') AND r.relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'rule ' || u.tablename || '.' || u.rulename, u.definition FROM pg_rules u WHERE u.schemaname = 'public'
    UNION ALL
    SELECT 'policy ' || y.tablename || '.' || y.policyname, y.cmd FROM pg_policies y WHERE y.schemaname = 'public'
"""


def standing() -> dict[str, str]:
    """Return name -> fingerprint of every guard on the Alliance's own tables, as the database has it now."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING)
        rows = cursor.fetchall()
    ours = ((name, text) for name, text in rows if name.split(" ", 1)[1].startswith(OURS))
    return {name: hashlib.sha256(settled(text).encode()).hexdigest()[:16] for name, text in sorted(ours)}


def settled(definition: str) -> str:
    """Return a definition as PostgreSQL writes it after a dump: it moves the cast of a list onto each member, once."""
    return CAST_LIST.sub(
        lambda found: "ARRAY[" + ", ".join(f"({text})::text" for text in MEMBER.findall(found[1])) + "]", definition
    )


def shipped() -> dict[str, str]:
    return json.loads(SHIPPED.read_text())


def problems() -> Iterator[Problem]:
    """Yield every guard that is missing, changed, switched off, or not ours."""
    expected, found = shipped(), standing()
    for name in sorted({*expected, *found}):
        if name not in found:
            yield Problem("guard", name, "missing")
        elif name not in expected:
            yield Problem("guard", name, "not as shipped: unknown")
        elif expected[name] != found[name]:
            yield Problem("guard", name, "changed or switched off")


def checked() -> dict[str, int]:
    return {"guards": len(shipped())}
