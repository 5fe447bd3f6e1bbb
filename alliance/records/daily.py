"""The daily mail of those who want one: everything since the last, but for their duties, which are mailed at once."""

from datetime import date
from functools import partial

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.core import clock, formats
from alliance.people.models import User
from alliance.records.delivery import TRIES, Line, in_turn, log
from alliance.records.mail import Letter, written
from alliance.records.models import MailChoice, Notice
from alliance.records.notice_mail import choices_path, line_of, local_path
from alliance.records.unsubscribing import address_for_daily
from alliance.register.kinds import duties

HOUR = 6
LINES = 100


def send_daily() -> int:
    """Send today's daily mails that have not gone; return how many went. There is none without a notice."""
    now = clock.now()
    if now.hour < HOUR:
        return 0
    due = MailChoice.objects.filter(is_daily=True, user__is_active=True).exclude(daily_on=now.date()).order_by("pk")
    return in_turn(due.values_list("pk", flat=True), partial(_send_one, day=now.date()))


@transaction.atomic
def _send_one(line: Line, pk: int, day: date) -> bool:
    """Send one person's, and stamp its notices with it. What was refused is in tomorrow's."""
    unsent = MailChoice.objects.select_for_update(skip_locked=True, of=("self",)).exclude(daily_on=day)
    choice = unsent.select_related("user").filter(pk=pk, user__is_active=True).first()
    if choice is None:
        return False
    notices = list(waiting_for(choice.user).select_related("entry").order_by("entry__n")[:LINES])
    why = line.send(lambda: daily_mail(choice.user, notices, day)) if notices else None
    told = Notice.objects.filter(pk__in=[notice.pk for notice in notices])
    if why:
        log.warning("daily mail not sent", user=choice.user.uid.hex, error=type(why).__name__)
        told.update(mail_tries=F("mail_tries") + 1)
    else:
        told.update(mailed_at=clock.now())
    choice.daily_on = day
    choice.save(update_fields=["daily_on"])
    return bool(notices) and why is None


def waiting_for(user: User) -> QuerySet[Notice]:
    waiting = Notice.objects.filter(user=user, is_for_mail=True, mailed_at=None, mail_tries__lt=TRIES)
    return waiting.exclude(kind__in=duties())


def event_of(day: date) -> str:
    return f"daily {day.isoformat()}"


def daily_mail(user: User, notices: list[Notice], day: date) -> EmailMultiAlternatives:
    """Return the mail of a day, in its reader's language: a line for each notice, with its link."""
    for notice in notices:
        notice.user = user
    with translation.override(user.language):
        count = len(notices)
        heading = ngettext("%(count)s notice, %(day)s", "%(count)s notices, %(day)s", count) % {
            "count": formats.figure(count),
            "day": formats.brief_date(day, clock.today()),
        }
        letter = Letter(
            to=user.email,
            language=user.language,
            event=event_of(day),
            subject=heading,
            name=user.name,
            heading=heading,
            lines=tuple((line_of(notice), local_path(notice.url)) for notice in notices),
            closing=((_("Choose which mail you get"), choices_path()),),
            unsubscribe=address_for_daily(user),
            stops=_("Stop the daily mail"),
        )
    return written(letter)
