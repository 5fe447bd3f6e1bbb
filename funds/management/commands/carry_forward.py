"""Carry the sums of the ledger forward, so that statements need not add up every posting."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from alliance.core import clock
from funds.ledger.snapshot_taking import carry_forward


class Command(BaseCommand):
    help = "Carry the sums of the ledger forward until a day (yesterday), as the scheduler does each night."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--until", type=date.fromisoformat)

    def handle(self, *, until: date | None, **options: Any) -> None:
        if until and until > clock.today():
            raise CommandError(f"{until} is a day to come", returncode=2)
        self.stdout.write(f"days: {len(carry_forward(until))}")
