"""Load a large, consistent, made-up fund."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from alliance.core.errors import Refused
from alliance.management.commands.setup import make_ready
from scenarios.scale.load import load
from scenarios.scale.plan import Size

BAD_INPUT = 2


class Command(BaseCommand):
    help = "Load a large, made-up fund through the database's own guards, into an empty or a demonstration database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--projects", type=int, required=True)
        parser.add_argument("--postings", type=int, required=True)
        parser.add_argument("--donors", type=int, default=50)
        parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same figures")

    def handle(self, *, projects: int, postings: int, donors: int, seed: int, **options: Any) -> None:
        size = Size(projects, postings, donors, seed)
        if wrong := size.wrong():
            raise CommandError(wrong, returncode=BAD_INPUT)
        make_ready()
        try:
            loaded = load(size, lambda line: sys.stderr.write(f"{line}\n") if options["verbosity"] > 1 else None)
        except Refused as refusal:
            raise CommandError(str(refusal), returncode=BAD_INPUT) from refusal
        for name, count in loaded.items():
            self.stdout.write(f"{name}: {count}")
