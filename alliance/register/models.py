"""Entries, the head, and checkpoints."""

from functools import cache
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.encoding import force_str


class RegisterHead(models.Model):
    """The last number and hash; its lock gives entries their order."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    n = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64)

    class Meta:
        app_label = "alliance"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="head_single_row")]


class RegisterEntry(models.Model):
    """One entry. `body` is kept as the exact text that was hashed; `n` is the order of commits, without gaps.

    `id` is drawn before the entry is written, so that rows can point at it. The first entry of an act that
    came with an idempotency key holds the key, the digest of the request and what the operation returned.
    """

    id = models.BigIntegerField(primary_key=True)
    n = models.BigIntegerField(unique=True)
    act = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=60, db_index=True)
    body = models.TextField()
    digest = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()
    public_from = models.DateTimeField(null=True, blank=True)
    key = models.CharField(max_length=64, null=True, unique=True)
    request_digest = models.CharField(max_length=64, blank=True)
    result = models.CharField(max_length=100, blank=True)

    class Meta:
        app_label = "alliance"
        constraints = [models.CheckConstraint(condition=Q(n__gte=1), name="entry_numbers_from_one")]

    def __str__(self) -> str:
        return f"{self.n} {self.kind}"


class Registered(models.Model):
    """A model whose rows the register explains: the newest snapshot of a row is what the row must be.

    REGISTER_PLAIN names the character columns that may stand in a body as they are; other free text
    goes in as a digest only. REGISTER_EXEMPT names columns that are not of record; where most are not,
    REGISTER_ONLY names those that are. REGISTER_LATER names the columns that a later release has added, each with the
    value that rows recorded before it must still hold.
    """

    REGISTER_PLAIN: ClassVar[tuple[str, ...]] = ("reference", "code")
    REGISTER_EXEMPT: ClassVar[tuple[str, ...]] = ()
    REGISTER_ONLY: ClassVar[tuple[str, ...]] = ()
    REGISTER_LATER: ClassVar[dict[str, Any]] = {}

    class Meta:
        abstract = True

    @classmethod
    def registered_rows(cls) -> models.QuerySet:
        """Return the rows that must have a snapshot; override where drafts live in the same table."""
        return cls._default_manager.all()

    @classmethod
    def fixed_rows(cls) -> models.QuerySet:
        """Return the rows that must be as their newest snapshot, if they have one: by default those that must have it."""
        return cls.registered_rows()

    def _get_FIELD_display(self, field: Any) -> Any:  # noqa: N802 - Django's name
        """Return what a choice is called. Django's own translates and hashes every choice for each row of a list."""
        value = getattr(self, field.attname)
        return force_str(choices_of(field).get(value, value), strings_only=True)


@cache
def choices_of(field: Any) -> dict[Any, Any]:
    """Return the names of a field's choices, which only a release changes, by their values."""
    return dict(field.flatchoices)


class Checkpoint(Registered):
    """A published (n, hash): the copies that left the building are the proof against a rewritten past."""

    REGISTER_PLAIN: ClassVar[tuple[str, ...]] = ("hash",)

    n = models.BigIntegerField(unique=True)
    hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        app_label = "alliance"

    def __str__(self) -> str:
        return f"{self.n}:{self.hash}"


def head() -> tuple[int, str]:
    """Return the register's last number and hash."""
    row = RegisterHead.objects.values_list("n", "hash").get()
    return row[0], row[1]
