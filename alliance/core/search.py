"""Search that looks past accents and capitals, by PostgreSQL's `unaccent`, with trigram indexes to help it."""

from typing import Any

from django.db import models
from django.db.models import F, Func, Value

WORDS_AT_MOST = 12

CREATE_PLAIN = """
CREATE FUNCTION alliance_plain(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN lower(unaccent('unaccent', normalize($1, NFC)));
"""
DROP_PLAIN = "DROP FUNCTION alliance_plain(text);"


def plain(*fields: str) -> Func:
    """Return these columns' texts, joined by blanks, without accents and capitals: the expression of the index."""
    return Func(
        *(F(field) for field in fields),
        function="alliance_plain",
        arg_joiner=" || ' ' || ",
        output_field=models.TextField(),
    )


def matching[M: models.Model](rows: Any, text: str, *fields: str) -> Any:
    """Return the rows in which every word of `text` stands in one of the fields, inside longer words too."""
    words = text.replace("\x00", "").replace("’", "'").split()[:WORDS_AT_MOST]
    rows = rows.annotate(plain_text=plain(*fields)) if words else rows
    for word in words:
        rows = rows.filter(
            plain_text__contains=Func(Value(word), function="alliance_plain", output_field=models.TextField())
        )
    return rows


def index_sql(table: str, *columns: str) -> tuple[str, str]:
    """Return the statements that make and drop the trigram index for `plain` of these columns."""
    name = f"{table}_search"
    joined = " || ' ' || ".join(columns)
    return (
        f"CREATE INDEX {name} ON {table} USING gin (alliance_plain({joined}) gin_trgm_ops);",
        f"DROP INDEX {name};",
    )
