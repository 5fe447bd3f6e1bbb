"""What a person signs in with, as the register knows it: a salted digest of each, never the thing itself."""

import json
import secrets
from collections.abc import Callable, Iterator
from typing import Any

from alliance.people.models import User
from alliance.register.canonical import canonical, digest_of
from alliance.register.models import RegisterEntry
from alliance.register.verification import Problem

CHANGED, NOTED = "credential.changed/1", "credential.noted/1"
# What changes without an act: a name, which opens nothing, and how far the recovery codes were looked at and used.
PASSING = ("name", "viewed_at", "used_mask")
type Facts = dict[str, str]


def _password(user: User) -> Any:
    return user.password


def _address(user: User) -> Any:
    """Every address by which the person can sign in or get a new password."""
    held = user.addresses.order_by("email").values_list("email", "verified", "primary")
    return [user.email, *(list(row) for row in held)]


def _factors(user: User) -> Any:
    """The person's second factors, without what changes with every use."""
    held = user.authenticator_set.order_by("type", "pk").values_list("type", "data")  # type: ignore[attr-defined]
    return [[kind, {name: value for name, value in data.items() if name not in PASSING}] for kind, data in held]


VALUES: dict[str, Callable[[User], Any]] = {"password": _password, "address": _address, "factors": _factors}


def noted(user: User, *whats: str) -> list[Facts]:
    """Return what an entry says of a person's credentials as they are now."""
    return [_noted(user, what, secrets.token_hex(16)) for what in whats]


def _noted(user: User, what: str, salt: str) -> Facts:
    return {
        "person": str(user.uid), "what": what, "salt": salt,
        "digest": digest_of(salt + canonical(VALUES[what](user))),
    }  # fmt: skip


def last_noted() -> dict[tuple[str, str], Facts]:
    """Return what the register heard last, by person and credential."""
    last: dict[tuple[str, str], Facts] = {}
    entries = RegisterEntry.objects.filter(kind__in=(CHANGED, NOTED)).order_by("n")
    for body in entries.values_list("body", flat=True).iterator():
        for facts in json.loads(body)["facts"]["credentials"]:
            last[facts["person"], facts["what"]] = facts
    return last


def changed_past(user: User) -> bool:
    """Say whether a credential of this person is not what the register last heard of it. See also `problems`."""
    return any(_noted(user, what, facts["salt"]) != facts for what, facts in _last_of(user).items())


def _last_of(user: User) -> dict[str, Facts]:
    """Return what the register heard last of each credential of a person, the newest entries read first."""
    person, last = str(user.uid), dict[str, Facts]()
    entries = RegisterEntry.objects.filter(kind__in=(CHANGED, NOTED), body__contains=person).order_by("-n")
    for body in entries.values_list("body", flat=True).iterator(chunk_size=10):
        for facts in json.loads(body)["facts"]["credentials"]:
            if facts["person"] == person:
                last.setdefault(facts["what"], facts)
        if len(last) == len(VALUES):
            break
    return last


def not_noted() -> list[Facts]:
    """Return the credentials of which the register has not heard yet."""
    known = last_noted()
    return [
        facts
        for user in User.objects.order_by("pk")
        for facts in noted(user, *(what for what in VALUES if (str(user.uid), what) not in known))
    ]


def problems() -> Iterator[Problem]:
    """Yield each credential that is not what the register last heard of it: somebody changed it past the portal."""
    people = {str(user.uid): user for user in User.objects.all()}
    for (person, what), facts in sorted(last_noted().items()):
        user = people.get(person)
        if user is not None and _noted(user, what, facts["salt"]) != facts:
            yield Problem("register", f"alliance_user:{user.pk}.{what}", "changed without an act of the register")
