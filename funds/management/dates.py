"""The `--as-of` option that the statements' commands share."""

from datetime import date

from django.core.management.base import CommandError, CommandParser

BAD_INPUT = 2


def add_as_of(parser: CommandParser) -> None:
    parser.add_argument("--as-of", metavar="DATE", help="an accounting date, such as 2008-09-15; today when left out")


def read_day(text: str | date | None, today: date) -> date:
    """Return the day asked for, or today. Raises CommandError, with exit code 2, for what is no ISO date."""
    if text is None or isinstance(text, date):
        return text or today
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"--as-of: “{text}” is not a date such as 2008-09-15", returncode=BAD_INPUT) from None
