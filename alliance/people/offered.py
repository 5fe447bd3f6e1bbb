"""Whom the sign-in page of a demonstration offers to be: nobody, until an app above says so when it loads."""

from collections.abc import Sequence
from typing import Any, NamedTuple


class Offer(NamedTuple):
    """Made-up people, each with `name`, `email` and `roles`, and the one password of all of them."""

    people: Sequence[Any] = ()
    password: str = ""


_offers = [Offer()]


def offer(people: Sequence[Any], password: str) -> None:
    """Offer these people from now on."""
    _offers[:] = [Offer(people, password)]


def offer_made() -> Offer:
    """Return the offer as it is now."""
    return _offers[0]
