"""What kinds of entries there are, and who is told of each. Apps declare theirs in `receivers.py`."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from alliance.core import registration
from alliance.core.errors import Text

type Body = dict[str, Any]


class About(NamedTuple):
    """What an entry is about, as one reader may see it now, in the active language: for the mail that tells of it.

    `more` is a deadline or what came of it, to be said last: "closes 18 September, 17:00 UTC".
    """

    reference: str = ""
    title: str = ""
    amount: str = ""
    more: str = ""


class EntryKind(NamedTuple):
    """A declared kind: its label for people, who is told, the page a notice leads to and what more its mail says.

    `about` gets the body and the reader, and shows no more than that reader may see; `subject` says in a mail's subject
    what to do about `what`, where the label does not. Mail of a kind that `is_duty` is always sent, at once: what it tells
    is for its reader to do or to know. An entry of a kind that `calls_for_checkpoint` has the head published soon after it. A notice of a kind that
    `names_file` says the name of the stored file that the facts tell of: such an entry has no public reference.
    """

    name: str
    label: Text
    told: Callable[[Body], Iterable[Any]] | None
    url: Callable[[Body], str | None] | None
    detail: Callable[[Body], str] | None = None
    calls_for_checkpoint: bool = False
    names_file: bool = False
    about: Callable[[Body, Any], About | None] | None = None
    subject: Text = ""
    is_duty: bool = False


_declared: dict[str, EntryKind] = {}
_contradictions: set[str] = set()


def declare(
    name: str,
    *,
    label: Text,
    told: Callable[[Body], Iterable[Any]] | None = None,
    url: Callable[[Body], str | None] | None = None,
    detail: Callable[[Body], str] | None = None,
    calls_for_checkpoint: bool = False,
    names_file: bool = False,
    about: Callable[[Body, Any], About | None] | None = None,
    subject: Text = "",
    is_duty: bool = False,
) -> None:
    """Declare a kind such as `pledge.acknowledged/1`. `told` gets the body and returns users, or is None for nobody."""
    if name in _declared:
        _contradictions.add(name)
    _declared[name] = EntryKind(
        name, label, told, url, detail, calls_for_checkpoint, names_file, about, subject, is_duty
    )


def kind(name: str) -> EntryKind:
    """Return the declaration; LookupError when a kind is recorded that nobody declared."""
    try:
        return _declared[name]
    except KeyError:
        raise LookupError(f"the register kind {name!r} is declared in no receivers.py") from None


def declared() -> dict[str, EntryKind]:
    return dict(_declared)


def duties() -> list[str]:
    """Return the kinds whose mail nobody can switch off."""
    return sorted(kind.name for kind in _declared.values() if kind.is_duty)


def calling_for_checkpoints() -> list[str]:
    return sorted(kind.name for kind in _declared.values() if kind.calls_for_checkpoint)


registration.count("receivers", None, lambda: sorted(_contradictions))
