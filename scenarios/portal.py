"""The portal's parts of one data folder, with the demonstration in them, or with nobody but the head who is to begin."""

import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from alliance.accounts.invitation_mail import path_of
from alliance.core import clock, origin
from alliance.forum.operations import load_reference
from alliance.people.models import Membership, Role
from alliance.people.operations import invite_first_head
from alliance.runtime import PartFailed, address, broker, database, folders, native
from alliance.runtime.assets import StaticFiles, compile_catalogues
from alliance.runtime.locks import Lock, exclusively
from alliance.runtime.parts import Part, processes, servers
from alliance.runtime.places import Places
from alliance.runtime.supervisor import Supervisor

STOPPING_ORDER = ("web", "scheduler", "worker", "broker", "database")
SCENARIO = "demonstration"
# What `--reset` removes of the data folder: what the portal made, not its key, its logs or anything else.
MADE = ("broker", "files", "iati", "mail")
PATIENCE = 60.0


class Demonstration:
    """One run of the portal on this machine."""

    second_factor = False
    secrets: Mapping[str, str] = MappingProxyType({})

    def __init__(self, where: Places, port: int, say: Callable[[str], None]) -> None:
        self.where = where
        self.port = port
        self._say = say
        self._supervisor = Supervisor(where.logs, say)
        self._static = StaticFiles(where.data)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Have the data folder to ourselves, and take it as the database's user that other commands join."""
        folders.make(self.where)
        only = Lock(self.where.locks / "demo")
        if not only.take():
            raise PartFailed(f"the portal already runs from {self.where.data}")
        self._users = Lock(self.where.locks / "database.users")
        try:
            yield
        finally:
            self._users.close()
            only.close()

    def start_servers(self, *, reset: bool) -> None:
        """Start database and broker, unless the environment names others."""
        if not os.environ.get("DATABASE_URL"):
            self._start_database(reset)
        elif reset:
            raise PartFailed("--reset empties the embedded database only; DATABASE_URL names another")
        if not settings.REDIS_URL:
            self._start(servers(self.where)[1])

    def build(self) -> None:
        """Compile catalogues, and begin to collect static files beside what follows."""
        if compile_catalogues():
            self._say("catalogues: compiled")
        if self._static.begin():
            self._say("static files: collecting beside the rest")

    def prepare(self) -> None:
        """Bring the tables up to date, and fill an empty database."""
        if MigrationExecutor(connection).migration_plan(MigrationExecutor(connection).loader.graph.leaf_nodes()):
            self._step("tables", lambda: call_command("migrate", verbosity=0, interactive=False))
        if self._is_empty():
            self.fill()
        self.look()
        connection.close()

    def fill(self) -> None:
        """Play the demonstration into the empty database."""
        self._step("demonstration", lambda: call_command("play", SCENARIO, verbosity=0, stdout=_Silence()))

    def look(self) -> None:
        """Note what is in the database: whether these are the made-up people."""
        self.is_demonstration = clock.is_demonstration()

    def set_factors(self) -> None:
        """Give the made-up people second factors, and keep the secrets by address; or take them away."""
        from scenarios.people.factors import set_factors

        if self.is_demonstration:
            self.secrets = set_factors(asked=self.second_factor)
        connection.close()

    def start_processes(self) -> str:
        """Start web, worker and scheduler; return the portal's address once it has answered 200."""
        if wrong := self._static.finish():
            raise PartFailed(f"the static files could not be collected: {wrong}")
        for part in processes(self._environment()):
            self._supervisor.start(part)
        home = address.url(self.port)
        self._supervisor.wait(lambda: address.page_answers(home), "web")
        return home

    def run(self) -> None:
        """Keep everything running until an exception ends it."""
        self._supervisor.run()

    def stop(self) -> None:
        """Stop all parts, those first that use the others."""
        self._static.stop()
        self._supervisor.stop(STOPPING_ORDER)

    def _start_database(self, afresh: bool) -> None:
        with exclusively(self.where.locks / "database.start"):
            if not self._users.take(PATIENCE):
                raise PartFailed("another command is using the database; wait for it to end")
            database.stop_database(self.where.data)  # one that a killed command left behind
            if afresh:
                self._forget()
            database.make_cluster(self.where)
            self._start(servers(self.where)[0])
            database.make_database(self.where)
            self._users.share()

    def _forget(self) -> None:
        database.forget_cluster(self.where)
        for name in MADE:
            shutil.rmtree(self.where.data / name, ignore_errors=True)
        folders.make(self.where)

    def _start(self, part: Part) -> None:
        self._supervisor.start(part)
        self._supervisor.wait(part.answers, part.name)
        self._say(f"{part.name}: runs")

    def _step(self, name: str, work: Callable[[], object]) -> None:
        self._say(f"{name}: …")
        begun = time.monotonic()
        work()
        self._say(f"{name}: done in {time.monotonic() - begun:.1f} s")
        self._supervisor.tick()

    def _is_empty(self) -> bool:
        from alliance.register.models import RegisterEntry

        return not RegisterEntry.objects.exists()

    def _environment(self) -> dict[str, str]:
        """Return what the children see: this environment, plain HTTP on loopback, and this data folder."""
        own = {
            "ALLIANCE_LOCAL": "1",
            "ALLIANCE_LOCAL_MAIL": "1",
            "ALLIANCE_DATA": str(self.where.data),
            "ALLIANCE_BIND": f"{address.LOOPBACK}:{self.port}",
            "ALLIANCE_ADDRESS": origin.given() or address.url(self.port),
            "REDIS_URL": settings.REDIS_URL or broker.default_url(self.where.data),
            "PYTHONUNBUFFERED": "1",
        }
        if self.second_factor:
            from scenarios.people.factors import ROLES

            own |= {"ALLIANCE_SECOND_FACTOR": ",".join(ROLES), "ALLIANCE_ASK_AGAIN_MINUTES": "15"}
        return {**os.environ, **native.environment(self.where.data), **own}


class Beginning(Demonstration):
    """One run of a portal in which the first head is to begin: on this machine, to try what it asks of people."""

    def __init__(self, where: Places, port: int, say: Callable[[str], None], head: str) -> None:
        super().__init__(where, port, say)
        self._head = head

    def fill(self) -> None:
        """Load the reference data; the fund is proposed and nothing more."""
        self._step("reference data", lambda: load_reference(fund_status="proposed"))

    def look(self) -> None:
        """Invite the first head while there was none. A demonstration is left alone."""
        super().look()
        if self.is_demonstration:
            raise PartFailed(f"{self.where.data} holds a demonstration: choose another ALLIANCE_DATA, or --reset it")
        begun = Membership.objects.filter(role=Role.HEAD).exists()
        self.begin = "" if begun else path_of(invite_first_head(by=None, email=self._head))


class _Silence:
    """Somewhere for a command's figures to go."""

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        """Nothing is kept."""
