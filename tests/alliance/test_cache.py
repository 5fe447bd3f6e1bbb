"""The cache of all processes: JSON in a table, of which nothing is ever run."""

import base64
import pickle
from datetime import timedelta

import pytest
from django.core.cache import cache, caches
from django.db import connection
from django.utils import timezone

pytestmark = pytest.mark.django_db
RAN = []


class Planted:
    def __reduce__(self):
        return RAN.append, ("ran",)


def written(key: str, text: str) -> None:
    row = [cache.make_key(key), text, timezone.now() + timedelta(hours=1)]
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO cached (cache_key, value, expires) VALUES (%s, %s, %s)", row)


def past_their_end() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cached SET expires = now() - interval '1 second'")


def test_what_somebody_planted_in_the_table_is_not_run():
    written("planted", base64.b64encode(pickle.dumps(Planted())).decode())
    assert (cache.get("planted"), cache.has_key("planted"), RAN) == (None, False, [])


@pytest.mark.parametrize("text", ["", "gASVBA==", "{", "[" * 100_000])
def test_a_row_that_is_no_json_counts_as_absent_and_can_be_written(text):
    written("key", text)
    assert cache.get("key", "none") == "none"
    cache.set("key", [1.5])
    assert cache.get("key") == [1.5]


@pytest.mark.parametrize("value", [[], [1764616000.123456, 0.1], True, "y", None, {"a": 1}])
def test_what_is_kept_is_read_again(value):
    cache.set("key", 1)
    cache.set("key", value)
    assert (cache.get("key", "absent"), cache.has_key("key")) == (value, True)
    assert cache.get_many(["key", "other"]) == {"key": value}


def test_what_is_no_json_is_refused():
    with pytest.raises(TypeError):
        cache.set("key", object())


def test_a_key_is_added_once_until_its_end():
    assert [cache.add("key", n) for n in (1, 2)] == [True, False]
    assert cache.get("key") == 1
    past_their_end()
    assert (cache.get("key"), cache.add("key", 3), cache.get("key")) == (None, True, 3)


def test_what_has_ended_is_absent_and_can_be_given_more_time():
    cache.set("key", "y", timeout=None)
    assert cache.get("key") == "y"
    past_their_end()
    assert cache.get("key") is None
    assert (cache.touch("key", 60), cache.get("key"), cache.touch("other")) == (True, "y", False)


def test_a_full_table_makes_room(monkeypatch):
    monkeypatch.setattr(caches["default"], "_max_entries", 2)
    for n in range(3):
        cache.set(str(n), n)
    past_their_end()
    cache.set("new", 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cached")
        assert cursor.fetchone()[0] == 1
