"""What was submitted, frozen; and what the secretariat found when it checked it."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from alliance.core.days import months_after
from alliance.core.fields import MoneyField
from alliance.people.four_eyes import ANOTHER_PERSON
from alliance.people.models import Organisation
from alliance.register.models import Registered
from proposals.models.proposals import Proposal, RightsMarker
from proposals.models.stamps import one_of, together
from proposals.querysets import ProposalVersionQuerySet, WaitingApprovalQuerySet


class ProposalVersion(Registered):
    """A numbered version as submitted: canonical JSON kept as the exact text, and its digest. Append-only."""

    REGISTER_PLAIN = ("receipt", "digest")

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    amount = MoneyField()
    content = models.TextField()
    digest = models.CharField(max_length=64)
    receipt = models.CharField(max_length=20, unique=True)
    submitted_at = models.DateTimeField()
    submitted_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, related_name="+")

    objects = ProposalVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "number"], name="proposal_version_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="proposal_version_from_one"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="proposal_version_amount_positive"),
        ]

    def __str__(self) -> str:
        return self.receipt

    def get_absolute_url(self) -> str:
        return reverse("proposals:version", args=[self.proposal.reference, self.number])

    @cached_property
    def parsed(self) -> dict[str, Any]:
        """The content as submitted. Codes and references; names are looked up when shown."""
        return json.loads(self.content)

    @property
    def requested(self) -> Decimal:
        """What is asked of the fund, in its currency."""
        return self.amount

    @property
    def checked(self) -> "Check | None":
        """The secretariat's check, or None while it has not been made."""
        return getattr(self, "check_made", None)

    def objective_percents(self) -> dict[str, Decimal]:
        """Return the percentage of each objective by its code; they add up to 100."""
        return {item["code"]: Decimal(item["percent"]) for item in self.parsed["objectives"]}

    def parties(self) -> list[str]:
        """Return the slugs of the applicant and of every partner named in the frozen content."""
        return sorted({self.parsed["applicant"], *(item["organisation"] for item in self.parsed["partners"])})

    def party_ids(self) -> set[int]:
        """Return the ids of the organisations that stand to gain: whoever belongs to one is recused (R48)."""
        return set(Organisation.objects.filter(slug__in=self.parties()).values_list("pk", flat=True))

    def attachments(self) -> models.QuerySet:
        """Return the stored files frozen with this version."""
        stored = apps.get_model("alliance", "StoredFile")
        return stored.objects.filter(uid__in=[item["file"] for item in self.parsed["attachments"]]).order_by("pk")


class VersionRecommendation(models.Model):
    """A recommendation that a version names: its frozen content again, for queries. `verify` compares the two."""

    version = models.ForeignKey(ProposalVersion, on_delete=models.PROTECT, related_name="recommendation_links")
    recommendation = models.ForeignKey(
        "alliance.Recommendation", on_delete=models.PROTECT, related_name="version_links"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "recommendation"], name="version_recommendation_once")
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.recommendation_id}"


class VersionObjective(models.Model):
    """An objective that a version serves, in percent: its frozen content again, for queries."""

    version = models.ForeignKey(ProposalVersion, on_delete=models.PROTECT, related_name="objective_links")
    objective = models.ForeignKey("alliance.Objective", on_delete=models.PROTECT, related_name="version_links")
    percent = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "objective"], name="version_objective_once"),
            models.CheckConstraint(
                condition=Q(percent__gte=1, percent__lte=100), name="version_objective_percent_1_to_100"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.objective_id}"


class Check(Registered):
    """The secretariat's findings on one version: the route of eligibility, and the rights check (R46, R69, R70)."""

    class Route(models.TextChoices):
        RECOMMENDATION = "recommendation", _("Follows a recommendation of the Forum")
        JUSTIFIED = "justified", _("Justified under objective 2 or 3")

    REGISTER_PLAIN = ()

    version = models.OneToOneField(ProposalVersion, on_delete=models.PROTECT, related_name="check_made")
    route = models.CharField(max_length=20, choices=Route, blank=True)
    is_eligible = models.BooleanField()
    is_rights_checked = models.BooleanField()
    rights_marker = models.PositiveSmallIntegerField(choices=RightsMarker, null=True)
    note = models.TextField(blank=True)
    checked_at = models.DateTimeField()
    checked_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            one_of("check", "route", ["", "recommendation", "justified"]),
            models.CheckConstraint(
                condition=Q(is_eligible=False) | ~Q(route=""),
                name="check_eligible_by_a_route",
                violation_error_message=_("Say by which route the proposal is eligible."),
            ),
            models.CheckConstraint(
                condition=Q(is_rights_checked=True, rights_marker__isnull=False, rights_marker__in=[0, 1, 2])
                | Q(is_rights_checked=False, rights_marker__isnull=True),
                name="check_marker_with_rights_check",
                violation_error_message=_("The rights check confirms the marker."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version}"

    @property
    def allows_decision(self) -> bool:
        """Whether the committee may take the version: eligible, and the rights check done (R46)."""
        return self.is_eligible and self.is_rights_checked


class ProposalVersionUserObjectPermission(UserObjectPermissionBase, Registered):
    """Grants on one version to one person: members of the committee, reviewers."""

    content_object = models.ForeignKey(ProposalVersion, on_delete=models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False


class Return(Registered):
    """A version given back to its authors, with the reason. Append-only: earlier ones stay."""

    REGISTER_PLAIN = ("decision_reference",)

    version = models.ForeignKey(ProposalVersion, on_delete=models.PROTECT, related_name="returns")
    reason = models.TextField()
    decision_reference = models.CharField(max_length=20, blank=True)
    returned_at = models.DateTimeField()
    returned_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""), name="return_with_a_reason", violation_error_message=_("Say why.")
            ),
            models.CheckConstraint(
                condition=Q(returned_by__isnull=False) | ~Q(decision_reference=""), name="return_by_someone"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version}"


class WaitingApproval(Registered):
    """An approval for which the pools were short: what was approved, until two officers allocate it or it lapses.

    A version whose approval lapsed can be approved again, and then has another.
    """

    REGISTER_PLAIN = ("decision_reference",)

    version = models.ForeignKey(ProposalVersion, on_delete=models.PROTECT, related_name="waiting")
    decision_reference = models.CharField(max_length=20)
    approved_on = models.DateField()
    conditions = models.JSONField(default=list)
    prepared_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, null=True, related_name="+")
    funded_at = models.DateTimeField(null=True)
    funded_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, null=True, related_name="+")

    objects = WaitingApprovalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["decision_reference"], name="waiting_approval_once_a_decision"),
            together("waiting_approval", "funded_at", "funded_by"),
            models.CheckConstraint(
                condition=Q(funded_by__isnull=True) | (Q(prepared_by__isnull=False) & ~Q(prepared_by=F("funded_by"))),
                name="waiting_approval_by_two_officers",
                violation_error_message=ANOTHER_PERSON,
            ),
        ]

    def __str__(self) -> str:
        return self.decision_reference

    @property
    def stands_until(self) -> date:
        """The last day on which it can be allocated. The number of months is a rule of ours."""
        return months_after(self.approved_on, settings.ALLIANCE_RULES["waiting_months"])

    def has_lapsed(self, day: date) -> bool:
        """Say whether it lapsed before that day without having been allocated. See also `standing`."""
        return self.funded_at is None and day > self.stands_until


class WaitingAmount(Registered):
    """What a waiting approval takes from one window."""

    REGISTER_PLAIN = ()

    approval = models.ForeignKey(WaitingApproval, on_delete=models.PROTECT, related_name="amounts")
    window = models.ForeignKey("funds.Window", on_delete=models.PROTECT, related_name="+")
    amount = MoneyField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["approval", "window"], name="waiting_amount_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="waiting_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.approval_id} {self.window_id}"
