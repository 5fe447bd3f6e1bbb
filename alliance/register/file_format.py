"""What the public register's first line says that the file holds: the first format, or what there is beyond it.

Checkers that people have downloaded cannot be changed. They refuse a first line that they do not know as no such file, and so
never take what is new for tampering. As long as nothing new is in the register, its file is of the first format.
"""

from collections.abc import Callable, Iterable

from django.db.models import JSONField
from django.db.models.functions import Cast

from alliance.register.models import RegisterEntry

FIRST, SECOND = "alliance-register/1", "alliance-register/2"
FIRST_BODY = frozenset(
    {"id", "n", "act", "kind", "at", "by", "public", "facts", "rows", "gone", "salt", "asked", "opens"}
)
LATER_BODY: frozenset[str] = frozenset()  # what the bodies of this release have beside these
type Later = Callable[[], Iterable[str]]

_announced: dict[str, Later] = {}


def announce(name: str, later: Later) -> None:
    """Have the first line name what `later` finds in the register, and format 1 does not know, under `name`."""
    _announced[name] = later


def first_line(last: int) -> dict[str, object]:
    """Return the first line of a file whose last entry has this number."""
    found = {name: sorted(later()) for name, later in {**_announced, "body": lambda: _later_fields(last)}.items()}
    return {"format": SECOND, **found} if any(found.values()) else {"format": FIRST}


def _later_fields(last: int) -> set[str]:
    """Return the fields that some body has and format 1 does not know."""
    bodies = RegisterEntry.objects.filter(n__lte=last).annotate(fields=Cast("body", JSONField()))
    return {field for field in LATER_BODY if bodies.filter(fields__has_key=field).exists()}
