"""`remove_second_factors`: for the last head who lost the second factor, and whoever else nobody can help on a page."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from alliance.accounts.operations import remove_factors
from alliance.core.errors import DomainError
from alliance.people.models import User
from alliance.people.words import address_form

BAD_INPUT = 2


class Command(BaseCommand):
    help = "Remove all second factors of a person who lost them, sign them out everywhere, and tell them by mail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL", help="the address with which the person signs in")

    def handle(self, *, email: str, **options: Any) -> None:
        user = User.objects.filter(email__iexact=address_form(email)).first()
        if user is None:
            raise CommandError(f"nobody has the address {email}", returncode=BAD_INPUT)
        try:
            remove_factors(by=None, user=user, why="by the command on the server")
        except DomainError as error:
            raise CommandError(str(error), returncode=BAD_INPUT) from error
        self.stdout.write(f"removed: the second factors of {user.email}, who is signed out everywhere")
