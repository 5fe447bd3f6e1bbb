"""Every mail that the portal sends: HTML and text of one template, absolute links, one Message-ID for one event and reader."""

import re
import unicodedata
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.encoding import punycode
from django.utils.translation import gettext as _

from alliance.core import clock
from alliance.core.errors import Refused
from alliance.core.origin import absolute, origin
from alliance.records.plain import plain

SUBJECT = 200
# Longer ones are folded as encoded words, and programs then lose the thread.
LONGEST_ID = 70
UNSEEN = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
JOINERS = {"\u200c", "\u200d"}  # some scripts need these two


@dataclass(frozen=True)
class Letter:
    """What one mail says, in the language of its reader. `event` is the same at each try, and at no other mail.

    `text` keeps its lines; `lines` are words with a path each, or none; `path` is the page that the mail leads to, by a link
    called `action`; `closing` is words with a path, below. `unsubscribe` is the address that stops such mail, `stops` its
    words.
    """

    to: str
    language: str
    event: str
    subject: str
    name: str
    heading: str
    facts: tuple[tuple[str, str], ...] = ()
    text: str = ""
    lines: tuple[tuple[str, str], ...] = ()
    path: str = ""
    action: str = ""
    closing: tuple[tuple[str, str], ...] = ()
    unsubscribe: str = ""
    stops: str = ""


def written(letter: Letter) -> EmailMultiAlternatives:
    """Return the mail. Raises Refused, in words, for an address that no mail server takes."""
    to = deliverable(letter.to)
    with translation.override(letter.language):
        is_demonstration = clock.is_demonstration()
        subject = f"{_('[Demonstration]')} {letter.subject}" if is_demonstration else letter.subject
        subject = shortened(one_line(subject), SUBJECT)
        context = {
            "letter": letter,
            "subject": subject,
            "url": absolute(letter.path),
            "lines": [(words, absolute(path)) for words, path in letter.lines],
            "closing": [(words, absolute(path)) for words, path in letter.closing],
            "is_demonstration": is_demonstration,
        }
        html = render_to_string("alliance/mail.html", context)
        mail = EmailMultiAlternatives(subject, plain(html), settings.DEFAULT_FROM_EMAIL, [to], headers=headers(letter))
        mail.attach_alternative(html, "text/html")
        return mail


def headers(letter: Letter) -> dict[str, str]:
    """Return the id of the event for its reader, a word to programs that answer mail, and how to stop it (RFC 8058)."""
    said = {"Message-ID": message_id(letter.event, letter.to), "Auto-Submitted": "auto-generated"}
    if letter.unsubscribe:
        said |= {"List-Unsubscribe": f"<{letter.unsubscribe}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return said


def message_id(event: str, reader: str) -> str:
    """Return the one Message-ID of an event for a reader. Nobody can tell either from it."""
    digest = sha256(f"{event} {reader}".encode()).hexdigest()[:32]
    host = re.sub(r"[^a-z0-9.-]", "-", punycode(urlsplit(origin()).hostname or "localhost"))
    while len(host) > LONGEST_ID - len(digest) - len("<@>") - 1:
        host = host.partition(".")[2] or "portal"
    return f"<{digest}@{host}>"


def deliverable(address: str) -> str:
    """Return an address as mail servers take it, its domain in plain letters. Raises Refused, in words, for any other."""
    local, _at, domain = address.rpartition("@")
    if not local.isascii():
        raise Refused(
            _("Mail servers take only unaccented letters, digits and signs before the @. Give another address."),
            field="email",
        )
    try:
        validate_email(plain_address := f"{local}@{punycode(domain)}")
    except (ValidationError, UnicodeError):
        raise Refused(_("This is not an address that mail can be sent to."), field="email") from None
    return plain_address


def one_line(text: str) -> str:
    """Return a text without line breaks and without characters that nobody sees or that turn it around."""
    seen = "".join(" " if char.isspace() else char for char in text)
    return " ".join("".join(char for char in seen if _is_seen(char)).split())


def _is_seen(char: str) -> bool:
    return char in JOINERS or unicodedata.category(char) not in UNSEEN


def shortened(text: str, length: int) -> str:
    """Return a text of at most that many characters, cut after a whole word where it has one."""
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    whole = re.sub(r"[\s,;:–-]+\S*$", "", cut) if text[length - 1] != " " else cut
    return (whole or cut).rstrip(" ,;:–-") + "…"
