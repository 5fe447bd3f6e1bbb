"""Changes to what a person signs in with: each leaves a salted digest, so that a change past the portal is found."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import NotAllowed, Refused
from alliance.core.turns import wait_in_turn
from alliance.people import credentials
from alliance.people.models import User
from alliance.people.operations.roles import lock_person
from alliance.people.words import address_form
from alliance.register import operation, record

CHANGED_PAST = _(
    "Your password, address or second factor was changed outside this portal. Nothing can be changed until that is "
    "looked into: write to the secretariat."
)
CHANGED_MEANWHILE = _("Your password was changed in the meantime. Nothing was changed: sign in again.")


@operation
def change_password(*, by: User, user: User, password: str, held: str = "") -> User:
    """Give oneself a new password, or the same one hashed anew; the register keeps a salted digest of the hash.

    `held` is the hash against which the person was known: raises NotAllowed where it is another one by now, as for an
    account that was changed past the portal.
    """
    locked = _locked(by, user)
    if held and held != locked.password:
        raise NotAllowed(CHANGED_MEANWHILE)
    locked.set_password(password)
    locked.save(update_fields=["password"])
    user.password = locked.password
    note_change(locked, "password")
    return user


@operation
def change_address(*, by: User, user: User, email: str) -> User:
    """Let oneself be reached, and sign in, at another address. Raises Refused for one that has an account."""
    email = address_form(email)
    wait_in_turn(f"account of {email}")
    locked = _locked(by, user)
    if User.objects.filter(email__iexact=email).exclude(pk=user.pk).exists():
        raise Refused(_("This address cannot be used. Choose another one."), field="email")
    locked.email = user.email = email
    locked.save(update_fields=["email"])
    note_change(locked, "address")
    return user


@operation
def change_factors[T](*, by: User, user: User, change: Callable[[], T]) -> T:
    """Change one's own second factors by what `change` does, and note what they are then."""
    locked = _locked(by, user)
    result = change()
    note_change(locked, "factors")
    return result


@operation
def note_credentials(*, by: None) -> int:
    """Note the credentials that the register has not heard of yet; return how many. From then on `verify` watches them.

    Raises Refused where there is none.
    """
    found = credentials.not_noted()
    if not found:
        raise Refused(_("The register has heard of all of them."))
    record(credentials.NOTED, by=by, facts={"credentials": found})
    return len(found)


def note_change(user: User, *whats: str) -> None:
    """Hand an entry to the register that says what these credentials of a person are now."""
    record(credentials.CHANGED, by=user, facts={"credentials": credentials.noted(user, *whats)})


def _locked(by: User, user: User) -> User:
    """Return the person with the row locked. Refuse another's, and one changed past the portal: an act would hide it."""
    if by.pk != user.pk:
        raise NotAllowed(_("Everybody changes their own account alone."))
    locked = lock_person(user.pk)
    if credentials.changed_past(locked):
        raise NotAllowed(CHANGED_PAST)
    return locked
