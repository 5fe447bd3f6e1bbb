"""Doors for the worker."""

from celery import shared_task

from alliance.accounts import letters
from alliance.accounts.invitation_mail import mail_due


@shared_task(name="alliance.send_account_mail", ignore_result=True)
def send_account_mail() -> None:
    """Send the mails about accounts that have not gone out yet."""
    letters.send_letters()


@shared_task(name="alliance.mail_invitations", ignore_result=True)
def mail_invitations() -> None:
    """Mail the invitations that have not gone yet."""
    mail_due()
