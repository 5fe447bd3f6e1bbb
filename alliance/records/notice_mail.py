"""The mail of a notice: its subject with title, amount and deadline, and the same said in lines."""

import json

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.urls import reverse, translate_url
from django.utils import translation
from django.utils.translation import gettext as _

from alliance.core import formats
from alliance.records.mail import Letter, one_line, shortened, written
from alliance.records.models import Notice
from alliance.records.unsubscribing import address_for
from alliance.register import About, kinds
from alliance.register.kinds import Body, EntryKind

log = structlog.get_logger()
TITLE = 70


def message(notice: Notice) -> EmailMultiAlternatives:
    """Return the mail that tells of a notice, in its reader's language. Raises Refused for an address without mail."""
    reader = notice.user
    with translation.override(reader.language):
        kind, body = kinds.kind(notice.kind), json.loads(notice.entry.body)
        about = about_of(notice, kind, body)
        letter = Letter(
            to=reader.email,
            language=reader.language,
            event=notice.entry.hash,
            subject=subject_of(kind, about),
            name=reader.name,
            heading=str(kind.label),
            facts=facts_of(about),
            text=kind.detail(body) if kind.detail else "",
            path=local_path(notice.url),
            action=_("Open it in the portal"),
            closing=((_("Choose which mail you get"), choices_path()),),
            unsubscribe=address_for(notice),
            stops=_("Stop mail of this kind"),
        )
    return written(letter)


def line_of(notice: Notice) -> str:
    """Return a notice as a line among others: what would be the subject of a mail of its own."""
    kind = kinds.kind(notice.kind)
    return one_line(subject_of(kind, about_of(notice, kind, json.loads(notice.entry.body))))


def choices_path() -> str:
    """Return the path of the page where people choose, in the active language."""
    return reverse("records:mail_choices")


def about_of(notice: Notice, kind: EntryKind, body: Body) -> About:
    """Return what the entry is about as its reader may see it now: at least the reference that the notice shows."""
    about = None
    try:
        with transaction.atomic():
            about = kind.about(body, notice.user) if kind.about else None
    except Exception:  # whatever has become of the rows: who is told is told
        log.exception("nothing to say of the entry", kind=kind.name, n=notice.entry.n)
    return about or About(reference=notice.reference)


def subject_of(kind: EntryKind, about: About) -> str:
    """Return "Vote on DEC-2008-003, Compendium, USD 480,000: closes 18 September, 17:00 UTC" in the active language."""
    title = shortened(one_line(about.title), TITLE)
    what = ", ".join(part for part in (about.reference, title, about.amount) if part)
    if not what:
        said = str(kind.label)
    elif kind.subject and about.title:
        said = str(kind.subject) % {"what": what}
    else:
        return formats.labelled(kind.label, ", ".join(part for part in (what, about.more) if part))
    return formats.labelled(said, about.more) if about.more else said


def facts_of(about: About) -> tuple[tuple[str, str], ...]:
    """Return the lines that a mail says of it."""
    lines = (
        (_("Reference"), about.reference),
        (_("Subject"), one_line(about.title)),
        (_("Amount"), about.amount),
        (_("State"), about.more),
    )
    return tuple(line for line in lines if line[1])


def local_path(url: str) -> str:
    """Return a notice's path in the active language."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    with translation.override(settings.LANGUAGE_CODE):  # the language it was kept in, by which it is understood
        return translate_url(url, language) if url else ""
