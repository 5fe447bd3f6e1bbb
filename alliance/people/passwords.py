"""How long a password may be: hashing is slow on purpose, and must not be asked for megabytes."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LONGEST = 1024  # bytes


def require_short(password: str) -> None:
    """Raise ValidationError for a password of more than a kilobyte: ask it before anything else looks at the password."""
    if len(password.encode("utf-8", "surrogatepass")) > LONGEST:
        raise ValidationError(_("This password is too long: a kilobyte is the most."), code="password_too_long")


class ShortEnough:
    """The same as one of the project's validators."""

    def validate(self, password: str, user: Any = None) -> None:
        require_short(password)

    def get_help_text(self) -> str:
        return ""
