"""Write the fingerprints of the guards from a freshly migrated database."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reporting.verification import columns
from reporting.verification.guards import SHIPPED, standing


class Command(BaseCommand):
    help = "For developers, after changing a migration: record the guards of a freshly migrated database as shipped."

    def handle(self, *args: Any, **options: Any) -> None:
        guards = standing()
        if not guards:
            raise CommandError("this database has no guards: migrate it first")
        if wrong := list(columns.contradictions()):
            raise CommandError("\n".join(wrong))
        SHIPPED.write_text(json.dumps(guards, indent=1, sort_keys=True) + "\n")
        self.stdout.write(f"{len(guards)} guards recorded")
