"""Errors of the domain: their text is for the person who acted."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

type Text = str | Promise


class DomainError(Exception):
    """A rule of the Alliance was broken. `message` can be shown; `field` names the form field, if one."""

    default: Text = _("This could not be done.")

    def __init__(self, message: Text = "", *, field: str | None = None) -> None:
        self.message: Text = message or self.default
        self.field = field
        super().__init__(self.message)

    def __str__(self) -> str:
        return str(self.message)


class Refused(DomainError):
    """The rules say no to this input."""


class OutOfState(Refused):
    """Not possible from the state that the row has now."""

    default = _("This is no longer possible: somebody has changed its state in the meantime. Nothing was changed.")


class InsufficientFunds(Refused):
    """The account does not hold what was asked."""

    default = _("There is not enough money for this. Nothing was posted.")


class KeyReused(Refused):
    """The same form was sent before with other content."""

    default = _(
        "This form was already sent with other content, and that was recorded. Open the page again to make a new entry."
    )


class NotAllowed(DomainError):
    """This person may not do this act: answered with 403 and the reason."""

    default = _("Your role does not allow this.")
