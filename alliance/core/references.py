"""Public references such as PLG-2008-0014, from one sequence a prefix; a number may be skipped, never given twice."""

import re

from django.db import connection

PREFIX = re.compile(r"^[A-Z]{3}$")


def next_reference(prefix: str, width: int = 4) -> str:
    """Return the next reference of this prefix in the Alliance's current year."""
    if not PREFIX.match(prefix):
        raise ValueError(prefix)
    with connection.cursor() as cursor:
        cursor.execute("SELECT alliance_next_number(%s), extract(year FROM alliance_now())::int", [prefix])
        number, year = cursor.fetchone()
    return f"{prefix}-{year}-{number:0{width}d}"


def next_references(prefix: str, count: int, *, year: int, width: int = 4) -> list[str]:
    """Return this many references of this prefix at once, in the year of the acts that they name."""
    if not PREFIX.match(prefix):
        raise ValueError(prefix)
    with connection.cursor() as cursor:
        cursor.execute("SELECT alliance_next_number(%s) FROM generate_series(1, %s)", [prefix, count])
        return [f"{prefix}-{year}-{number:0{width}d}" for (number,) in cursor.fetchall()]


# Sequences are made by the migration: making one in a transaction would hold a lock that all writers wait for.
PREFIXES = (
    "PLG",
    "PIP",
    "AGR",
    "DEP",
    "PAY",
    "IMP",
    "ALL",
    "RCT",
    "PRJ",
    "CTR",
    "REP",
    "CAL",
    "SES",
    "ITM",
    "DOC",
    "FRP",
    "BAL",
    "DON",
    "MSG",
)
CREATE = (
    "\n".join(f"CREATE SEQUENCE alliance_number_{p.lower()};" for p in PREFIXES)
    + """
CREATE FUNCTION alliance_next_number(prefix text) RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT nextval(('alliance_number_' || lower(prefix))::regclass)
$$;
"""
)
DROP = "DROP FUNCTION alliance_next_number(text);" + "\n".join(
    f"DROP SEQUENCE alliance_number_{p.lower()};" for p in PREFIXES
)
