"""The cache: a table of the database that holds JSON. What somebody wrote there is read as values, and never run."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.db import DatabaseCache
from django.db import connection
from django.utils import timezone

FOREVER = datetime.max.replace(tzinfo=UTC)
READ = "SELECT cache_key, value FROM cached WHERE cache_key = ANY(%s) AND expires >= %s"
WRITE = (
    "INSERT INTO cached (cache_key, value, expires) VALUES (%s, %s, %s) "
    "ON CONFLICT (cache_key) DO UPDATE SET value = excluded.value, expires = excluded.expires"
)


class JsonCache(DatabaseCache):
    """Django's cache in a table, with JSON in the place of pickled objects. A row that is no JSON counts as absent."""

    has_key = BaseCache.has_key

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        names = {self.make_and_validate_key(key, version=version): key for key in keys}
        with connection.cursor() as cursor:
            cursor.execute(READ, [list(names), timezone.now()])
            rows = cursor.fetchall()
        return {names[name]: value for name, text in rows for value in _values_of(text)}

    def _base_set(self, mode: str, key: str, value: Any, timeout: float | None = DEFAULT_TIMEOUT) -> bool:  # type: ignore[assignment]
        now, ends = timezone.now(), self.get_backend_timeout(timeout)
        expires = FOREVER if ends is None else datetime.fromtimestamp(ends, tz=UTC)
        with connection.cursor() as cursor:
            if mode == "touch":
                cursor.execute("UPDATE cached SET expires = %s WHERE cache_key = %s", [expires, key])
                return bool(cursor.rowcount)
            self._make_room(cursor, now)
            row: list[Any] = [key, json.dumps(value, allow_nan=False), expires]
            if mode == "add":
                cursor.execute(WRITE + " WHERE cached.expires < %s", [*row, now])
            else:
                cursor.execute(WRITE, row)
            return bool(cursor.rowcount)

    def _make_room(self, cursor: Any, now: datetime) -> None:
        cursor.execute("SELECT count(*) FROM cached")
        count = cursor.fetchone()[0]
        if count > self._max_entries:
            self._cull(connection.alias, cursor, now, count)  # type: ignore[attr-defined]


def _values_of(text: str) -> list[Any]:
    """Return the value that a row holds, or none."""
    try:
        return [json.loads(text)]
    except (ValueError, RecursionError):
        return []
