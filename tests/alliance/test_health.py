"""What machines and people are answered when the database or the broker is away."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PAGES = {
    "health": ("/healthz", {}),
    "ready": ("/readyz", {}),
    "public": ("/en/", {}),
    "french": ("/fr/", {}),
    "spanish by header": ("/sign-in/", {"accept-language": "es"}),
    "api": ("/api/v1/projects/", {"accept-language": "fr"}),
    "style": ("/static/css/site.css", {}),
    "picture": ("/static/img/mark.svg", {}),
}
ASK = """
import json, sys
import pytest  # the settings of the suite: static files from their folder
import django; django.setup()
from django.test import Client
answers = {}
for name, (address, headers) in json.load(sys.stdin).items():
    client = Client(raise_request_exception=False, headers=headers)
    client.cookies["sessionid"] = "0123456789abcdefghijklmnopqrstuv"
    answer = client.get(address, HTTP_HOST="localhost", follow=address.startswith("/sign"))
    text = b"".join(answer.streaming_content) if answer.streaming else answer.content
    answers[name] = {"status": answer.status_code, "headers": dict(answer.headers), "text": text.decode()}
json.dump(answers, sys.stdout)
"""


@pytest.fixture(scope="module")
def stopped(tmp_path_factory) -> dict[str, Any]:
    """What a portal without database and broker answers to somebody who was signed in."""
    nowhere = tmp_path_factory.mktemp("nowhere")
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgres://postgres@{str(nowhere).replace('/', '%2F')}/portal",
        "REDIS_URL": f"redis+socket://{nowhere}/broker.sock",
        "ALLIANCE_DATA": str(nowhere),
        "ALLIANCE_STATIC_ROOT": str(ROOT / "static"),
        "DJANGO_SETTINGS_MODULE": "alliance.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, env=environment, input=json.dumps(PAGES), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_process_is_healthy_without_a_database(stopped):
    assert (stopped["health"]["status"], stopped["health"]["text"]) == (200, "ok\n")


def test_process_is_not_ready_without_a_database(stopped):
    ready = stopped["ready"]
    assert json.loads(ready["text"]) == {"status": "unavailable", "database": False, "broker": False}
    assert (ready["status"], ready["headers"]["Retry-After"]) == (503, "60")


@pytest.mark.parametrize(
    ("page", "language", "words"),
    [
        ("public", "en", "The portal is not available for a moment"),
        ("french", "fr", "Le portail est momentanément indisponible"),
        ("spanish by header", "es", "El portal no está disponible por el momento"),
    ],
)
def test_page_says_in_the_readers_language_that_it_comes_back(stopped, page, language, words):
    answer = stopped[page]
    assert (answer["status"], answer["headers"]["Retry-After"]) == (503, "60")
    assert f'<html lang="{language}">' in answer["text"]
    assert words in answer["text"]
    assert "Traceback" not in answer["text"]
    assert "psycopg2" not in answer["text"]


def test_programs_are_answered_in_json(stopped):
    answer = stopped["api"]
    assert (answer["status"], answer["headers"]["Retry-After"]) == (503, "60")
    assert json.loads(answer["text"]) == {"detail": "Le portail est momentanément indisponible"}


def test_static_files_need_no_database(stopped):
    assert [stopped[name]["status"] for name in ("style", "picture")] == [200, 200]


def test_every_answer_has_a_request_id(stopped):
    ids = {answer["headers"]["X-Request-ID"] for answer in stopped.values()}
    assert len(ids) == len(PAGES)


def test_portal_without_a_broker_is_ready_and_says_what_is_missing(client, db):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "degraded", "database": True, "broker": False})


def test_health_asks_the_database_nothing_of_somebody_signed_in(sign_in, officer, django_assert_num_queries):
    client = sign_in(officer)
    with django_assert_num_queries(0):
        assert client.get("/healthz").status_code == 200


def test_limits_are_those_of_the_settings(db):
    from django.conf import settings
    from django.db import connection

    with connection.cursor() as cursor:
        for name, limit in settings.DATABASE_LIMITS.items():
            cursor.execute(f"SELECT current_setting('{name}')::interval = %s::interval", [limit])
            assert cursor.fetchone()[0], name
