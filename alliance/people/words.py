"""What people may be called, and the one form of an e-mail address."""

import unicodedata
from contextlib import suppress

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Some scripts need these two, which join letters or keep them apart; nothing else that cannot be seen is part of a name.
JOINERS = {"\u200c", "\u200d"}
UNSEEN = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}


def is_readable(text: str) -> None:
    """Raise ValidationError for a name with characters that nobody sees or that turn the text around, or without a letter."""
    if any(unicodedata.category(char) in UNSEEN and char not in JOINERS for char in text):
        raise ValidationError(_("This holds characters that cannot be seen. Type it, instead of pasting it."))
    if not any(char.isalpha() for char in text):
        raise ValidationError(_("This holds no letter."))


def one_form(name: str) -> str:
    """Return a name in the one Unicode form, with single blanks."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def address_form(email: str) -> str:
    """Return the one form of an e-mail address: two that differ by case, Unicode form or the writing of the domain are one."""
    local, at, domain = unicodedata.normalize("NFKC", email).strip().lower().rpartition("@")
    with suppress(UnicodeError):  # it is no domain at all: whoever looks at the address says so
        domain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    return f"{local}{at}{domain}"
