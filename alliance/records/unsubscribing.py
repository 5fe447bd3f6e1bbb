"""The addresses by which whoever has a mail switches off mail of its kind, or the daily mail, without signing in."""

import re
from base64 import urlsafe_b64encode

from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from alliance.core.origin import absolute
from alliance.people.models import User
from alliance.records.models import Notice
from alliance.register.kinds import kind

# Programs that read mail lose a longer one: it is folded as an encoded word.
LONGEST = 69
TOKEN = re.compile(r"(~?)([1-9a-f][0-9a-f]{0,14})-([\w-]{16})", re.ASCII)
DAILY = "~"


def address_for(notice: Notice) -> str:
    """Return the address that switches off this notice's kind for its reader; none for duties, none that is too long."""
    if kind(notice.kind).is_duty:
        return ""
    return _address_of(token_of(notice))


def address_for_daily(reader: User) -> str:
    """Return the address that switches off a person's daily mail; none that is too long."""
    return _address_of(daily_token_of(reader))


def _address_of(token: str) -> str:
    address = absolute(reverse("unsubscribe", args=[token]))
    return address if len(address) <= LONGEST else ""


def token_of(notice: Notice) -> str:
    """Return what proves that somebody has the mail of a notice."""
    return f"{notice.pk:x}-{_proof(_said(notice))}"


def daily_token_of(reader: User) -> str:
    """Return what proves that somebody has a daily mail of a person."""
    return f"{DAILY}{reader.pk:x}-{_proof(f'daily {reader.pk}')}"


def notice_of(token: str) -> Notice | None:
    """Return the notice whose mail had this token, if we made it."""
    if not (parts := TOKEN.fullmatch(token)) or parts[1]:
        return None
    notice = Notice.objects.select_related("user").filter(pk=int(parts[2], 16)).first()
    return notice if notice and constant_time_compare(parts[3], _proof(_said(notice))) else None


def reader_of(token: str) -> User | None:
    """Return the person whose daily mail had this token, if we made it."""
    if not (parts := TOKEN.fullmatch(token)) or not parts[1]:
        return None
    reader = User.objects.filter(pk=int(parts[2], 16)).first()
    return reader if reader and constant_time_compare(token, daily_token_of(reader)) else None


def _said(notice: Notice) -> str:
    return f"{notice.pk} {notice.user_id} {notice.kind}"


def _proof(said: str) -> str:
    digest = salted_hmac("alliance.unsubscribe", said, algorithm="sha256")
    return urlsafe_b64encode(digest.digest()[:12]).decode()
