"""Prove register, checkpoints, projections, files and guards."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from reporting.verification.everything import verify


class Command(BaseCommand):
    help = "Recompute everything that can be proved; exit 1 and name the first bad row when something is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        result = verify()
        if options["json"]:
            document = {"ok": result.ok, "checked": result.checked, "problems": [p._asdict() for p in result.problems]}
            self.stdout.write(json.dumps(document, indent=2, ensure_ascii=False))
        else:
            self.stdout.write("checked: " + ", ".join(f"{count} {name}" for name, count in result.checked.items()))
            for problem in result.problems:
                self.stdout.write(f"{problem.what}  {problem.where}  {problem.why}")
            found = len(result.problems)
            said = "1 problem" if found == 1 else f"{found} problems"
            self.stdout.write("everything is as it was recorded" if result.ok else said)
        if not result.ok:
            sys.exit(1)
