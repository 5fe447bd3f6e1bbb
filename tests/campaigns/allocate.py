"""Many processes ask one pool for ten times what it holds.

    .venv/bin/python -m tests.campaigns.allocate [--processes 16] [--pool 12000.00] [--asked 100.00]

Promised: allocated equals the pool, every refusal is for insufficient funds, stakes equal the shares, and no
deadlock reaches a caller. Prints one line; exit 1 when a promise is broken. Needs a database of its own, which it
makes and drops on the server named by DATABASE_URL (or on the embedded one).
"""

import argparse
import os
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tests.campaigns.crew import at_work

ON = date(2008, 3, 10)


@dataclass(frozen=True)
class Plan:
    """How many processes ask how often for how much of which pool."""

    processes: int
    pool: Decimal
    asked: Decimal

    @property
    def requests(self) -> int:
        return int(self.pool * 10 / self.asked)

    @property
    def turns(self) -> int:
        return -(-self.requests // self.processes)


def fill(plan: Plan) -> None:
    """Put the pool's money in, from three donors in unequal parts, two windows' worth."""
    from alliance.people.models import Organisation, User
    from alliance.register import operation, record
    from funds.ledger.posting import post
    from funds.models import Window
    from funds.operations import money
    from funds.operations.donors import register_donor

    officer = User.objects.get(email="finance.officer@demo.example")
    parts = {"sweden-mfa": plan.pool / 2, "switzerland-sdc": plan.pool / 3}
    parts["ilo"] = plan.pool - sum(p.quantize(Decimal("0.01")) for p in parts.values())

    @operation
    def put(*, by, slug, amount, window):
        donor = register_donor(by=None, organisation=Organisation.objects.get(slug=slug), donor_type="state")
        lines, source = money.receive(donor=donor, window=window, amount=amount, fee=Decimal(0), on=ON)
        post(lines, entry=record("cost.posted/1", by=by, rows=[source] if source.is_new else []))

    for number, (slug, part) in enumerate(parts.items()):
        window = Window.objects.get(code="GEN" if number else "W2")
        put(by=officer, slug=slug, amount=part.quantize(Decimal("0.01")), window=window)


def ask(number: int, plan: Plan) -> Counter:
    """Ask in turn, in one process, and count what came back by the name of its class."""
    from funds.models import Window
    from funds.operations import money

    window = Window.objects.get(code="W2")
    outcomes: Counter = Counter()
    for turn in range(plan.turns):
        try:
            money.allocate(by=None, project=f"PRJ-{number}-{turn}", amounts={window: plan.asked}, on=ON)
            outcomes["allocated"] += 1
        except Exception as error:  # the campaign counts every kind
            outcomes[type(error).__name__] += 1
    return outcomes


def run(plan: Plan) -> tuple[Counter, list[str]]:
    """Run the plan in the current database; return the outcomes and the broken promises."""
    from django.db import connections

    fill(plan)
    connections.close_all()
    outcomes = at_work(plan.processes, ask, plan)
    return outcomes, broken(plan, outcomes)


def broken(plan: Plan, outcomes: Counter) -> list[str]:
    from funds import checks
    from funds.models import Account

    pools = sum((a.balance for a in Account.objects.filter(kind="pool")), Decimal(0))
    given = sum((a.balance for a in Account.objects.filter(kind="project")), Decimal(0))
    wrong = [f"{p.what} {p.where}: {p.why}" for p in checks.problems()]
    if given + pools != plan.pool or pools >= plan.asked:
        wrong.append(f"allocated {given} and left {pools} of {plan.pool}")
    if others := set(outcomes) - {"allocated", "InsufficientFunds"}:
        wrong.append(f"other refusals: {sorted(others)}")
    if outcomes["allocated"] * plan.asked != given:
        wrong.append("acknowledged and posted differ")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=16)
    parser.add_argument("--pool", type=Decimal, default=Decimal("12000.00"))
    parser.add_argument("--asked", type=Decimal, default=Decimal("100.00"))
    plan = Plan(**vars(parser.parse_args()))
    from tests.campaigns.database import own_database

    with own_database("campaign_allocate"):
        began = time.monotonic()
        outcomes, wrong = run(plan)
        seconds = time.monotonic() - began
    print(
        f"allocate: {plan.processes} processes, pool {plan.pool}, asked {plan.requests * plan.asked}: "
        f"allocated {outcomes['allocated'] * plan.asked}, refused {outcomes['InsufficientFunds']}, "
        f"other {sum(outcomes.values()) - outcomes['allocated'] - outcomes['InsufficientFunds']}, "
        f"{seconds:.1f} s; " + ("all promises kept" if not wrong else "BROKEN: " + "; ".join(wrong))
    )
    return 1 if wrong or outcomes["InsufficientFunds"] < 0.8 * plan.requests else 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")
    sys.exit(main())
