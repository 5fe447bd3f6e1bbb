"""The address by which whoever has a mail switches off mail of its kind, without signing in."""

import re
from base64 import urlsafe_b64encode

from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from alliance.core.origin import absolute
from alliance.records.models import Notice
from alliance.register.kinds import kind

# Programs that read mail lose a longer one: it is folded as an encoded word.
LONGEST = 69
TOKEN = re.compile(r"([1-9a-f][0-9a-f]{0,14})-([\w-]{16})", re.ASCII)


def address_for(notice: Notice) -> str:
    """Return the address that switches off this notice's kind for its reader; none for duties, none that is too long."""
    if kind(notice.kind).is_duty:
        return ""
    address = absolute(reverse("unsubscribe", args=[token_of(notice)]))
    return address if len(address) <= LONGEST else ""


def token_of(notice: Notice) -> str:
    """Return what proves that somebody has the mail of a notice."""
    return f"{notice.pk:x}-{_proof(notice)}"


def notice_of(token: str) -> Notice | None:
    """Return the notice whose mail had this token, if we made it."""
    if not (said := TOKEN.fullmatch(token)):
        return None
    notice = Notice.objects.select_related("user").filter(pk=int(said[1], 16)).first()
    return notice if notice and constant_time_compare(said[2], _proof(notice)) else None


def _proof(notice: Notice) -> str:
    digest = salted_hmac("alliance.unsubscribe", f"{notice.pk} {notice.user_id} {notice.kind}", algorithm="sha256")
    return urlsafe_b64encode(digest.digest()[:12]).decode()
