"""Stored files, notices, and the relay's place in the register."""

from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise

from alliance.people.models import User
from alliance.register.kinds import kind as declared_kind
from alliance.register.models import Registered, RegisterEntry

__all__ = ["Bounce", "MailChoice", "Notice", "RelayCursor", "StoredFile"]

SHA256 = RegexValidator(r"^[0-9a-f]{64}$")


class StoredFile(Registered):
    """Bytes that were given to the Alliance or made by it; never changed, found by their SHA-256."""

    REGISTER_PLAIN: ClassVar[tuple[str, ...]] = ("sha256", "media_type")

    uid = models.UUIDField(unique=True, default=uuid4, editable=False)
    sha256 = models.CharField(max_length=64, db_index=True, validators=[SHA256])
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=100)
    name = models.CharField(max_length=150)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        app_label = "alliance"
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0), name="storedfile_not_empty"),
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="storedfile_digest"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def registered_rows(cls) -> models.QuerySet:
        """None must be of record: a draft's file is not. One that an entry names must stay as it was."""
        return cls._default_manager.none()

    @classmethod
    def fixed_rows(cls) -> models.QuerySet:
        return cls._default_manager.all()


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: User) -> "NoticeQuerySet":
        """A person's own notices and nobody else's."""
        return self.filter(user=user)

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at=None)

    def for_list(self) -> "NoticeQuerySet":
        """Newest first."""
        return self.select_related("entry").defer("entry__body").order_by("-entry__n", "-pk")


class Notice(models.Model):
    """Word of one register entry to one person. `url` is kept in English and shown in the reader's language."""

    user = models.ForeignKey(User, models.PROTECT, related_name="notices")
    entry = models.ForeignKey(RegisterEntry, models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=60)
    reference = models.CharField(max_length=40, blank=True)
    url = models.CharField(max_length=300, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    is_for_mail = models.BooleanField(default=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    mail_tries = models.PositiveSmallIntegerField(default=0)
    mail_after = models.DateTimeField(null=True, blank=True)

    about = ""  # the name of the file, once `name_files` has looked for it

    objects = NoticeQuerySet.as_manager()

    class Meta:
        app_label = "alliance"
        constraints = [models.UniqueConstraint(fields=["user", "entry"], name="notice_once")]
        indexes = [
            models.Index(fields=["user", "-entry"], name="notice_of_user"),
            models.Index(
                fields=["mail_tries", "id"], condition=Q(mailed_at=None, is_for_mail=True), name="notice_to_mail"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.text} {self.reference}".strip()

    def get_absolute_url(self) -> str:
        """The address that marks the notice as read and leads to what it is about."""
        return reverse("records:notice", args=[self.pk])

    @property
    def text(self) -> str | Promise:
        """What happened, in the active language."""
        return declared_kind(self.kind).label


class MailChoice(models.Model):
    """How a person is told by mail: at once or once a day, and of which kinds of entry not at all. A preference, no act.

    `stopped_for` is the address that mail came back from so often that it gets no more; a new address gets it again.
    """

    user = models.OneToOneField(User, models.PROTECT, related_name="mail_choice")
    is_daily = models.BooleanField(default=False)
    unwanted = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    daily_on = models.DateField(null=True, blank=True)
    stopped_for = models.EmailField(blank=True)

    class Meta:
        app_label = "alliance"

    def __str__(self) -> str:
        return f"{self.user_id} {', '.join(self.unwanted)}"

    def takes(self, kind: str, address: str) -> bool:
        """Say whether an entry of this kind is mailed to this address of the person."""
        return kind not in self.unwanted and self.stopped_for != address


class Bounce(models.Model):
    """That a mail came back, once for each mail. Not of record; `is_settled` once somebody had its address mailed again."""

    user = models.ForeignKey(User, models.PROTECT, related_name="bounces")
    address = models.EmailField()
    message_id = models.CharField(max_length=80)
    is_hard = models.BooleanField()
    status = models.CharField(max_length=12)
    why = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    is_settled = models.BooleanField(default=False)

    class Meta:
        app_label = "alliance"
        constraints = [models.UniqueConstraint(fields=["user", "message_id"], name="bounce_once")]
        indexes = [models.Index(fields=["-at"], name="bounce_newest")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.status}"


class RelayCursor(models.Model):
    """How far a reader of the register has come; its lock lets one reader work at a time."""

    name = models.CharField(max_length=40, primary_key=True)
    n = models.BigIntegerField(default=0)

    class Meta:
        app_label = "alliance"

    def __str__(self) -> str:
        return f"{self.name} {self.n}"
