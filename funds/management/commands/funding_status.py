"""`funding_status`: the live statement of sources, uses and balances."""

import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import translation

from alliance.core import clock
from funds.management.dates import add_as_of, read_day
from funds.statements.funding_status import FundingStatus, StatusRow, funding_status


class Command(BaseCommand):
    help = "Print the fund's sources, uses and balances as of a day."

    def add_arguments(self, parser: CommandParser) -> None:
        add_as_of(parser)
        parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")

    def handle(self, *, as_of: str | date | None, **options: Any) -> None:
        with translation.override("en"):
            status = funding_status(read_day(as_of, clock.today()))
            self.stdout.write(as_json(status) if options["json"] else as_text(status))


def as_json(status: FundingStatus) -> str:
    document = {
        "as_of": status.as_of.isoformat(),
        "currency": status.currency,
        "definitions": status.definitions,
        "register_head": {"n": status.register_n, "hash": status.register_hash},
        "rows": [_row(row) for row in status.rows],
        "of_which": [_row(status.seed)],
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


def _row(row: StatusRow) -> dict[str, str | None]:
    return {
        "code": row.code,
        "label": str(row.label),
        "amount": f"{row.amount:.2f}",
        "percent": None if row.percent is None else f"{row.percent:.1f}",
    }


def as_text(status: FundingStatus) -> str:
    rows = [status.rows[0], status.seed, *status.rows[1:]]
    lines = [
        f"{row.label:<52} {row.amount:>20,.2f}{f' {row.percent} %' if row.percent is not None else ''}" for row in rows
    ]
    return "\n".join([f"as of {status.as_of.isoformat()}, {status.currency}, definitions {status.definitions}", *lines])
