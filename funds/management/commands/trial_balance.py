"""`trial_balance`: every account with its sums, as of a day."""

import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from alliance.core import clock
from alliance.register.models import head
from funds.management.dates import add_as_of, read_day
from funds.models import Fund
from funds.statements.trial_balance import AccountLine, trial_balance


class Command(BaseCommand):
    help = "Print every account with its debits, credits and balance (debits less credits)."

    def add_arguments(self, parser: CommandParser) -> None:
        add_as_of(parser)
        parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")

    def handle(self, *, as_of: str | date | None, **options: Any) -> None:
        day = read_day(as_of, clock.today())
        lines = trial_balance(day)
        self.stdout.write(as_json(day, lines) if options["json"] else as_text(day, lines))


def as_json(day: date, lines: list[AccountLine]) -> str:
    n, digest = head()
    document = {
        "as_of": day.isoformat(),
        "currency": Fund.objects.the().currency,
        "register_head": {"n": n, "hash": digest},
        "accounts": [
            {
                "code": line.code,
                "kind": line.kind,
                "debits": f"{line.debits:.2f}",
                "credits": f"{line.credits:.2f}",
                "balance": f"{line.balance:.2f}",
            }
            for line in lines
        ],
        "total_debits": f"{sum(line.debits for line in lines):.2f}",
        "total_credits": f"{sum(line.credits for line in lines):.2f}",
    }
    return json.dumps(document, indent=1)


def as_text(day: date, lines: list[AccountLine]) -> str:
    width = max((len(line.code) for line in lines), default=0)
    rows = [
        f"{line.code:<{width}} {line.debits:>18,.2f} {line.credits:>18,.2f} {line.balance:>18,.2f}" for line in lines
    ]
    return "\n".join([f"as of {day.isoformat()}", *rows])
