"""How a verb is declared: the keys it needs, the keys it may have, and what it does."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.db import models

from alliance.core import registration
from scenarios.play.scenario import COMMON, Act, ScenarioError
from scenarios.play.stage import Stage

type Deed = Callable[[Stage, Act], models.Model | None]


class Verb(NamedTuple):
    """A word of the vocabulary."""

    name: str
    needs: frozenset[str]
    may: frozenset[str]
    do: Deed
    done: Callable[[Stage, Act], bool]


VERBS: dict[str, Verb] = {}
_twice: list[str] = []


def verb(needs: str = "", may: str = "", *, done: Any = Stage.is_done) -> Callable[[Deed], Deed]:
    """Declare the function as the verb of its name."""

    def declare(function: Deed) -> Deed:
        name = function.__name__.strip("_")
        if name in VERBS:
            _twice.append(name)
        VERBS[name] = Verb(name, frozenset(needs.split()), frozenset(may.split()), function, done)
        return function

    return declare


registration.count("verbs", lambda: {verb.do.__module__ for verb in VERBS.values()}, lambda: _twice)


def check(act: Act) -> Verb:
    """Return the act's verb; refuse an unknown one, a key that is missing, and a key that it does not have."""
    word = VERBS.get(act.verb)
    if word is None:
        raise ScenarioError(f"“{act.verb}” is no verb; there are: {', '.join(sorted(VERBS))}", act.line)
    if missing := sorted(word.needs - act.values.keys()):
        raise act.wrong(f"“{missing[0]}” is missing")
    if unknown := sorted(act.values.keys() - word.needs - word.may - COMMON):
        raise act.wrong(f"“{unknown[0]}” is not among its keys: {', '.join(sorted(word.needs | word.may | COMMON))}")
    return word
