"""What kinds of documents can be asked for. Apps declare theirs when they load."""

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from alliance.core import registration
from alliance.core.errors import Text
from alliance.jobs.models import Job


class Progress(Protocol):
    """Told by a maker how far it is: a percentage, and an English sentence marked for translation."""

    def __call__(self, percent: int, step: str) -> None: ...


class Made(NamedTuple):
    """A finished document. `facts` stand with its file's hash in the register: references and amounts, never names."""

    content: bytes
    name: str
    media_type: str
    facts: dict[str, Any]
    register: tuple[int, str]
    is_public: bool = False


class JobKind(NamedTuple):
    """A declared kind: its label, how it is made, what follows when it is done, and its pages: to go back to, and of what came of it."""

    name: str
    label: Text
    make: Callable[[Job, Progress], Made]
    finished: Callable[[Job], None] | None
    page: Callable[[Job], str] | None
    result: Callable[[Job], tuple[Text, str] | None] | None = None


_declared: dict[str, JobKind] = {}
_twice: list[str] = []


def declare_job(
    name: str,
    *,
    label: Text,
    make: Callable[[Job, Progress], Made],
    finished: Callable[[Job], None] | None = None,
    page: Callable[[Job], str] | None = None,
    result: Callable[[Job], tuple[Text, str] | None] | None = None,
) -> None:
    """Declare a kind of document. `make` runs in the worker, outside a transaction, in the job's language.

    `finished` runs inside the operation that stores the document, and may record acts of its own. `result`
    names the page of what a finished job did, where it did more than a document.
    """
    if name in _declared:
        _twice.append(name)
    _declared[name] = JobKind(name, label, make, finished, page, result)


def job_kind(name: str) -> JobKind:
    """Return the declaration; LookupError when nobody declared it."""
    return _declared[name]


def declared() -> list[str]:
    """Return the names of all kinds, in the order of the alphabet."""
    return sorted(_declared)


# This package has that name, and declares none itself.
registration.count(
    "jobs", lambda: {__name__, *((kind.page or kind.make).__module__ for kind in _declared.values())}, lambda: _twice
)
