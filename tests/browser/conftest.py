"""A real browser on a real server, with the demonstration played and a real worker behind it."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as of_django
from django.core.management import call_command
from django.db import connections
from django.test import override_settings
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, sync_playwright
from whitenoise import WhiteNoise

from alliance import celery
from tests.alliance.workers import Broker, Worker
from tests.browser.visitor import Visitor
from tests.conftest import seed_of
from tests.ground.layers import stand_at_the_end

# The first draws no window around its pages: it does half the work for each.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


# In which language each journey is walked: every language is walked in every run, and each journey in each of its own
# in three runs' time. `python -m tests.campaigns.journeys` walks all of them at once.
JOURNEYS = ("test_journey", "test_finance", "test_donor")
TURNS = (("es", "en", "fr"), ("fr", "en", "es"), ("en", "fr", "es"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    whose_turn = dict(zip(JOURNEYS, TURNS[seed_of(config) % len(TURNS)], strict=True))
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(900))
            language = whose_turn.get(item.path.stem)
            if language and not config.getoption("--every-language") and not item.name.endswith(f"[{language}]"):
                item.add_marker(pytest.mark.skip(f"in this run the journey is walked in {language}"))


def executable() -> str:
    """Return the system's Chromium. Without one the browser tests fail: they never pass by being skipped."""
    named = os.environ.get("ALLIANCE_BROWSER")
    found = named or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        pytest.fail("no Chromium was found: install it, or name it in ALLIANCE_BROWSER")
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Playwright's loop runs in this thread; the ORM is used here between its calls, never inside them.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def portal(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The portal's address. Static files are served as they are released: joined, and asked for once."""
    folder = tmp_path_factory.mktemp("static")
    released = {**of_django.STORAGES, "staticfiles": {"BACKEND": "alliance.core.assets.BundledStaticFilesStorage"}}
    with override_settings(STATIC_ROOT=folder, STORAGES=released):
        call_command("collectstatic", interactive=False, verbosity=0)
    server = LiveServerThread(
        "localhost", lambda pages: WhiteNoise(pages, folder, "static", max_age=WhiteNoise.FOREVER)
    )
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    yield f"http://{server.host}:{server.port}"
    server.terminate()


@pytest.fixture
def demonstration(
    demonstration_played: None,
    transactional_db: None,
    settings: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The demonstration, on 15 September 2008, with a data folder of its own.

    A line to the database is opened for each line that the browser opens, not for each page.
    """
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", None)
    settings.ALLIANCE_DATA = tmp_path
    stand_at_the_end()


@pytest.fixture
def worker(demonstration: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A broker and a Celery worker as processes of their own; pages ring them."""
    broker = Broker(tmp_path)
    broker.start()
    monkeypatch.setattr(celery.app.conf, "broker_url", broker.url)
    process = Worker(broker, "-B", "-s", str(tmp_path / "schedule"))
    yield
    process.stop()
    broker.stop()


@pytest.fixture
def visitor(browser: Browser, portal: str, demonstration: None, tmp_path: Path) -> Iterator[Callable[..., Visitor]]:
    """Return a function that opens the portal in a language, in a browser of its own.

    The last page of each is kept as a picture in the test's temporary folder.
    """
    opened: list[Visitor] = []

    def visit(language: str = "en", *, width: int = 1280) -> Visitor:
        opened.append(Visitor(browser, portal, language, width))
        return opened[-1]

    yield visit
    for number, one in enumerate(opened):
        one.page.screenshot(path=tmp_path / f"last-page-{number}.png", full_page=True)
        one.close()
