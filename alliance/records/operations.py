"""Changes to notices and to how they are mailed: read marks and preferences, which are no acts."""

from collections.abc import Collection

import structlog
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.errors import NotAllowed
from alliance.people.models import User
from alliance.records.bounces import Report, is_ours
from alliance.records.models import Bounce, MailChoice, Notice
from alliance.register.kinds import declared, duties, kind

log = structlog.get_logger()
HARD = 3


def mark_read(*, by: User, notice: Notice) -> None:
    """Note that a person has seen this notice of theirs. The first time counts."""
    Notice.objects.visible_to(by).unread().filter(pk=notice.pk).update(read_at=clock.now())


def mark_all_read(*, by: User, up_to: int) -> int:
    """Mark as read what a person was shown: their notices up to this register number; return how many."""
    return Notice.objects.visible_to(by).unread().filter(entry__n__lte=up_to).update(read_at=clock.now())


@transaction.atomic
def choose_mail(*, by: User, is_daily: bool, offered: Collection[str], wanted: Collection[str]) -> MailChoice:
    """Say how a person is told by mail, and which of the kinds that were offered are wanted. Duties always are."""
    choice = _locked(by)
    refused = set(offered) - set(wanted) - set(duties())
    choice.is_daily = is_daily
    choice.unwanted = sorted(refused | set(choice.unwanted) - set(offered))
    choice.save(update_fields=["is_daily", "unwanted"])
    _leave_out(by, choice.unwanted)
    return choice


@transaction.atomic
def stop_mail(*, of: Notice) -> None:
    """Send its reader no more mail of a notice's kind. Raises NotAllowed for a kind that tells people of their duties."""
    if kind(of.kind).is_duty:
        raise NotAllowed(_("Mail about your own duties cannot be switched off."))
    choice = _locked(of.user)
    choice.unwanted = sorted({*choice.unwanted, of.kind})
    choice.save(update_fields=["unwanted"])
    _leave_out(of.user, [of.kind])


@transaction.atomic
def stop_daily_mail(*, of: User) -> None:
    """Send a person no more mail but of their duties: the daily mail had all the rest."""
    choice = _locked(of)
    choice.unwanted = sorted({*choice.unwanted, *declared()} - set(duties()))
    choice.save(update_fields=["unwanted"])
    _leave_out(of, choice.unwanted)


def _locked(user: User) -> MailChoice:
    MailChoice.objects.get_or_create(user=user)
    return MailChoice.objects.select_for_update(of=("self",), no_key=True).get(user=user)


def _leave_out(user: User, unwanted: Collection[str]) -> None:
    """Mail nothing more of these kinds, not even what is waiting."""
    Notice.objects.filter(user=user, mailed_at=None, kind__in=unwanted).update(is_for_mail=False)


@transaction.atomic
def note_bounce(*, report: Report) -> bool:
    """Note that a mail of ours came back, once; say whether it was one. The third for ever of an address stops its mail."""
    reader = User.objects.filter(email__iexact=report.address).first()
    if reader is None or not is_ours(report, reader):
        log.warning("report of a mail that is not ours", status=report.status)
        return False
    choice = _locked(reader)
    said = {"address": reader.email, "is_hard": report.is_hard, "status": report.status, "why": report.why}
    Bounce.objects.get_or_create(user=reader, message_id=report.message_id, defaults={**said, "at": clock.now()})
    hard = Bounce.objects.filter(user=reader, address=reader.email, is_hard=True, is_settled=False)
    if hard.count() >= HARD and choice.stopped_for != reader.email:
        choice.stopped_for = reader.email
        choice.save(update_fields=["stopped_for"])
        Notice.objects.filter(user=reader, mailed_at=None).update(is_for_mail=False)
    return True


@transaction.atomic
def mail_again(*, by: User, person: User) -> None:
    """Have a person's address mailed again, from the next notice on. What came back before counts no more."""
    if not by.is_secretariat:
        raise NotAllowed(_("The secretariat says which addresses are mailed again."))
    choice = _locked(person)
    choice.stopped_for = ""
    choice.save(update_fields=["stopped_for"])
    Bounce.objects.filter(user=person, is_settled=False).update(is_settled=True)
