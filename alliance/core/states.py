"""States: one table of moves beside each model, read here under the row's lock."""

from typing import Any, NamedTuple

from alliance.core.errors import OutOfState


class Move(NamedTuple):
    """An allowed change of state: from where, to what, and which roles do it."""

    sources: frozenset[str]
    target: str
    who: tuple[str, ...] = ()


def can(row: Any, verb: str) -> bool:
    """Say whether `verb` is possible from the row's present state."""
    return row.state in type(row).TRANSITIONS[verb].sources


def advance(row: Any, verb: str) -> None:
    """Set the row's state to what `verb` leads to. The row must be locked; the caller saves it.

    Raises OutOfState when the present state is not among the verb's sources.
    """
    if not can(row, verb):
        raise OutOfState()
    row.state = type(row).TRANSITIONS[verb].target
