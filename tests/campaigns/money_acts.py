"""Many processes prepare, authorise and cancel every kind of money act at once, and close a period under them.

    .venv/bin/python -m tests.campaigns.money_acts [--processes 8] [--turns 60]

Promised: every act ends as posted or as refused in words; balances, stakes and shares agree with the postings, the
trial balance is zero, nothing guarded is overdrawn, no voucher or payment is posted twice, by one person, or in a
closed period after it closed; and no deadlock reaches a caller. Prints one line; exit 1 when a promise is broken. Needs
a database of its own, which it makes and drops on the server named by DATABASE_URL (or on the embedded one).
"""

import argparse
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tests.campaigns.crew import at_work

OLD, ON = date(2007, 12, 20), date(2008, 3, 10)
PROJECTS = ("PRJ-1", "PRJ-2")
WINDOWS = ("GEN", "W1", "W2")
REFUSED = {"InsufficientFunds", "OutOfState", "Refused", "NotAllowed"}
ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Plan:
    """How many processes take how many turns; a turn prepares one act and tries to end it."""

    processes: int
    turns: int
    seed: int = 1


def fill() -> None:
    """Put money into every pool, allocate some to each project and pay some of it to its partner."""
    from alliance.people.models import Organisation, User
    from alliance.register import operation, record
    from funds.ledger.posting import account, post
    from funds.models import Window
    from funds.operations import money
    from funds.operations.donors import register_donor
    from tests.funds.factories import pay_out

    officer = User.objects.get(email="finance.officer@demo.example")
    iom = Organisation.objects.get(slug="iom")

    @operation
    def put(*, by: Any, slug: str, amount: Decimal, window: Window) -> None:
        from funds.models import Donor

        organisation = Organisation.objects.get(slug=slug)
        donor = Donor.objects.filter(organisation=organisation).first() or register_donor(
            by=None, organisation=organisation, donor_type="state"
        )
        lines, source = money.receive(donor=donor, window=window, amount=amount, fee=amount / 100, on=OLD)
        post(lines, entry=record("cost.posted/1", by=by, rows=[source] if source.is_new else []))
        for project in PROJECTS:
            account("partner", f"{project}:iom")

    for number, slug in enumerate(("sweden-mfa", "switzerland-sdc", "ilo"), start=3):
        for code in WINDOWS:
            put(by=officer, slug=slug, amount=Decimal(1000 * number), window=Window.objects.get(code=code))
    for project in PROJECTS:
        amounts = {Window.objects.get(code=code): Decimal(1500) for code in WINDOWS}
        money.allocate(by=None, project=project, amounts=amounts, on=OLD)
        pay_out(by=officer, project=project, payee=iom, amount=Decimal(1000), on=OLD)


def act(number: int, plan: Plan) -> Counter:
    """Take turns in one process, and count what became of each act by its kind."""
    chance = random.Random(plan.seed * 1000 + number)
    outcomes: Counter = Counter()
    for turn in range(plan.turns):
        if number == 0 and turn == plan.turns // 2:
            outcomes[_ended(_close_the_old_period)] += 1
        outcomes[_ended(lambda: _voucher(chance) if chance.random() < 0.8 else _payment(chance))] += 1
    return outcomes


def _ended(deed: Callable[[], str]) -> str:
    try:
        return deed()
    except Exception as error:  # the campaign counts every kind
        return type(error).__name__


def _people() -> list[Any]:
    from alliance.people.models import User

    return [User.objects.get(email=f"{name}@demo.example") for name in ("finance.officer", "second.finance.officer")]


def _close_the_old_period() -> str:
    from funds.models import Period
    from funds.operations.fund import close_period

    close_period(by=_people()[0], period=Period.objects.get(code="2007"))
    return "period closed"


def _about(kind: str, chance: random.Random) -> dict[str, Any]:
    from alliance.people.models import Organisation
    from funds.models import Donor, Posting, Window

    window, other = chance.sample(WINDOWS, 2)
    amount = Decimal(chance.randint(1, 40_000)) / 100
    project = {"project": chance.choice(PROJECTS), "amount": amount}
    match kind:
        case "refund_sent" | "refund_received":
            return project | {"organisation": Organisation.objects.get(slug="iom")}
        case "release":
            return project
        case "reversal":
            posting = Posting.objects.filter(reverses=None, reversed_by=None).order_by("-pk")[:20]
            return {"posting": chance.choice(list(posting))}
    pools = {"window": Window.objects.get(code=window), "amount": amount}
    if kind == "donor_refund":
        return pools | {"donor": chance.choice(list(Donor.objects.all()))}
    if kind == "window_transfer":
        return pools | {"destination": Window.objects.get(code=other), "consent": "A letter"}
    return pools


def _voucher(chance: random.Random) -> str:
    """Prepare a voucher and end it: mostly authorised by the other person, who may be a third process at once."""
    from funds.models import Voucher, VoucherKind
    from funds.operations.vouchers import authorise_voucher, cancel_voucher, prepare_voucher

    first, second = chance.sample(_people(), 2)
    kind = chance.choice(VoucherKind.values)
    on = chance.choice((OLD, ON))
    made = prepare_voucher(by=first, kind=kind, on=on, reason="The campaign", **_about(kind, chance))
    waiting = list(Voucher.objects.filter(state="prepared").order_by("-pk")[:5]) or [made]
    chosen = chance.choice([made, *waiting])
    if chance.random() < 0.05:
        cancel_voucher(by=second, voucher=chosen, why="The campaign")
        return "cancelled"
    others = [person for person in (first, second) if person.pk != chosen.prepared_by_id]
    authorise_voucher(by=others[0] if chance.random() < 0.95 else first, voucher=chosen)
    return "posted"


def _payment(chance: random.Random) -> str:
    from alliance.core import clock
    from alliance.people.models import Organisation
    from funds.models import Account, Payment
    from funds.operations.payments import authorise_payment, pay_payment, prepare_payment

    first, second = chance.sample(_people(), 2)
    project = chance.choice(PROJECTS)
    made = prepare_payment(
        by=first, payee=Organisation.objects.get(slug="iom"), purpose=project,
        amount=Decimal(chance.randint(1, 30_000)) / 100, debit=Account.objects.get(code=f"partner:{project}:iom"),
        credit=Account.objects.get(code=f"project:{project}"),
    )  # fmt: skip
    authorise_payment(by=second, payment=made)
    waiting = list(Payment.objects.filter(state="authorised").order_by("-pk")[:3]) or [made]
    pay_payment(by=first, payment=chance.choice(waiting), on=clock.today())
    return "paid"


def run(plan: Plan) -> tuple[Counter, list[str]]:
    """Run the plan in the current database; return the outcomes and the broken promises."""
    from django.db import connections

    fill()
    connections.close_all()
    outcomes = at_work(plan.processes, act, plan)
    return outcomes, broken(outcomes)


def broken(outcomes: Counter) -> list[str]:
    from django.db.models import F, Sum

    from funds import checks
    from funds.models import Account, Payment, Period, Posting, Voucher

    wrong = [f"{p.what} {p.where}: {p.why}" for p in checks.problems()]
    sums = Account.objects.aggregate(d=Sum("debits"), c=Sum("credits"))
    if sums["d"] != sums["c"]:
        wrong.append(f"trial balance {sums['d'] - sums['c']}")
    if others := set(outcomes) - REFUSED - {"posted", "paid", "cancelled", "period closed"}:
        wrong.append(f"ended otherwise: {sorted(others)}")
    posted, paid = Voucher.objects.filter(state="posted"), Payment.objects.exclude(paid_on=None)
    if (outcomes["posted"], outcomes["paid"]) != (posted.count(), paid.count()):
        wrong.append("acknowledged and posted differ")
    if posted.filter(authorised_by=F("prepared_by")).exists() or paid.filter(authorised_by=F("prepared_by")).exists():
        wrong.append("one person alone")
    period = Period.objects.get(code="2007")
    if period.closed_at and (
        late := Posting.objects.filter(effective_on=OLD, recorded_at__gt=period.closed_at).count()
    ):
        wrong.append(f"{late} postings in a closed period")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--turns", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    plan = Plan(**vars(parser.parse_args()))
    from tests.campaigns.database import own_database

    with own_database("campaign_money_acts"):
        began = time.monotonic()
        outcomes, wrong = run(plan)
        seconds = time.monotonic() - began
    refused = {name: outcomes[name] for name in sorted(REFUSED) if outcomes[name]}
    print(
        f"money acts: {plan.processes} processes, {sum(outcomes.values())} acts: posted {outcomes['posted']}, "
        f"paid {outcomes['paid']}, cancelled {outcomes['cancelled']}, periods closed {outcomes['period closed']}, "
        f"refused {refused}, {seconds:.1f} s; " + ("all promises kept" if not wrong else "BROKEN: " + "; ".join(wrong))
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")
    sys.exit(main())
