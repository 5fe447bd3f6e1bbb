"""Projects: what the committee's approval makes of a version."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alliance.core.fields import CountryField, MoneyField
from alliance.core.states import Move
from alliance.people.models import Role
from alliance.register.models import Registered
from proposals.models.proposals import Proposal, RightsMarker
from proposals.models.stamps import stamped, together
from proposals.models.versions import ProposalVersion
from proposals.querysets import ProjectQuerySet


class Project(Registered):
    """An approved project with its allocation. Nothing starts without one (R59)."""

    class State(models.TextChoices):
        APPROVED = "approved", _("Approved")
        ACTIVE = "active", _("Under way")
        COMPLETED = "completed", _("Completed")
        CLOSED = "closed", _("Closed")

    TRANSITIONS = {
        "start": Move(frozenset({State.APPROVED, State.ACTIVE}), State.ACTIVE, (Role.PARTNER_SIGNATORY, Role.HEAD)),
        "complete": Move(frozenset({State.ACTIVE}), State.COMPLETED, (Role.OFFICER, Role.HEAD)),
        "close": Move(frozenset({State.COMPLETED}), State.CLOSED, (Role.HEAD,)),
    }
    REGISTER_PLAIN = ("reference", "decision_reference")
    REGISTER_LATER = {"themes": []}

    reference = models.CharField(max_length=20, unique=True)
    proposal = models.OneToOneField(Proposal, on_delete=models.PROTECT, related_name="project")
    version = models.OneToOneField(ProposalVersion, on_delete=models.PROTECT, related_name="project")
    lead = models.ForeignKey("alliance.Organisation", on_delete=models.PROTECT, related_name="projects_led")
    title = models.CharField(max_length=200)
    countries = ArrayField(CountryField(), default=list, blank=True)
    themes = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    rights_marker = models.PositiveSmallIntegerField(choices=RightsMarker)
    amount = MoneyField()
    approved_on = models.DateField()
    decision_reference = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State, default=State.APPROVED)
    started_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="project_amount_positive"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="project_ends_after_start"),
            models.CheckConstraint(condition=~Q(decision_reference=""), name="project_by_a_decision"),
            models.CheckConstraint(condition=Q(rights_marker__in=[0, 1, 2]), name="project_rights_marker_known"),
            stamped("project", "started_at", ["active", "completed", "closed"]),
            stamped("project", "completed_at", ["completed", "closed"]),
            stamped("project", "closed_at", ["closed"]),
        ]
        indexes = [models.Index(fields=["state"]), models.Index(fields=["approved_on"])]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("proposals:project", args=[self.reference])

    @property
    def account_code(self) -> str:
        """The ledger account that holds what is allocated and not yet paid."""
        return f"project:{self.reference}"


class ReleaseCondition(Registered):
    """A condition of the decision that must be met before any money goes out."""

    REGISTER_PLAIN = ("source",)

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="conditions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    source = models.CharField(max_length=20)
    evidence = models.TextField(blank=True)
    met_at = models.DateTimeField(null=True)
    met_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="release_condition_number_once"),
            models.CheckConstraint(condition=~Q(text=""), name="release_condition_says_something"),
            together("release_condition", "met_at", "met_by"),
            models.CheckConstraint(
                condition=Q(met_at__isnull=True, evidence="") | (Q(met_at__isnull=False) & ~Q(evidence="")),
                name="release_condition_met_with_evidence",
                violation_error_message=_("Say how the condition was met."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.number}"

    @property
    def is_met(self) -> bool:
        return self.met_at is not None
