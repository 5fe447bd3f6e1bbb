"""`setup`: an empty portal with its reference data, and the invitation of its first head."""

import json
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from alliance.accounts.invitation_mail import address_of, mail_one
from alliance.core.errors import DomainError
from alliance.forum.operations import load_reference
from alliance.people.models import Invitation
from alliance.people.operations import invite_first_head
from alliance.people.tasks import note_new_credentials
from alliance.reference import Loaded

MISSING_PART = 3
BAD_INPUT = 2


class Command(BaseCommand):
    help = "Load the reference data in each language. A new database gets its tables; a second run changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--fund-status",
            help="the fund's status, when there is no fund yet: operating, or proposed where a head is invited",
        )
        parser.add_argument("--head", metavar="EMAIL", help="invite the first head of the secretariat at this address")
        parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")

    def handle(self, *, fund_status: str | None, head: str | None, **options: Any) -> None:
        make_ready()
        try:
            loaded, invitation = begin(fund_status or ("operating" if head is None else "proposed"), head)
            note_new_credentials()
        except DomainError as error:
            raise CommandError(str(error), returncode=BAD_INPUT) from error
        address = address_of(invitation) if invitation else ""
        self.stdout.write(as_json(loaded, address) if options["json"] else as_text(loaded, address))
        if invitation and not mail_one(invitation.pk):
            self.stderr.write("the mail with this address has not gone: hand the address over yourself")


@transaction.atomic
def begin(fund_status: str, head: str | None) -> tuple[dict[str, Loaded], Invitation | None]:
    """Load the reference data and invite the first head, if one is named: both or neither."""
    loaded = load_reference(fund_status=fund_status)
    return loaded, None if head is None else invite_first_head(by=None, email=head)


def make_ready() -> None:
    """Make the tables of a new database; refuse one that an older release has made."""
    try:
        with connection.cursor() as cursor:
            tables = connection.introspection.table_names(cursor)
        if not tables:
            call_command("migrate", verbosity=0, interactive=False)
        behind = bool(pending())
    except OperationalError as error:
        raise CommandError(f"the database does not answer: {error}".splitlines()[0], returncode=MISSING_PART) from error
    except DatabaseError as error:
        raise CommandError(f"the tables cannot be made: {error}".splitlines()[0], returncode=MISSING_PART) from error
    if behind:
        raise CommandError("the database is not up to date: run `manage.py migrate` first", returncode=MISSING_PART)


def pending() -> list[Any]:
    executor = MigrationExecutor(connection)
    return executor.migration_plan(executor.loader.graph.leaf_nodes())


def as_json(loaded: dict[str, Loaded], address: str) -> str:
    counts = {"loaded": {name: count._asdict() for name, count in loaded.items()}}
    return json.dumps({**counts, "begin": address} if address else counts, indent=1)


def as_text(loaded: dict[str, Loaded], address: str) -> str:
    lines = [
        f"{name.replace('_', ' ')}: {n} ({added} added, {changed} changed)"
        for name, (n, added, changed) in loaded.items()
    ]
    return "\n".join([*lines, f"begin: {address}"] if address else lines)
