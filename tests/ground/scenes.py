"""Scenes: what many tests begin with, made once for all that ask for it in a row, and found untouched by each.

A scene is a function marked `@scene`. A test that names it as a fixture finds in the database what the function did,
and gets what it returned; the test's own changes are undone as always, the scene's when a test asks for another one. A
scene may take personas, `set_clock`, and one other scene, which it then follows. Those of a `conftest` are for all
tests below it; a module with scenes opens no transaction itself.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from datetime import UTC, datetime
from inspect import signature
from itertools import groupby
from typing import Any, NamedTuple

import pytest
from django.db import connection, transaction
from django.utils import translation


class Scene(NamedTuple):
    """What makes a scene, and the scene that it follows."""

    make: Callable[..., Any]
    after: "Scene | None"

    @property
    def path(self) -> tuple["Scene", ...]:
        """Return the scenes that are made one after the other to have this one."""
        return (*(self.after.path if self.after else ()), self)


SCENES: dict[tuple[str, str], Scene] = {}


def scene(make: Callable[..., Any]) -> Any:
    """Make a scene of a function, and a fixture of the scene."""
    name, module = make.__name__, make.__module__
    befores = [known for parameter in signature(make).parameters if (known := _known(parameter, module))]
    one = SCENES[module.removesuffix(".conftest"), name] = Scene(make, *befores or [None])

    def made(db: None) -> Any:
        return STAGE.made(one)

    made.scene = one  # type: ignore[attr-defined]
    return pytest.fixture(name=name)(made)


def _known(name: str, module: str) -> Scene | None:
    """Return the scene that a name means in a module: its own, or that of the nearest conftest above it."""
    while module:
        if (module, name) in SCENES:
            return SCENES[module, name]
        module = module.rpartition(".")[0]
    return None


def asked(item: pytest.Item) -> tuple[Scene, ...]:
    """Return the scenes that a test begins with, one after the other."""
    fixtures = item._fixtureinfo.name2fixturedefs.values() if isinstance(item, pytest.Function) else ()
    return one_path(one for fixture in fixtures if (one := getattr(fixture[-1].func, "scene", None)))


def one_path(scenes: Iterable[Scene]) -> tuple[Scene, ...]:
    """Return the path on which all these scenes lie; refuse scenes that do not follow each other."""
    paths = [one.path for one in scenes]
    longest = max(paths, key=len, default=())
    if any(path != longest[: len(path)] for path in paths):
        raise ValueError("a test asks for scenes that do not follow each other")
    return longest


def in_scenes(items: list[pytest.Item]) -> Iterator[pytest.Item]:
    """Give the tests of a module in the order of their scenes, and else as they came."""
    for _module, group in groupby(items, key=lambda item: item.path):
        yield from sorted(group, key=lambda item: [one.make.__name__ for one in asked(item)])


class Standing(NamedTuple):
    """A scene that is in the database now, what it returned, and what undoes it."""

    scene: Scene
    made: Any
    end: ExitStack


class Stage:
    """The scenes that are in the database now, each in a transaction inside that of the one before."""

    def __init__(self) -> None:
        self._standing: list[Standing] = []

    def keep(self, path: tuple[Scene, ...] = ()) -> None:
        """Undo the scenes that do not lie on this path."""
        while self._standing and tuple(one.scene for one in self._standing) != path[: len(self._standing)]:
            self._standing.pop().end.close()

    def have(self, path: tuple[Scene, ...]) -> None:
        """Make the scenes of this path that are missing."""
        for one in path[len(self._standing) :]:
            with ExitStack() as stack:
                stack.enter_context(_undone())
                with translation.override("en"):
                    made = one.make(**self._given(one))
                _settle()
                self._standing.append(Standing(one, made, stack.pop_all()))

    def made(self, scene: Scene) -> Any:
        """Return what a scene made, as if it had been made for this caller alone."""
        return next(deepcopy(one.made) for one in self._standing if one.scene == scene)

    def _given(self, one: Scene) -> dict[str, Any]:
        known = {**personas(), "set_clock": set_clock}
        if one.after:
            known[one.after.make.__name__] = self.made(one.after)
        return {name: known[name] for name in signature(one.make).parameters}


@contextmanager
def _undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _settle() -> None:
    """Check now what would be checked at the end: what is left for then forbids TRUNCATE and ALTER TABLE."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


STAGE = Stage()


def personas() -> dict[str, Any]:
    """Return all personas by key."""
    from alliance.people.models import User
    from scenarios.people.personas import MORE_MEMBERS, PEOPLE

    by_email = {user.email: user for user in User.objects.all()}
    return {persona.key: by_email[persona.email] for persona in (*PEOPLE, *MORE_MEMBERS)}


def set_clock(moment: datetime) -> None:
    """Move the Alliance's clock, as in a demonstration."""
    from alliance.core.clock import Clock, set_demonstration_time

    Clock.objects.update(is_demonstration=True)
    set_demonstration_time(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
