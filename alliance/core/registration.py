"""What apps declare as they load: who is told, kinds of jobs, ways to split, verbs, tasks, checks. Found by the names of their modules.

An app's `ready()` loads its modules of these names, whether anything else imports them or not; a system check counts what they
declared.
"""

import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error, Tags, register

DECLARING = ("receivers", "jobs", "splits", "verbs", "tasks", "register_format", "system_checks")


class DeclaringApp(AppConfig):
    """An app whose declarations are loaded with it."""

    def ready(self) -> None:
        for name in DECLARING:
            for module in modules(self, name):
                import_module(module)


class Counted(NamedTuple):
    """What modules of one name declare: which of them have declared something, and what was declared twice."""

    by: Callable[[], set[str]] | None
    twice: Callable[[], list[str]]


_counted: dict[str, Counted] = {}


def modules(app: AppConfig, name: str) -> Iterator[str]:
    """Yield the app's modules of this name, in the order of their paths."""
    top = Path(app.path)
    for path in sorted([*top.rglob(f"{name}.py"), *top.rglob(f"{name}/__init__.py")]):
        parts = path.relative_to(top.parent).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def count(name: str, by: Callable[[], set[str]] | None, twice: Callable[[], list[str]]) -> None:
    """Have the system check look at what the modules of this name declare: each something, where `by` tells; nothing twice."""
    _counted[name] = Counted(by, twice)


@register(Tags.models)
def declarations_are_whole(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Every module that declares is loaded, and has declared something; nothing is declared twice."""
    found: list[CheckMessage] = []
    for name in DECLARING:
        ours = [
            module for app in apps.get_app_configs() if isinstance(app, DeclaringApp) for module in modules(app, name)
        ]
        found += [Error(f"{module} is not loaded.", id="alliance.E004") for module in ours if module not in sys.modules]
        if counted := _counted.get(name):
            idle = [module for module in ours if counted.by and not _declares(module, counted.by())]
            found += [Error(f"{module} declares nothing.", id="alliance.E005") for module in idle]
            found += [Error(f"{one} is declared twice in {name}.", id="alliance.E001") for one in counted.twice()]
    return found


def _declares(module: str, by: set[str]) -> bool:
    """Say whether the module, or one inside it where it is a package, is among those that have declared something."""
    return any(one == module or one.startswith(f"{module}.") for one in by)
