"""The suite's ground: a real PostgreSQL, reference data and personas in a template database, loopback only."""

import os
import socket
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, TransactionTestCase
from django.utils import translation
from hypothesis import settings as hypothesis_settings

from alliance.runtime.assets import compile_catalogues
from scripts import bytecode
from tests.ground.copies import Copies
from tests.ground.layers import DEMONSTRATION, PEOPLE
from tests.ground.scenes import asked, in_scenes, personas, set_clock

bytecode.keep(settings.ALLIANCE_DATA / "bytecode")
hypothesis_settings.register_profile("suite", deadline=None)  # no test asserts on seconds
hypothesis_settings.register_profile("long", deadline=None)  # state machines run at their full size
hypothesis_settings.load_profile("suite")

PERSONA_KEYS = (
    "donor", "rival_donor", "agency", "rival_agency", "member", "alternate", "chair", "reviewer", "officer",
    "finance_officer", "second_finance_officer", "head", "forum_chair", "auditor",
)  # fmt: skip


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--every-language", action="store_true", help="walk each browser journey in each of its languages")
    parser.addoption("--requirements", action="store_true", help="print each requirement with its tests, and stop")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "requirement(id): the test does the check of this requirement")
    config.addinivalue_line("markers", "browser: needs Chromium")
    config.addinivalue_line("markers", "kills: kills processes and waits for others; runs beside the other tests")
    if not hasattr(config, "workerinput"):
        compile_catalogues()


LONG = (
    "browser/", "runtime/test_demo", "funds/test_crash", "alliance/test_backups", "alliance/test_jobs",
    "runtime/test_faults", "reporting/test_forum_report", "reporting/test_statements", "test_access_table",
    "funds/test_concurrency", "proposals/test_contract_document", "test_tamper", "reporting/test_donor_area",
    "test_old_releases",
)  # fmt: skip


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long by itself, so that no processor is idle at the end; keep scenes together."""
    tests = settings.BASE_DIR / "tests"
    items.sort(key=lambda item: not str(item.path.relative_to(tests)).startswith(LONG))
    items[:] = in_scenes(items)


def pytest_collection_finish(session: pytest.Session) -> None:
    if not session.config.getoption("--requirements"):
        return
    proofs: dict[str, list[str]] = defaultdict(list)
    for item in session.items:
        for marker in item.iter_markers("requirement"):
            for requirement in marker.args:
                proofs[requirement].append(item.nodeid)
    for requirement in sorted(proofs, key=lambda r: (r[0], int(r[1:]))):
        print(f"{requirement}: " + "\n      ".join(proofs[requirement]))
    session.items.clear()


def seed_of(config: pytest.Config) -> int:
    """Return what the run draws its parts by: the seed of its order, or 1 where the order is not drawn."""
    drawn = getattr(config.option, "randomly_seed", 1)
    return drawn if isinstance(drawn, int) else 1


@pytest.fixture(scope="session")
def seed(pytestconfig: pytest.Config) -> int:
    """What a test of a part chooses its part by: another in each run, and the same again with the seed that it printed."""
    return seed_of(pytestconfig)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    terminalreporter.write_line(f"the same order and the same parts again: --randomly-seed={seed_of(config)}")


@pytest.fixture(autouse=True)
def english() -> None:
    """Begin in English: a page asked for in another language leaves that language behind."""
    translation.activate("en")


@pytest.fixture(autouse=True)
def closed_downloads(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close at a test's end what it downloaded and did not read: its file is nobody's afterwards."""
    downloads: list[Any] = []
    request = Client.request

    def remembered(self: Client, **environment: Any) -> Any:
        response = request(self, **environment)
        if response.streaming:
            downloads.append(response)
        return response

    monkeypatch.setattr(Client, "request", remembered)
    yield
    for response in downloads:
        for file in response._resource_closers:
            file()


@pytest.fixture(scope="session", autouse=True)
def loopback_only() -> Iterator[None]:
    """Refuse every socket that leaves the machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and not str(address[0]).startswith(("127.", "::1", "localhost")):
            raise RuntimeError(f"the suite tried to reach {address}")
        connect(self, address)

    socket.socket.connect = guarded  # type: ignore[method-assign]
    yield
    socket.socket.connect = connect  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """Hold the embedded server while the suite runs, when no other database is named."""
    if os.environ.get("DATABASE_URL"):
        yield
        return
    from alliance.runtime.database import using

    with using(settings.ALLIANCE_DATA, hasty=True):
        yield


COPIES = Copies(settings.DATABASES["default"]["TEST"]["NAME"] + os.environ.get("PYTEST_XDIST_WORKER", ""))
# Append-only tables refuse the flush that Django would do after a test that commits.
TransactionTestCase._fixture_teardown = lambda self: COPIES.spoil()  # type: ignore[method-assign]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Have the database that the test asks for, before any fixture of the test looks at one; a test left out asks for none."""
    names = set(getattr(item, "fixturenames", ()))
    if "django_db_setup" in names or item.get_closest_marker("django_db"):
        COPIES.ask(DEMONSTRATION if "demonstration_played" in names else PEOPLE, asked(item))


@pytest.fixture(scope="session")
def django_db_setup(django_db_modify_db_settings: None, django_db_blocker: Any) -> Iterator[None]:
    """Have a server, and on it the databases that tests ask for: copies of the layers kept between runs."""
    COPIES.begin(django_db_blocker)
    yield
    with django_db_blocker.unblock():
        COPIES.end()


@pytest.fixture(scope="session")
def demonstration_played(django_db_setup: None) -> None:
    """Ask for the demonstration: whatever test names this, itself or by a fixture, runs where it has been played."""


@pytest.fixture
def people(db: None) -> dict[str, Any]:
    """All personas by key."""
    return personas()


def _persona(key: str) -> Callable:
    @pytest.fixture(name=key)
    def persona(people: dict[str, Any]) -> Any:
        return people[key]

    return persona


for _key in PERSONA_KEYS:
    globals()[_key] = _persona(_key)


@pytest.fixture
def stranger(db: None) -> Any:
    """Somebody with an account and no role at all."""
    from alliance.people.models import User

    return User.objects.create_user("stranger@demo.example", "alliance-demo", name="Sam Stranger")


@pytest.fixture
def sign_in(client: Any) -> Callable[[Any], Any]:
    """Return a function that signs a person in and gives the client."""

    def as_person(user: Any) -> Any:
        client.force_login(user)
        return client

    return as_person


@pytest.fixture(name="set_clock")
def moving_clock(db: None) -> Callable[[datetime], None]:
    """Return a function that moves the Alliance's clock, as in a demonstration."""
    return set_clock
