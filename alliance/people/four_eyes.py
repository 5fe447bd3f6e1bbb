"""The rule of two people: whoever prepares a payment, a refund, a release, a correction cannot authorise it."""

from django.db.models import CheckConstraint, F, Q
from django.utils.translation import gettext_lazy as _

from alliance.core.errors import NotAllowed
from alliance.people.models import User

ANOTHER_PERSON = _("Whoever prepared this cannot authorise it: another person has to.")


def require_another(by: User, prepared_by: int | None) -> None:
    """Raise NotAllowed when `by` is the person with this key, who prepared what is to be authorised."""
    if by.pk == prepared_by:
        raise NotAllowed(ANOTHER_PERSON)


def four_eyes(row: str) -> CheckConstraint:
    """Return the constraint on a row that one person prepares and another authorises."""
    return CheckConstraint(
        condition=Q(authorised_by=None) | ~Q(authorised_by=F("prepared_by")),
        name=f"{row}_four_eyes",
        violation_error_message=ANOTHER_PERSON,
    )
