"""Everything that can be proved from the database and the files, in one pass over each part."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from types import ModuleType

from django.apps import apps
from django.db import connection, transaction

from alliance.core.registration import DeclaringApp, modules
from alliance.register import generated, links
from alliance.register.verification import Problem, Verification

KEYS = ("entries", "postings", "accounts", "ballots", "decisions", "files", "checkpoints", "guards")


@dataclass
class Result:
    """What was checked and what was found, first problem first."""

    checked: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KEYS, 0))
    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems


def verify() -> Result:
    """Check register, rows, projections, files and guards against one snapshot of the database. Changes nothing."""
    result = Result()
    with transaction.atomic():
        with connection.cursor() as cursor:
            if not connection.in_atomic_block or not connection.savepoint_ids:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SET LOCAL statement_timeout = 0")  # a large ledger takes longer than any page may
        register = Verification()
        result.problems.extend(problems(register))
        result.checked.update(entries=register.entries, checkpoints=register.checkpoints)
        for module in contributions():
            result.checked.update({name: n for name, n in module.checked().items() if name in KEYS})
    return result


def problems(register: Verification) -> Iterator[Problem]:
    """Yield what is wrong as it is found, register first."""
    yield from register.problems()
    yield from links.problems()
    yield from generated.problems()
    for module in contributions():
        yield from module.problems()


def contributions() -> Iterator[ModuleType]:
    """Yield the modules `checks` of every app and room, in the order of the arrow: what each can prove."""
    for app in apps.get_app_configs():
        if isinstance(app, DeclaringApp):
            yield from map(import_module, modules(app, "checks"))
