"""The sender of mail is killed, the queue emptied, the mail server away: no notice is lost, and what comes twice has one id.

    .venv/bin/python -m tests.campaigns.notices [--notices 100000] [--kills 50] [--wipes 10] [--absences 5] [--readers 20]

A real worker mails notices of real entries to a real mail server, over a real queue. What happens to them is spread over
the run. Prints one line; exit 1 when a mail was lost, or came twice more often than the sender was killed. The database is
one of its own.
"""

import argparse
import logging
import os
import random
import re
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KIND = "fund.status_set/1"
AT_A_TIME = 50
ID = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.IGNORECASE | re.MULTILINE)
PATIENCE = 3600


@dataclass(frozen=True)
class Plan:
    """How many notices, for how many readers, and what happens while they are mailed."""

    notices: int
    readers: int
    kills: int
    wipes: int
    absences: int
    seed: int = 1

    def disasters(self) -> list[tuple[int, str]]:
        """Return after how many mails what happens."""
        chance = random.Random(self.seed)
        what = ["kill"] * self.kills + ["wipe"] * self.wipes + ["absence"] * self.absences
        return sorted((chance.randrange(self.notices // 50, self.notices * 9 // 10), one) for one in what)


class MailServer:
    """Takes mail on a port of this machine, and remembers who got which; it can be away."""

    def __init__(self) -> None:
        from tests.campaigns.portal import free_port

        self.port = free_port()
        self.got: Counter[tuple[str, str]] = Counter()
        self.refused = 0
        self.is_away = False
        self._lock = threading.Lock()

    @contextmanager
    def listening(self) -> Iterator[None]:
        from aiosmtpd.controller import Controller

        logging.getLogger("mail.log").setLevel(logging.WARNING)  # it writes a line for each word of a client
        controller = Controller(self, hostname="127.0.0.1", port=self.port)
        controller.start()
        try:
            yield
        finally:
            controller.stop()

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if self.is_away:
            self.refused += 1
            return "421 4.3.2 come back later"
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        found = ID.search(envelope.content)
        with self._lock:
            self.got[envelope.rcpt_tos[0], found[1].decode() if found else ""] += 1
        return "250 OK"

    @property
    def mails(self) -> int:
        return self.got.total()


@dataclass(frozen=True)
class Found:
    """What the mail server got, beside the notices of the database."""

    expected: int
    lost: int
    twice: int
    unknown: int
    unstamped: int
    killed: int

    @property
    def is_kept(self) -> bool:
        return not (self.lost or self.unknown or self.unstamped) and self.twice <= self.killed


def fill(plan: Plan) -> int:
    """Enter the readers and what they are told of; return how many notices that makes."""
    from alliance.people.models import Membership, Organisation, Role, User
    from alliance.register import operation, record

    @operation
    def happen(*, by: Any, count: int) -> None:
        for _ in range(count):
            record(KIND, by=by, facts={"fund": "ALL", "status": "operating", "on": "2008-01-01"})

    by = User.objects.get(email="finance.officer@demo.example")
    home = Organisation.objects.order_by("pk")[0]
    Membership.objects.filter(role__in=(Role.OFFICER, Role.HEAD)).exclude(user=by).delete()
    for number in range(plan.readers):
        reader = User.objects.create(email=f"reader.{number}@demo.example", name=f"Reader {number}", language="en")
        Membership.objects.create(user=reader, organisation=home, role=Role.OFFICER, starts_on="2008-01-01")
    entries = -(-plan.notices // plan.readers)
    for begun in range(0, entries, AT_A_TIME):
        happen(by=by, count=min(AT_A_TIME, entries - begun))
    return entries * plan.readers


class Campaign:
    """A worker that mails, the queue and the mail server beside it, and what happens to them."""

    def __init__(self, plan: Plan, broker: Any, server: MailServer, start: Callable[[], Any]) -> None:
        self.plan, self.broker, self.server, self.start = plan, broker, server, start
        self.worker = start()
        self.killed = 0

    def run(self, expected: int) -> None:
        for after, what in self.plan.disasters():
            self.until(lambda after=after: self.server.mails >= after, f"{after} mails")  # type: ignore[misc]
            getattr(self, what)()
        self.until(lambda: self.all_told(expected), "every notice mailed")

    def until(self, holds: Callable[[], object], what: str) -> None:
        """Ring as the schedule does, only sooner, until it holds."""
        from alliance import celery

        end, rung = time.monotonic() + PATIENCE, 0.0
        while not holds():
            assert time.monotonic() < end, f"not in time: {what}"
            if time.monotonic() - rung > 1:
                celery._deaf_until = 0.0
                celery.ring("alliance.relay")
                rung = time.monotonic()
            time.sleep(0.01)

    def kill(self) -> None:
        self.worker.kill()
        self.worker = self.start()
        self.killed += 1

    def wipe(self) -> None:
        from redis import Redis

        Redis(unix_socket_path=str(self.broker.socket)).flushall()

    def absence(self) -> None:
        """Have the mail server refuse everybody, until the worker has come in vain three times."""
        before = self.server.refused
        self.server.is_away = True
        self.until(lambda: self.server.refused >= before + 3, "the mail server refuses")
        self.server.is_away = False

    def all_told(self, expected: int) -> bool:
        from alliance.records.models import Notice

        time.sleep(0.2)
        told = Notice.objects.filter(kind=KIND)
        return told.count() == expected and not told.filter(mailed_at=None).exists()


def reckon(expected: int, server: MailServer, killed: int) -> Found:
    """Compare what the mail server got with what each notice's mail is called."""
    from alliance.records.mail import message_id
    from alliance.records.models import Notice

    told = Notice.objects.filter(kind=KIND).order_by("pk").values_list("entry__hash", "user__email")
    due = {(address, message_id(entry, address)) for entry, address in told}
    got = set(server.got)
    return Found(
        expected=expected,
        lost=len(due - got) + expected - len(due),
        twice=server.mails - len(got),
        unknown=len(got - due),
        unstamped=Notice.objects.filter(kind=KIND, mailed_at=None).count(),
        killed=killed,
    )


def deliver(plan: Plan, folder: Path) -> Found:
    """Run the plan on the database that Django is connected to."""
    from alliance import celery
    from tests.alliance.workers import Broker, Worker

    broker, server = Broker(folder), MailServer()
    os.environ.update(ALLIANCE_MAIL_HOST="127.0.0.1", ALLIANCE_MAIL_PORT=str(server.port))
    before, celery.app.conf.broker_url = celery.app.conf.broker_url, broker.url
    broker.start()
    campaign = None
    try:
        expected = fill(plan)
        with server.listening():
            campaign = Campaign(plan, broker, server, lambda: Worker(broker))
            campaign.run(expected)
        return reckon(expected, server, campaign.killed)
    finally:
        if campaign:
            campaign.worker.stop()
        broker.stop()
        celery.app.conf.broker_url = before


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, value in (
        ("notices", 100_000),
        ("readers", 20),
        ("kills", 50),
        ("wipes", 10),
        ("absences", 5),
        ("seed", 1),
    ):
        parser.add_argument(f"--{name}", type=int, default=value)
    plan = Plan(**vars(parser.parse_args()))
    from tests.campaigns.database import own_database

    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="notices-") as folder, own_database("alliance_notices"):
        found = deliver(plan, Path(folder))
    print(
        f"notices: {found.expected} to {plan.readers} readers, sender killed {found.killed} times, queue emptied {plan.wipes} "
        f"times, mail server away {plan.absences} times: lost {found.lost}, never stamped {found.unstamped}, unknown "
        f"{found.unknown}, twice {found.twice} (each with the same Message-ID); {time.monotonic() - began:.0f} s"
    )
    return 0 if found.is_kept else 1


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")
    sys.exit(main())
