"""The doorbell: best effort, a second at most, and quiet while nobody hears."""

import importlib
import signal
import subprocess
import time
from collections.abc import Iterator

import pytest

from alliance import celery
from alliance.runtime import broker, folders
from alliance.runtime.places import Places


@pytest.fixture
def where(tmp_path) -> Places:
    return Places(tmp_path, None)


@pytest.fixture
def server(where, monkeypatch) -> Iterator[subprocess.Popen[bytes]]:
    folders.make(where)
    process = subprocess.Popen(broker.command(where), stdout=subprocess.DEVNULL, cwd=where.broker)
    while not broker.answers(where):
        time.sleep(0.02)
    yield process
    process.send_signal(signal.SIGCONT)
    process.kill()
    process.wait()


@pytest.fixture(autouse=True)
def doorbell(where, monkeypatch) -> Iterator[None]:
    monkeypatch.setattr(celery, "_deaf_until", 0.0)
    before = celery.app.conf.broker_url, celery.app.conf.broker_write_url
    celery.app.conf.broker_url = celery.app.conf.broker_write_url = where.broker_url
    importlib.import_module("kombu.transport.redis")  # as the web server does before its workers
    celery.app.finalize()
    yield
    celery.app.conf.broker_url, celery.app.conf.broker_write_url = before


def seconds(call) -> tuple[bool, float]:
    begun = time.perf_counter()
    return call(), time.perf_counter() - begun


def test_broker_takes_a_ring(server):
    assert celery.ring("alliance.relay") is True
    assert celery.broker_answers() is True


def test_missing_broker_costs_nothing_and_raises_nothing():
    rang, took = seconds(lambda: celery.ring("alliance.relay"))
    assert rang is False
    assert took < 0.5


def test_hung_broker_costs_a_second_once(server):
    assert celery.ring("alliance.relay") is True
    server.send_signal(signal.SIGSTOP)
    rang, took = seconds(lambda: celery.ring("alliance.relay"))
    assert (rang, took < 1.5) == (False, True)
    rang, took = seconds(lambda: celery.ring("alliance.relay"))
    assert (rang, took < 0.05) == (False, True)


def test_broker_that_is_back_is_heard_after_the_pause(server, monkeypatch):
    monkeypatch.setattr(celery, "DEAF_SECONDS", 0.1)
    server.send_signal(signal.SIGSTOP)
    assert celery.ring("alliance.relay") is False
    server.send_signal(signal.SIGCONT)
    time.sleep(0.2)
    assert celery.ring("alliance.relay") is True


def test_settings_that_keep_tasks():
    conf = celery.app.conf
    assert conf.task_acks_late is True
    assert conf.task_reject_on_worker_lost is True
    assert conf.broker_transport_options["visibility_timeout"] > conf.task_time_limit
    assert conf.accept_content == ["json"]


def test_every_scheduled_task_exists():
    celery.app.loader.import_default_modules()
    assert {entry["task"] for entry in celery.app.conf.beat_schedule.values()} <= set(celery.app.tasks)
