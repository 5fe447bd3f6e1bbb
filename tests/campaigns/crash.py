"""Clients are killed and the server is stopped at once while money moves: nothing acknowledged is lost or doubled.

    .venv/bin/python -m tests.campaigns.crash [--clients 16] [--acts 100000] [--kills 50] [--restarts 5] [--backup FOLDER]

Each act has an idempotency key; about one in five is sent again, by whichever client. A client notes in a file what
was acknowledged; killed, it is started anew and sends again what it had no answer to. The PostgreSQL is one of its
own, made and removed here, with every safety on; it is stopped as by `pg_ctl stop -m immediate`. Its tables and people
are made too, or those of a backup. Prints one line; exit 1 when a promise is broken.
"""

import argparse
import multiprocessing
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

ON = date(2008, 3, 10)
KIND = "cost.posted/1"
LINE = 10  # an acknowledgement: eight digits, the outcome, a line's end
PATIENCE = 600
PARTNERS = ("iom", "ilo", "undp")
PROJECTS = tuple(f"PRJ-{number}" for number in range(1, 21))


@dataclass(frozen=True)
class Plan:
    """How many clients send how many acts, and what happens to them meanwhile."""

    clients: int
    acts: int
    kills: int
    restarts: int
    seed: int = 1

    def sends(self) -> list[int]:
        """Return the numbers of the acts in the order they are sent, some of them again."""
        chance = random.Random(self.seed)
        first = list(range(self.acts - self.acts // 5))
        again = [chance.choice(first) for _ in range(self.acts // 5)]
        return chance.sample([*first, *again], self.acts)

    def disasters(self) -> list[tuple[int, str]]:
        """Return after how many acknowledgements what happens."""
        chance = random.Random(self.seed + 1)
        moments = [(chance.randrange(self.acts // 50, self.acts * 19 // 20), "kill") for _ in range(self.kills)]
        moments += [(self.acts * n // (self.restarts + 1), "restart") for n in range(1, self.restarts + 1)]
        return sorted(moments)


def client(number: int, plan: Plan, journal: str) -> None:
    """Send this client's acts in turn, from the first without an acknowledgement on."""
    by = patiently(officer)
    own = plan.sends()[number :: plan.clients]
    file = os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for act in own[os.fstat(file).st_size // LINE :]:
        outcome = insist(act, by)
        os.write(file, f"{act:08d}{outcome}\n".encode())


def silence() -> None:
    """Ring for no worker: there is no broker here, and nobody who would hear."""
    from alliance.register.acts import entries_written

    assert entries_written.disconnect(dispatch_uid="records.relay")


def officer() -> Any:
    from alliance.people.models import User

    return User.objects.get(email="finance.officer@demo.example")


def insist(act: int, by: Any) -> str:
    """Send an act until there is an answer: `d` when it was done, `r` when it was refused."""
    from alliance.core.errors import InsufficientFunds

    try:
        patiently(lambda: perform()(by=by, number=act, key=f"crash-{act}"))
    except InsufficientFunds:
        return "r"
    return "d"


def patiently(ask: Callable[[], Any]) -> Any:
    """Ask again for as long as the server is away; the same act has the same key."""
    from django.db import DatabaseError, Error, InterfaceError, connection

    from alliance.core.failures import is_database_away

    for _ in range(PATIENCE):
        try:
            return ask()
        except (DatabaseError, InterfaceError) as error:
            if not is_database_away(error):
                raise
            with suppress(Error):
                connection.close()
            time.sleep(0.3)
    raise RuntimeError("no answer")


def perform() -> Any:
    """Return the operation that each act is: what moves money by the act's number, and an entry that names it."""
    from alliance.register import operation, record

    global _perform
    if _perform is None:

        @operation
        def crash_act(*, by: Any, number: int) -> None:
            move(by, number, record(KIND, by=by, facts={"number": number}))

        _perform = crash_act
    return _perform


_perform: Any = None


@cache
def known(name: str) -> Any:
    """Return an account, a window or the donors, read once: these rows stay what they are."""
    from funds.models import Account, Donor, Window

    if name == "donors":
        return list(Donor.objects.select_related("organisation").order_by("pk"))
    return Account.objects.get(code=name) if ":" in name else Window.objects.get(code=name)


def move(by: Any, number: int, entry: Any) -> None:
    """Move money in one of six ways: what it is, and how much, follow from the number alone."""
    from funds.ledger.posting import Line, post
    from funds.operations import money

    chance = random.Random(number)
    amount = Decimal(chance.randrange(1_00, 900_00)) / 100
    project, window = chance.choice(PROJECTS), chance.choice(("GEN", "W1", "W2"))
    held, with_partner = known(f"project:{project}"), known(f"partner:{project}:{chance.choice(PARTNERS)}")
    match chance.choices(range(5), weights=(2, 2, 8, 12, 3))[0]:
        case 0:
            given, fee = amount * 20, (amount / 5).quantize(ONE_CENT)
            donor = chance.choice(known("donors"))
            lines, _ = money.receive(donor=donor, window=known(window), amount=given, fee=fee, on=ON)
            post(lines, entry=entry)
        case 1:
            money.allocate(by=None, project=project, amounts={known(window): amount * 15}, on=ON)
        case 2:
            post([Line(with_partner, held, amount * 2, ON)], entry=entry)
        case 3:
            part = (amount / 5).quantize(ONE_CENT)
            spent = [known(f"spent:{with_partner.subject}:{category}") for category in "137"]
            post([Line(account, with_partner, part, ON) for account in spent], entry=entry)
        case 4:
            in_transit = known(f"refunds-in-transit:{with_partner.subject}")
            post([Line(in_transit, with_partner, amount, ON), Line(held, in_transit, amount, ON)], entry=entry)


ONE_CENT = Decimal("0.01")


def fill() -> None:
    """Three donors with a first deposit each, and every account: there is money to move, and where to."""
    from alliance.people.models import Organisation
    from alliance.register import operation, record
    from funds.ledger.posting import account, post
    from funds.models import Window
    from funds.operations import money
    from funds.operations.donors import register_donor
    from tests.funds.factories import pay_out

    @operation
    def open_accounts(*, by: Any) -> None:
        for project in PROJECTS:
            account("project", project)
            for subject in (f"{project}:{partner}" for partner in PARTNERS):
                account("partner", subject)
                account("refunds_in_transit", subject)
                for category in "137":
                    account("spent", f"{subject}:{category}")
        record(KIND, by=by)

    @operation
    def put(*, by: Any, slug: str) -> None:
        donor = register_donor(by=None, organisation=Organisation.objects.get(slug=slug), donor_type="state")
        lines, source = money.receive(
            donor=donor, window=Window.objects.get(code="GEN"), amount=Decimal(90_000), fee=Decimal(900), on=ON
        )
        post(lines, entry=record(KIND, by=by, rows=[source]))

    by = officer()
    open_accounts(by=by)
    for slug in ("sweden-mfa", "switzerland-sdc", "ghana-interior"):
        put(by=by, slug=slug)
    for project in PROJECTS:
        money.allocate(by=None, project=project, amounts={Window.objects.get(code="GEN"): Decimal(9_000)}, on=ON)
        for partner in PARTNERS:
            payee = Organisation.objects.get(slug=partner)
            pay_out(by=by, project=project, payee=payee, amount=Decimal(2_000), on=ON)


class Campaign:
    """The clients at work, their journals, and the server under them."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self.plan, self.folder = plan, folder
        self.context = multiprocessing.get_context("fork")  # at work at once; the parent holds no connection
        self.clients = [self.start(number) for number in range(plan.clients)]
        self.chance = random.Random(plan.seed + 2)
        self.happened: Counter[str] = Counter()

    def journal(self, number: int) -> Path:
        return self.folder / f"client-{number}"

    def start(self, number: int) -> Any:
        process = self.context.Process(target=client, args=(number, self.plan, str(self.journal(number))))
        process.start()
        return process

    def acknowledged(self) -> int:
        journals = (self.journal(number) for number in range(self.plan.clients))
        return sum(journal.stat().st_size // LINE for journal in journals if journal.exists())

    def run(self) -> None:
        """Let the disasters happen when their moment has come, until every act has its answer."""
        waiting = self.plan.disasters()
        while waiting or any(process.is_alive() for process in self.clients):
            if waiting and self.acknowledged() >= waiting[0][0]:
                self.strike(waiting.pop(0)[1])
            time.sleep(0.02)
            if waiting and not any(process.is_alive() for process in self.clients):
                raise RuntimeError("the clients ended early")
        if bad := [process.exitcode for process in self.clients if process.exitcode]:
            raise RuntimeError(f"clients ended with {bad}")

    def strike(self, what: str) -> None:
        if what == "restart":
            restart(self.folder / "data")
        else:
            number = self.chance.choice([n for n, process in enumerate(self.clients) if process.is_alive()])
            os.kill(self.clients[number].pid, signal.SIGKILL)
            self.clients[number].join()
            self.clients[number] = self.start(number)
        self.happened[what] += 1


def restart(data: Path) -> None:
    """Stop the server at once, as `pg_ctl stop -m immediate` does, and start it again."""
    from alliance.runtime import database
    from alliance.runtime.places import places

    pid = database.running(places(data))
    assert pid is not None
    os.kill(pid, signal.SIGQUIT)
    deadline = time.monotonic() + 60
    while database.running(places(data)) == pid and time.monotonic() < deadline:
        time.sleep(0.02)
    database.ensure_database(data)


@dataclass(frozen=True)
class Account:
    """What the database says at the end, beside what was acknowledged."""

    acts: int
    done: int
    lost: int
    doubled: int
    overdrawn: int
    trial_balance: Decimal
    problems: list[str]

    @property
    def is_kept(self) -> bool:
        return not (self.lost or self.doubled or self.overdrawn or self.trial_balance or self.problems)


def reckon(campaign: Campaign) -> Account:
    """Compare the journals with the register and the ledger, and prove both."""
    from django.db.models import F, Sum

    from alliance.register.models import RegisterEntry
    from funds.models import Account as LedgerAccount
    from reporting.verification.everything import verify

    journals = [campaign.journal(number).read_text().split() for number in range(campaign.plan.clients)]
    acknowledged = {int(line[:8]) for journal in journals for line in journal if line.endswith("d")}
    kept = {int(key[6:]) for key in RegisterEntry.objects.exclude(key=None).values_list("key", flat=True)}
    named = Counter(RegisterEntry.objects.filter(kind=KIND, body__contains='"number":').values_list("body", flat=True))
    numbers = Counter(number_in(body) for body in named)
    sums = LedgerAccount.objects.aggregate(d=Sum("debits"), c=Sum("credits"))
    return Account(
        acts=sum(len(journal) for journal in journals),
        done=len(acknowledged),
        lost=len(acknowledged - kept) + len(acknowledged - set(numbers)),
        doubled=sum(count - 1 for count in numbers.values()),
        overdrawn=LedgerAccount.objects.filter(guarded=True, debits__lt=F("credits")).count(),
        trial_balance=sums["d"] - sums["c"],
        problems=[f"{p.what} {p.where}: {p.why}" for p in verify().problems],
    )


def number_in(body: str) -> int:
    import json

    return json.loads(body)["facts"]["number"]


def people(backup: Path | None) -> None:
    """Have the people in the database: those of the backup, or new ones."""
    from tests.campaigns.database import prepare

    if backup is None:
        prepare()
        return
    import django

    django.setup()
    from alliance.backups.restoring import restore

    restore(backup)


def run(plan: Plan, folder: Path, backup: Path | None = None) -> tuple[Account, Counter[str]]:
    """Run the plan on a server of its own in this folder; return what the database says, and what happened."""
    from alliance.runtime import database

    data = folder / "data"
    os.environ["ALLIANCE_DATA"] = str(data)
    os.environ["DATABASE_URL"], _started = database.ensure_database(data)
    try:
        people(backup)
        silence()
        fill()
        from django.db import connections

        connections.close_all()
        campaign = Campaign(plan, folder)
        campaign.run()
        account = reckon(campaign)
        connections.close_all()
        return account, campaign.happened
    finally:
        database.stop_database(data)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, value in (("clients", 16), ("acts", 100_000), ("kills", 50), ("restarts", 5), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--backup", type=Path, help="begin with the tables and people of this backup")
    options = vars(parser.parse_args())
    backup = options.pop("backup")
    plan = Plan(**options)
    folder = Path(__file__).parents[2] / "var" / f"crash-{os.getpid()}"
    folder.mkdir(parents=True)
    began = time.monotonic()
    try:
        found, happened = run(plan, folder, backup)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(
        f"crash: {plan.clients} clients, {found.acts} acts sent, {found.done} done, {happened['kill']} clients killed, "
        f"{happened['restart']} immediate restarts: acknowledged and lost {found.lost}, doubled {found.doubled}, "
        f"overdrawn {found.overdrawn}, trial balance {found.trial_balance:.2f}, verify "
        f"{'green' if not found.problems else 'RED: ' + '; '.join(found.problems[:3])}; {time.monotonic() - began:.0f} s"
    )
    return 0 if found.is_kept and found.acts == plan.acts else 1


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")
    sys.exit(main())
