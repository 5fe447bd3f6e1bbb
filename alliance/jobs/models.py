"""Jobs: requests for documents, and how far each has come."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alliance.people.models import User
from alliance.records.models import StoredFile

__all__ = ["Job"]


class JobState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Being made")
    DONE = "done", _("Finished")
    FAILED = "failed", _("Failed")


OPEN = (JobState.WAITING, JobState.RUNNING)
STANDING = (*OPEN, JobState.DONE)


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: User) -> "JobQuerySet":
        """A person's own jobs, while they hold a role at all; all of them for those who read all."""
        if user.reads_all:
            return self
        return self.filter(requested_by=user) if user.roles else self.none()

    def open(self) -> "JobQuerySet":
        return self.filter(state__in=OPEN)

    def standing(self) -> "JobQuerySet":
        """Jobs that answer a repeated request: all but those that failed."""
        return self.filter(state__in=STANDING)

    def done(self) -> "JobQuerySet":
        return self.filter(state=JobState.DONE)

    def for_page(self) -> "JobQuerySet":
        return self.select_related("file", "requested_by")


class Job(models.Model):
    """One request for a document. While it stands, the same request at the same state of the register is this row.

    `register_n` and `register_hash` are the state it was asked at, and once done the state it was made from. `facts` are what the
    maker said of the finished document: references and amounts.
    """

    uid = models.UUIDField(unique=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=60)
    parameters = models.JSONField()
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    inputs = models.CharField(max_length=64)
    register_n = models.BigIntegerField()
    register_hash = models.CharField(max_length=64)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.WAITING)
    progress = models.PositiveSmallIntegerField(default=0)
    step = models.CharField(max_length=100, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    rung_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    facts = models.JSONField(default=dict)

    objects = JobQuerySet.as_manager()

    class Meta:
        app_label = "alliance"
        constraints = [
            models.UniqueConstraint(
                fields=["inputs"], condition=Q(state__in=STANDING), name="job_once_while_it_stands"
            ),
            models.CheckConstraint(condition=Q(progress__lte=100), name="job_progress_percent"),
            models.CheckConstraint(
                condition=Q(state=JobState.DONE, file__isnull=False) | (~Q(state=JobState.DONE) & Q(file=None)),
                name="job_file_when_done",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN, finished_at=None) | (~Q(state__in=OPEN) & Q(finished_at__isnull=False)),
                name="job_finished_at_when_over",
            ),
        ]
        indexes = [models.Index(fields=["state"], condition=Q(state__in=OPEN), name="job_open")]

    def __str__(self) -> str:
        return f"{self.kind} {self.uid}"

    def get_absolute_url(self) -> str:
        return reverse("jobs:job", args=[self.uid])

    @property
    def document(self) -> StoredFile:
        """The finished document; LookupError before it is finished."""
        if self.file is None:
            raise LookupError(f"{self} is not finished")
        return self.file

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def step_text(self) -> str:
        """What the maker is doing, in the active language."""
        return gettext(self.step) if self.step else ""

    @property
    def error_text(self) -> str:
        return gettext(self.error) if self.error else ""
