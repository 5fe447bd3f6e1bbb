"""Proving that every link leads to a row: the database keeps this itself, unless somebody has switched it off."""

from collections.abc import Iterator

from django.db import connection

from alliance.register.verification import Problem

LINKS = """
    SELECT r.relname, quote_ident(r.relname), a.attname, quote_ident(a.attname),
           quote_ident(p.relname), quote_ident(b.attname),
           (SELECT quote_ident(k.attname) FROM pg_index i JOIN pg_attribute k ON k.attrelid = i.indrelid AND k.attnum = i.indkey[0]
             WHERE i.indrelid = r.oid AND i.indisprimary)
      FROM pg_constraint c
      JOIN pg_class r ON r.oid = c.conrelid JOIN pg_class p ON p.oid = c.confrelid
      JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = c.conkey[1]
      JOIN pg_attribute b ON b.attrelid = p.oid AND b.attnum = c.confkey[1]
     WHERE c.contype = 'f' AND cardinality(c.conkey) = 1 AND r.relnamespace = 'public'::regnamespace
     ORDER BY 1, 3
"""


def problems() -> Iterator[Problem]:
    """Yield each row whose link leads to no row: what is joined to it would silently be left out of every figure."""
    with connection.cursor() as cursor:
        cursor.execute(LINKS)
        links = cursor.fetchall()
        for table, child, name, column, parent, key, own in links:
            cursor.execute(
                f"SELECT c.{own}::text FROM {child} c LEFT JOIN {parent} p ON p.{key} = c.{column}"
                f" WHERE c.{column} IS NOT NULL AND p.{key} IS NULL ORDER BY 1"
            )
            for (row,) in cursor.fetchall():
                yield Problem("register", f"{table}:{row}.{name}", "it leads to a row that is not there")
