"""Proving the columns that the database generates: no snapshot has them, and they follow from the columns that it has."""

from collections.abc import Iterator

from django.db import connection, models

from alliance.register.verification import Problem, registered_models


def problems() -> Iterator[Problem]:
    """Yield each stored value of a generated column that its expression does not give."""
    for model in registered_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.GeneratedField):
                yield from _wrong(model, field)


def _wrong(model: type[models.Model], field: models.GeneratedField) -> Iterator[Problem]:
    quoted, table = connection.ops.quote_name, model._meta.db_table
    key, column = quoted(str(model._meta.pk.column)), quoted(str(field.column))
    expression, values = field.generated_sql(connection)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {key} FROM {quoted(table)} WHERE {column} IS DISTINCT FROM ({expression}) ORDER BY {key}", values
        )
        for (pk,) in cursor.fetchall():
            yield Problem("register", f"{table}:{pk}.{field.column}", "it does not follow from the row's other columns")
