"""Mails about accounts: posted as rows while a page answers, written and sent by the worker, each in its reader's language."""

from datetime import timedelta
from typing import Any, NamedTuple

import structlog
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from alliance.accounts import links
from alliance.accounts.models import AccountMail, MailKind
from alliance.people.models import User
from alliance.records.delivery import Line, in_turn
from alliance.records.mail import Letter, written

log = structlog.get_logger()
BATCH = 100
KEPT = timedelta(days=2)
FOR_OWN = {MailKind.NEW_PASSWORD, MailKind.ADDRESS_LEAVE}
WITH_SECRET = {*FOR_OWN, MailKind.ADDRESS_TAKE}


class Words(NamedTuple):
    """What a mail says: its subject, what happened or is to be done, the words of its link, and what else there is to know."""

    subject: str
    text: str
    action: str
    closing: str


def post(user: User, kind: MailKind, *, to: str = "", new_address: str = "") -> None:
    """Have a mail sent by the schedule, to the person's own address or to another.

    It rings for nobody: a broker that hangs would tell by a page's time which addresses have an account.
    """
    state = links.state_of(user)
    AccountMail.objects.create(user=user, kind=kind, to=to or user.email, new_address=new_address, state=state)


def send_letters() -> int:
    """Send what has not gone out yet; return how many went. What nobody could deliver for two days is given up."""
    AccountMail.objects.filter(made_at__lt=timezone.now() - KEPT).delete()
    waiting = AccountMail.objects.order_by("tries", "pk").values_list("pk", flat=True)[:BATCH]
    return in_turn(waiting, _send_one)


@transaction.atomic
def _send_one(line: Line, pk: int) -> bool:
    """Send one mail and forget it, unless somebody else is at it or has sent it. Raises ServerAway with nothing changed."""
    row = AccountMail.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
    if row is None:
        return False
    if is_void(row):
        row.delete()
        return False
    if why := line.send(lambda: message(row)):
        log.warning("mail about an account not sent", mail=row.pk, kind=row.kind, error=type(why).__name__)
        row.tries += 1
        row.save(update_fields=["tries"])
        return False
    row.delete()
    return True


def is_void(row: AccountMail) -> bool:
    """Say whether a mail is not to go out any more: one with a secret, once address or password are other ones.

    What only tells that something was changed still goes where it was to go: it may be the owner's one warning.
    """
    if not row.user.is_active:
        return True
    if row.kind in FOR_OWN and row.to != row.user.email:
        return True
    return row.kind in WITH_SECRET and row.state != links.state_of(row.user)


def message(row: AccountMail) -> EmailMultiAlternatives:
    """Return the mail. Its link is made now, so that it is good for its whole time."""
    with translation.override(row.user.language):
        words = words_of(row)
        letter = Letter(
            to=row.to,
            language=row.user.language,
            event=f"account mail {row.pk}",
            subject=words.subject,
            # Whoever reads at a new address may be somebody else, as long as it is not confirmed.
            name="" if row.kind == MailKind.ADDRESS_TAKE else row.user.name,
            heading=words.subject,
            text=words.text,
            path=path_of(row),
            action=words.action,
            lines=((words.closing, ""),),
        )
    return written(letter)


def words_of(row: AccountMail) -> Words:
    """Return what a mail says, in the active language."""
    alarm = _("It was not you? Ask for a new password at once, and tell the secretariat.")
    match row.kind:
        case MailKind.NEW_PASSWORD:
            return Words(
                _("Choose a new password"),
                _("Somebody, perhaps you, asked for a new password for your account. Choose one within two hours."),
                _("Choose a new password"),
                _("You did not ask? Then do nothing: your password stays as it is."),
            )
        case MailKind.PASSWORD_CHANGED:
            said = _("Your password was changed just now. Wherever else you were signed in, you are signed out.")
            return Words(_("Your password was changed"), said, _("Ask for a new password"), alarm)
        case MailKind.FACTOR_CHANGED:
            said = _("An authenticator app or a passkey was added or removed, or recovery codes were made, just now.")
            return Words(_("Your second factor was changed"), said, _("Ask for a new password"), alarm)
        case MailKind.FACTORS_REMOVED:
            said = _("Your second factors were removed, as you had lost them. Sign in with your password, and set up a new one.")  # fmt: skip
            closing = _("You did not ask for it? Choose a new password at once, and tell the secretariat.")
            return Words(_("Your second factors were removed"), said, _("Sign in"), closing)
        case _address:
            return _words_of_address(row)


def _words_of_address(row: AccountMail) -> Words:
    new = {"address": row.new_address}
    match row.kind:
        case MailKind.ADDRESS_LEAVE:
            return Words(
                _("Confirm your new e-mail address: first step"),
                _("Your account is to use the address %(address)s. Confirm it within two days; then we write there.") % new,
                _("Go on"),
                _("You did not ask? Then do not follow the link, and change your password: whoever asked knew it."),
            )  # fmt: skip
        case MailKind.ADDRESS_TAKE:
            return Words(
                _("Confirm your new e-mail address: last step"),
                _("An account of this portal is to use this address from now on. Confirm it within two days."),
                _("Go on"),
                _("You know nothing of this? Then do nothing: somebody typed your address by mistake."),
            )
        case _changed:
            said = _("Your account now uses the address %(address)s. This is the last mail to the old one.") % new
            closing = _("It was not you? Tell the secretariat at once.")
            return Words(_("Your e-mail address was changed"), said, _("Sign in"), closing)


def path_of(row: AccountMail) -> str:
    """Return the path that a mail leads to, with the secret that the page asks for."""
    match row.kind:
        case MailKind.NEW_PASSWORD:
            token = default_token_generator.make_token(row.user)
            names: dict[str, Any] = {"uidb36": user_pk_to_url_str(row.user), "key": token}
            return reverse("account_reset_password_from_key", kwargs=names)
        case MailKind.ADDRESS_LEAVE | MailKind.ADDRESS_TAKE:
            return reverse("account_confirm_email", args=[links.made(row.user, row.kind, row.new_address)])
        case MailKind.ADDRESS_CHANGED | MailKind.FACTORS_REMOVED:
            return reverse("account_login")
        case _changed:
            return reverse("account_reset_password")
