"""Every fault of docs/faults.md, injected for real on a portal of its own.

    .venv/bin/python -m tests.campaigns.faults [--only NAME ...] [--data FOLDER] [--stop-seconds 60]

Prints one line per fault and a last line of figures; exit 1 when an expectation was not met. It makes its own data
folder, database server, broker, worker, scheduler and web server, and removes them.
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg2

from tests.campaigns.portal import Answer, Portal, until

NEW = "/en/funds/pledges/new/"
DELIVERED_SECONDS = 90


@dataclass
class Scene:
    """A portal with a donor who pledges, and what has been acknowledged to it so far."""

    portal: Portal
    url: str
    stop: Callable[[], None] = lambda: None
    again: Callable[[], None] = lambda: None
    stop_seconds: int = 60
    named_points_only: bool = False
    relay: Callable[[], object] = lambda: None
    session: str = ""
    officer_session: str = ""
    donor: int = 0
    keys: list[str] = field(default_factory=list)

    def prepare(self) -> None:
        from django.test import Client

        from alliance.people.models import Organisation, User
        from funds.models import Donor
        from funds.operations.donors import register_donor

        organisation = Organisation.objects.get(slug="sweden-mfa")
        donor = Donor.objects.filter(organisation=organisation).first()
        self.donor = (donor or register_donor(by=None, organisation=organisation, donor_type="state")).pk
        for name, role in (("session", "donor"), ("officer_session", "officer")):
            client = Client()
            client.force_login(User.objects.get(email=f"{role}@demo.example"))
            setattr(self, name, client.cookies["sessionid"].value)

    def pledge(self, key: str | None = None, timeout: float = 70) -> tuple[str, Answer]:
        """Send the form of a new pledge; the same key is the same act."""
        key = key or uuid4().hex
        fields = {"key": key, "donor": str(self.donor), "amount": "100.00", "currency": "USD", "window": "",
                  "pledged_on": date.today().isoformat(), "conditions": ""}  # fmt: skip
        return key, self.portal.post(NEW, fields, self.session, timeout)

    def pledged(self) -> tuple[str, Answer]:
        """Send one that must succeed."""
        key, answer = self.pledge()
        expect(answer.status == 302, f"a pledge was answered {answer.status}")
        self.keys.append(key)
        return key, answer

    def insist(self, key: str, seconds: float = 60) -> str:
        """Send a key until it is acknowledged; return the address of its pledge."""
        answers: list[Answer] = []

        def acknowledged() -> bool:
            answers.append(self.pledge(key)[1])
            return answers[-1].status == 302

        until(acknowledged, seconds, "the key sent again is acknowledged")
        self.keys.append(key)
        return answers[-1].headers["Location"]

    def recorded(self, key: str) -> int:
        """Say how many acts the register holds under this key, once an interrupted one is surely over."""
        from alliance.register.models import RegisterEntry

        return RegisterEntry.objects.filter(key=key).count()

    def half_done(self) -> int:
        """Count pledges without an entry, and entries without a pledge."""
        from alliance.register.models import RegisterEntry
        from funds.models import Pledge

        return abs(Pledge.objects.count() - RegisterEntry.objects.filter(kind="pledge.recorded/1").count())

    def delivered(self) -> float:
        """Wait until every acknowledged pledge has its notices; return the seconds."""
        from alliance.records.models import Notice
        from alliance.register.models import RegisterEntry

        def all_told() -> bool:
            self.relay()
            told = Notice.objects.filter(entry__key__in=self.keys).values("entry").distinct().count()
            return told == RegisterEntry.objects.filter(key__in=self.keys).count() == len(set(self.keys))

        return until(all_told, DELIVERED_SECONDS, "the notices of every acknowledged act")

    def link(self) -> Any:
        return psycopg2.connect(self.url.replace("postgres://", "postgresql://"))


def expect(holds: object, what: str) -> None:
    if not holds:
        raise AssertionError(what)


def settle(scene: Scene) -> None:
    """Wait until no connection is inside a transaction, so that what was interrupted has ended."""
    with open_link(scene) as cursor:
        ask = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE '%in transaction%'"
        )

        def quiet() -> bool:
            cursor.execute(ask)
            return cursor.fetchone()[0] == 0

        until(quiet, 20, "interrupted transactions have ended")


@contextmanager
def open_link(scene: Scene, *, autocommit: bool = True) -> Iterator[Any]:
    link = scene.link()
    link.autocommit = autocommit
    try:
        with link.cursor() as cursor:
            yield cursor
    finally:
        link.close()


# The web worker


def steps_of_an_act(scene: Scene) -> list[str]:
    import json

    scene.pledged()  # the first moves the donor on, the next ones do not: they all have the same steps
    scene.portal.order.write_text("trace")
    scene.pledged()
    scene.portal.order.unlink()
    return json.loads(scene.portal.order.with_suffix(".steps").read_text())


def named_points(steps: list[str]) -> dict[int, str]:
    """Return the points that have a name, by the number of the step before which the process dies."""

    def first(word: str, start: int = 0) -> int:
        return next(n for n, sql in enumerate(steps[start:], start + 1) if word in sql)

    write = first('INSERT INTO "funds_pledge"')
    head = next(n for n, sql in enumerate(steps, 1) if "alliance_registerhead" in sql and "FOR UPDATE" in sql)
    points = {
        first("pg_advisory_xact_lock") + 1: "after lock",
        write: "after check",
        write + 1: "after write",
        head: "before register write",
    }
    return points | {first("COMMIT"): "after register write, before COMMIT", len(steps): "right after COMMIT"}


def killed_at_every_point(scene: Scene) -> str:
    steps = steps_of_an_act(scene)
    named = named_points(steps)
    points = sorted(named) if scene.named_points_only else range(1, len(steps) + 1)
    done = Counter()
    for point in points:
        scene.portal.order.write_text(str(point))
        key, answer = scene.pledge()
        expect(answer.status == 0, f"killed before step {point} ({steps[point - 1][:40]}): answered {answer.status}")
        settle(scene)
        found = scene.recorded(key)
        expect(found == (point == len(steps)), f"killed before step {point}: {found} acts under its key")
        expect(scene.half_done() == 0, f"killed before step {point}: something half done")
        first, second = scene.insist(key), scene.insist(key)
        expect(first == second and scene.recorded(key) == 1, f"step {point}: the key gave two results")
        done["killed"] += 1
    waited = scene.delivered()
    return (
        f"{done['killed']} kills at {len(points)} of {len(steps)} steps ({', '.join(named.values())}): "
        f"half done {scene.half_done()}, each key one result, all notices after {waited:.0f} s"
    )


def stopped_under_traffic(scene: Scene) -> str:
    """SIGTERM while people read and pledge: whoever was connected gets a whole answer."""
    answers: list[tuple[str, int]] = []
    ended = threading.Event()

    def client(number: int) -> None:
        while not ended.is_set():
            key, answer = scene.pledge() if number % 2 else ("", scene.portal.get("/en/sign-in/"))
            answers.append((key, answer.status))
            if answer.status == -1:
                return

    threads = [threading.Thread(target=client, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    until(lambda: len(answers) >= 20, 60, "some traffic")
    took = scene.portal.end("web", patience=40)
    ended.set()
    for thread in threads:
        thread.join()
    scene.portal.start("web")
    statuses = Counter(status for _key, status in answers)
    scene.keys += [key for key, status in answers if key and status == 302]
    lost = [key for key, status in answers if key and status == 302 and scene.recorded(key) != 1]
    expect(set(statuses) <= {200, 302, -1}, f"answers under SIGTERM: {dict(statuses)}")
    expect(not lost, f"{len(lost)} acknowledged acts are not in the register")
    return f"{statuses[200] + statuses[302]} whole answers, 0 broken off, {statuses[-1]} refused after the end, ended in {took:.1f} s"


# The broker


def redis_down(scene: Scene) -> str:
    scene.portal.end("broker")
    _key, answer = scene.pledged()
    ready = scene.portal.get("/readyz")
    expect(ready.status == 200 and '"degraded"' in ready.text, f"/readyz: {ready.status} {ready.text}")
    scene.portal.start("broker")
    return f"pledge answered in {answer.seconds:.1f} s, ready but degraded; notices {scene.delivered():.0f} s after its return"


def redis_hung(scene: Scene) -> str:
    scene.portal.send("broker", signal.SIGSTOP)
    try:
        answers = [scene.pledged()[1] for _ in range(3)]
        ready = scene.portal.get("/readyz")
        expect(ready.status == 200 and '"degraded"' in ready.text, f"/readyz: {ready.status} {ready.text}")
    finally:
        scene.portal.send("broker", signal.SIGCONT)
    slowest = max(answer.seconds for answer in answers)
    return f"3 pledges, slowest {slowest:.1f} s, ready but degraded; notices {scene.delivered():.0f} s after it went on"


def redis_wiped(scene: Scene) -> str:
    import redis

    with suspended(scene, "worker"):
        for _ in range(5):
            scene.pledged()
        store = redis.Redis(unix_socket_path=str(scene.portal.where.broker_socket))
        queued = store.llen("celery")
        store.flushall()
        store.close()
    expect(queued, "nothing was queued")
    return f"FLUSHALL with {queued} messages queued; notices of 5 pledges after {scene.delivered():.0f} s"


def worker_stopped_while_making(scene: Scene) -> str:
    """SIGTERM in the middle of a job: it is given back, and made once by the next worker."""
    from alliance.jobs import operations
    from alliance.jobs.models import Job
    from alliance.people.models import User
    from tests.alliance import job_kinds

    by = User.objects.get(email="officer@demo.example")
    job = operations.request_job(by=by, kind="test.slow", parameters={"text": uuid4().hex}, language="en")
    until(lambda: job_kinds.trace(job).exists(), 60, "the making has begun")
    scene.portal.end("worker", patience=5)
    scene.portal.start("worker")

    def state() -> str:
        return Job.objects.values_list("state", flat=True).get(pk=job.pk)

    waited = until(lambda: state() == "done", 120, "made by the next worker")
    from alliance.register.models import RegisterEntry

    made = RegisterEntry.objects.filter(kind="document.made/1", body__contains=str(job.uid)).count()
    expect(made == 1, f"made {made} times")
    return f"given back by a worker ended after 5 s, made once by the next {waited:.0f} s later"


# The database


def traffic(scene: Scene, ended: threading.Event, asked: list[str]) -> threading.Thread:
    def client() -> None:
        while not ended.is_set():
            asked.append(scene.pledge()[0])
            time.sleep(0.05)

    thread = threading.Thread(target=client)
    thread.start()
    return thread


def database_restarted(scene: Scene) -> str:
    asked: list[str] = []
    ended = threading.Event()
    thread = traffic(scene, ended, asked)
    until(lambda: len(asked) > 5, 60, "some traffic")
    scene.stop()
    scene.again()
    after = len(asked)
    until(lambda: len(asked) > after + 5, 60, "traffic after the restart")
    ended.set()
    thread.join()
    fresh_connections()
    for key in asked:
        scene.insist(key)
    wrong = [key for key in asked if scene.recorded(key) != 1]
    expect(not wrong and scene.half_done() == 0, f"{len(wrong)} keys not recorded once")
    return f"{len(asked)} pledges sent across an immediate restart, sent again by key: each recorded once, half done 0"


def database_stopped(scene: Scene) -> str:
    scene.stop()
    begun = time.monotonic()
    words = {"en": "not available for a moment", "fr": "momentanément indisponible", "es": "no está disponible"}
    slowest = 0.0
    while True:
        for language, said in words.items():
            page = scene.portal.get(f"/{language}/", scene.session)
            slowest = max(slowest, page.seconds)
            expect(page.status == 503 and said in page.text, f"{language}: {page.status}")
            expect(page.headers.get("Retry-After") == "60" and "Traceback" not in page.text, "Retry-After, no trace")
        key, refused = scene.pledge()
        expect(refused.status == 503, f"a pledge was answered {refused.status}")
        machine = [scene.portal.get(path).status for path in ("/healthz", "/readyz", "/static/css/site.css")]
        expect(machine == [200, 503, 200], f"healthz, readyz, static: {machine}")
        expect("application/json" in scene.portal.get("/api/v1/projects/").headers["Content-Type"], "JSON for programs")
        if time.monotonic() - begun > scene.stop_seconds:
            break
        time.sleep(2)
    scene.again()
    fresh_connections()
    back = until(lambda: scene.portal.get("/en/", scene.session).status == 200, 30, "pages are back")
    expect(scene.recorded(key) == 0, "a refused pledge was recorded")
    scene.insist(key)
    return (
        f"{time.monotonic() - begun:.0f} s: readable 503 in three languages (slowest {slowest:.1f} s), static and health "
        f"unaffected; pages back after {back:.1f} s, notices after {scene.delivered():.0f} s"
    )


def backend_terminated(scene: Scene) -> str:
    """The connection of an act is ended by the server while the act waits for the register."""
    key = uuid4().hex
    answers: list[Answer] = []
    with open_link(scene, autocommit=False) as cursor:
        cursor.execute("SELECT 1 FROM alliance_registerhead FOR UPDATE")
        thread = threading.Thread(target=lambda: answers.append(scene.pledge(key)[1]))
        thread.start()
        pid = waiting_backend(scene)
        with open_link(scene) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [pid])
        thread.join()
    expect(answers[0].status == 503, f"answered {answers[0].status}")
    settle(scene)
    expect((scene.recorded(key), scene.half_done()) == (0, 0), "something was left")
    scene.insist(key)
    return "503, nothing half done, the key sent again recorded once"


def waiting_backend(scene: Scene) -> int:
    found: list[int] = []

    def waits() -> bool:
        with open_link(scene) as cursor:
            cursor.execute(
                "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            found[:] = [pid for (pid,) in cursor.fetchall()]
        return bool(found)

    until(waits, 20, "the act waits for a lock")
    return found[0]


def connections_exhausted(scene: Scene) -> str:
    held: list[Any] = []
    with suspended(scene, "worker"):  # it would give one back just when the page asks
        end_other_connections(scene)
        try:
            take_all(scene, held)
            page = scene.portal.get("/en/", scene.session)
            key, refused = scene.pledge()
            expect((page.status, refused.status) == (503, 503), f"answered {page.status}, {refused.status}")
            expect(scene.portal.get("/healthz").status == 200, "healthz")
        finally:
            for link in held:
                link.close()
    back = until(lambda: scene.portal.get("/en/", scene.session).status == 200, 30, "pages are back")
    scene.insist(key)
    return f"{len(held)} connections held: 503 in {page.seconds:.1f} s, health 200; back {back:.1f} s after they were let go"


@contextmanager
def suspended(scene: Scene, name: str) -> Iterator[None]:
    family = scene.portal.family(name)
    for process in family:
        process.suspend()
    try:
        yield
    finally:
        for process in family:
            process.resume()


def end_other_connections(scene: Scene) -> None:
    """End every connection, the web server's kept ones too: it has to ask for new ones."""
    fresh_connections()
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with open_link(scene) as cursor:
        cursor.execute(f"SELECT pg_terminate_backend(pid) {others}")

        def alone() -> bool:
            cursor.execute(f"SELECT count(*) {others}")
            return cursor.fetchone()[0] == 0

        until(alone, 20, "the other connections have ended")


def take_all(scene: Scene, held: list[Any]) -> None:
    """Take connections until the server has had none to give for a while."""
    refusals = 0
    while refusals < 5:
        try:
            held.append(scene.link())
        except psycopg2.OperationalError:
            refusals += 1
            time.sleep(0.1)


def deadlock_forced(scene: Scene) -> str:
    """Somebody locks the register's head, then the pledge that an act has locked: the act is chosen and repeated."""
    from funds.models import Pledge

    _key, answer = scene.pledged()
    reference = answer.headers["Location"].rstrip("/").rsplit("/", 1)[-1]
    before = len(scene.portal.lines("web", "operation repeated"))
    answers: list[Answer] = []
    with open_link(scene, autocommit=False) as cursor:
        cursor.execute("SET deadlock_timeout = '1h'")
        cursor.execute("SELECT 1 FROM alliance_registerhead FOR UPDATE")
        path = f"/en/funds/pledges/{reference}/acknowledge/"
        fields = {"key": uuid4().hex}
        thread = threading.Thread(target=lambda: answers.append(scene.portal.post(path, fields, scene.officer_session)))
        thread.start()
        waiting_backend(scene)
        cursor.execute("SELECT 1 FROM funds_pledge WHERE reference = %s FOR UPDATE", [reference])
        cursor.connection.commit()
        thread.join()
    repeated = len(scene.portal.lines("web", "operation repeated")) - before
    state = Pledge.objects.values_list("state", flat=True).get(reference=reference)
    expect(answers[0].status == 302 and state == "acknowledged", f"answered {answers[0].status}, the pledge is {state}")
    expect(repeated >= 1, "no deadlock reached the act")
    return f"the act was chosen by PostgreSQL, repeated {repeated} time, and answered 302 in {answers[0].seconds:.1f} s"


def clock_an_hour_off(scene: Scene) -> str:
    """The Alliance's clock goes an hour ahead and back; then the web machine's own clock is an hour off."""
    from alliance.core import clock
    from alliance.register.models import RegisterEntry

    stamps = []
    clock.Clock.objects.update(is_demonstration=True)
    for hours in (0, 1, 0):
        clock.Clock.objects.update(clock_offset=timedelta(hours=hours))
        key, _answer = scene.pledged()
        stamps.append(RegisterEntry.objects.get(key=key).recorded_at)
    clock.Clock.objects.update(is_demonstration=False, clock_offset=timedelta(0))
    expect(stamps[1] - stamps[0] > timedelta(minutes=59) and stamps[2] < stamps[1], f"stamps {stamps}")
    said = "database an hour ahead and back: stamps follow, numbers go on"
    if library := faketime():
        scene.portal.end("web")
        try:
            scene.portal.start("web", LD_PRELOAD=library, FAKETIME="+1h", NO_FAKE_STAT="1")
            key, _answer = scene.pledged()
            apart = abs(RegisterEntry.objects.get(key=key).recorded_at - clock.now())
        finally:
            scene.portal.end("web")
            scene.portal.start("web")
        expect(apart < timedelta(minutes=2), f"stamp {apart} from the database's clock")
        return said + "; web machine an hour ahead (libfaketime): stamps are the database's"
    return said + "; the web machine's own clock was NOT moved: libfaketime is not installed"


def faketime() -> str:
    found = [*Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), *Path("/usr/lib").glob("faketime/libfaketime.so.1")]
    return str(found[0]) if found else ""


# What is applied first, the migration that is killed, and before which of its statements.
BROKEN_OFF = (
    ("auth", "alliance.0001", 20),
    ("alliance.0001", "alliance.0002", 4),
    ("alliance", "funds.0001", 9),
    ("funds.0001", "funds.0002", 2),
)
MIGRATE = """
import os, signal, sys
import django; django.setup()
from django.core.management import call_command
from django.db import connection
target, wanted = sys.argv[1].split("."), int(sys.argv[2])
count = 0
def dying(execute, sql, params, many, context):
    global count
    if "CREATE" in str(sql) or "ALTER" in str(sql) or "INSERT INTO" in str(sql):
        count += 1
        if count == wanted:
            os.kill(os.getpid(), signal.SIGKILL)
    return execute(sql, params, many, context)
with connection.execute_wrapper(dying):
    call_command("migrate", *target, verbosity=0)
print(count)
"""


def migration_killed(scene: Scene) -> str:
    """Migrations run on an empty database and are killed in the middle, again and again; the last run completes."""
    server, _, name = scene.url.rpartition("/")
    fresh = f"{name}_migrating"
    maintain(f"{server}/postgres", f'DROP DATABASE IF EXISTS "{fresh}"', f'CREATE DATABASE "{fresh}"')
    kills = 0
    try:
        for ground, target, wanted in BROKEN_OFF:
            expect(migrate(scene, f"{server}/{fresh}", ground, 0) == 0, f"{ground} does not apply")
            before = schema_of(f"{server}/{fresh}")
            done = migrate(scene, f"{server}/{fresh}", target, wanted)
            expect(done == -signal.SIGKILL, f"{target} ended with {done}")
            left = schema_of(f"{server}/{fresh}") ^ before
            expect(not left, f"the killed {target} left {sorted(left)[:3]}")
            kills += 1
        done = scene.portal.command("migrate", "--verbosity", "0", DATABASE_URL=f"{server}/{fresh}")
        expect(done.returncode == 0, done.stderr)
        expect(
            schema_of(f"{server}/{fresh}") == schema_of(scene.url), "the schema is not that of an unbroken migration"
        )
    finally:
        maintain(f"{server}/postgres", f'DROP DATABASE IF EXISTS "{fresh}" WITH (FORCE)')
    return f"{kills} migrations killed midway: no table, function or trigger left of them; the next run completes, with an equal schema"


def migrate(scene: Scene, url: str, target: str, wanted: int) -> int:
    import subprocess

    environment = {**scene.portal.environment, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "alliance.settings"}
    command = [sys.executable, "-c", MIGRATE, target, str(wanted)]
    return subprocess.run(command, env=environment, capture_output=True, check=False).returncode


SCHEMA = """
    SELECT 'migration ' || app || '.' || name FROM django_migrations
    UNION ALL SELECT 'table ' || relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S', 'i')
    UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT 'constraint ' || conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace
"""


def schema_of(url: str) -> set[str]:
    link = psycopg2.connect(url.replace("postgres://", "postgresql://"))
    try:
        with link.cursor() as cursor:
            cursor.execute(SCHEMA if has_migrations(cursor) else SCHEMA.split("UNION ALL", 1)[1])
            return {name for (name,) in cursor.fetchall()}
    finally:
        link.close()


def has_migrations(cursor: Any) -> bool:
    cursor.execute("SELECT to_regclass('public.django_migrations') IS NOT NULL")
    return bool(cursor.fetchone()[0])


def maintain(url: str, *statements: str) -> None:
    link = psycopg2.connect(url.replace("postgres://", "postgresql://"))
    link.autocommit = True
    with link.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    link.close()


def fresh_connections() -> None:
    """Forget this process's own connection: the server it led to is gone."""
    from django.db import connections

    with suppress(Exception):
        connections.close_all()


FAULTS: dict[str, Callable[[Scene], str]] = {
    "web-killed": killed_at_every_point,
    "sigterm": stopped_under_traffic,
    "worker-stopped": worker_stopped_while_making,
    "redis-down": redis_down,
    "redis-hung": redis_hung,
    "redis-wiped": redis_wiped,
    "database-restarted": database_restarted,
    "database-stopped": database_stopped,
    "backend-terminated": backend_terminated,
    "connections-exhausted": connections_exhausted,
    "deadlock": deadlock_forced,
    "clock": clock_an_hour_off,
    "migration-killed": migration_killed,
}


def inject(scene: Scene, names: list[str], say: Callable[[str], None]) -> list[str]:
    """Inject these faults in turn; return those that were not met as expected."""
    unmet = []
    for name in names:
        begun = time.monotonic()
        try:
            seen = FAULTS[name](scene)
        except Exception as failure:  # whatever is not as expected is this fault's line
            unmet.append(name)
            seen = f"NOT AS EXPECTED: {type(failure).__name__}: {failure}"
            fresh_connections()
        say(f"{name}: {seen} ({time.monotonic() - begun:.0f} s)")
    return unmet


@contextmanager
def own_portal(data: Path, stop_seconds: int) -> Iterator[Scene]:
    """A whole portal with a database server of its own."""
    from alliance.runtime import database
    from alliance.runtime.places import places

    where = places(data)
    os.environ["DATABASE_URL"] = url = database.ensure_database(data)[0]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")
    os.environ.update(ALLIANCE_DATA=str(data), ALLIANCE_LOCAL="1", ALLIANCE_SECRET_KEY=uuid4().hex * 2)
    portal = Portal(data, url)
    try:
        from tests.campaigns.database import prepare

        prepare()
        fresh_connections()
        expect(portal.command("collectstatic", "--noinput", "--verbosity", "0").returncode == 0, "static files")
        for part in ("broker", "worker", "scheduler", "web"):
            portal.start(part)

        def stop() -> None:
            os.kill(database.running(where) or 0, signal.SIGQUIT)  # at once: it recovers when it starts
            until(lambda: not database.running(where), 30, "the server has ended")

        scene = Scene(portal, url, stop, lambda: void(database.ensure_database(data)), stop_seconds)
        scene.prepare()
        yield scene
    finally:
        fresh_connections()
        portal.close()
        database.stop_database(data)


def void(value: object) -> None:
    """Take a value and give none."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=FAULTS, default=list(FAULTS))
    parser.add_argument("--data", type=Path)
    parser.add_argument("--stop-seconds", type=int, default=60)
    options = parser.parse_args()
    data = options.data or Path(tempfile.mkdtemp(prefix="faults-"))
    data.mkdir(exist_ok=True)
    data.chmod(0o755)
    begun = time.monotonic()
    try:
        with own_portal(data, options.stop_seconds) as scene:
            unmet = inject(scene, options.only, lambda line: print(line, flush=True))
            verified = scene.portal.command("verify")
            acts, once = len(set(scene.keys)), sum(scene.recorded(key) == 1 for key in set(scene.keys))
            half = scene.half_done()
    finally:
        if options.data is None:
            shutil.rmtree(data, ignore_errors=True)
    well = not unmet and acts == once and half == 0 and verified.returncode == 0
    print(
        f"faults: {len(options.only)} injected, {len(options.only) - len(unmet)} as expected; acknowledged {acts}, recorded once "
        f"{once}, half done {half}; verify {'green' if verified.returncode == 0 else verified.stdout.strip().splitlines()[-1]}; "
        f"{time.monotonic() - begun:.0f} s; {'all as expected' if well else 'NOT AS EXPECTED: ' + ', '.join(unmet)}"
    )
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
