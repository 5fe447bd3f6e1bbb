"""Several small figures in one question to the database: each alone would cost a page about as much as all of them."""

from typing import Any

from django.db import connection, models


def together(*figures: tuple[str, models.QuerySet[Any, Any]]) -> tuple[Any, ...]:
    """Return each figure: what an aggregate such as `count(*)` or `sum(amount)` gives of the rows' columns."""
    parts: list[str] = []
    parameters: list[Any] = []
    for number, (aggregate, rows) in enumerate(figures):
        written, given = rows.order_by().query.sql_with_params()
        parts.append(f"(SELECT {aggregate} FROM ({written}) AS rows_{number})")
        parameters.extend(given)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", parameters)
        return cursor.fetchone()
