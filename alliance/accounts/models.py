"""Mails about accounts that have not gone out yet."""

from django.db import models
from django.utils import timezone

from alliance.people.models import User

__all__ = ["AccountMail", "MailKind"]


class MailKind(models.TextChoices):
    """What a mail about an account says."""

    NEW_PASSWORD = "new_password"  # noqa: S105
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    ADDRESS_LEAVE = "address_leave"
    ADDRESS_TAKE = "address_take"
    ADDRESS_CHANGED = "address_changed"
    FACTOR_CHANGED = "factor_changed"
    FACTORS_REMOVED = "factors_removed"


class AccountMail(models.Model):
    """A mail about an account, until it has gone out: never of record, and without the secret of its link."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=MailKind.choices)
    to = models.EmailField()
    new_address = models.EmailField(blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=32, blank=True)  # of the account, when the mail was asked for
    tries = models.PositiveIntegerField(default=0)

    class Meta:
        app_label = "alliance"

    def __str__(self) -> str:
        return self.kind
