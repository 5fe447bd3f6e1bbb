"""The links by which a change of address is confirmed: signed, for one person and one step, good for two days."""

from typing import NamedTuple

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from alliance.people.models import User

SALT = "alliance.accounts.links"
SECONDS = 2 * 24 * 3600


class Change(NamedTuple):
    """Who wants to be reached where, and which of the two addresses this link was sent to."""

    user: User
    step: str
    address: str


def made(user: User, step: str, address: str) -> str:
    return signing.dumps([user.uid.hex, str(step), address, state_of(user)], salt=SALT, compress=True)


def read(link: str) -> Change | None:
    """Return what a link asks for: nothing once it is old, forged, or the account's address or password has changed."""
    try:
        uid, step, address, state = signing.loads(link, salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        return None
    user = User.objects.filter(uid=uid, is_active=True).first()
    known = user is not None and constant_time_compare(state_of(user), state)
    return Change(user, step, address) if user and known else None


def state_of(user: User) -> str:
    """Return a digest of the address and the password: what is good for one state is void in the next."""
    return salted_hmac(SALT, f"{user.email}\n{user.password}", algorithm="sha256").hexdigest()[:32]
