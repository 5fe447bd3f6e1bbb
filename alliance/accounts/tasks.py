"""Doors for the worker."""

from celery import shared_task

from alliance.accounts.invitation_mail import mail_due


@shared_task(name="alliance.mail_invitations", ignore_result=True)
def mail_invitations() -> None:
    """Mail the invitations that have not gone yet."""
    mail_due()
