"""A proposal and its parts while they are being written. None of this is an act: submitting is."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from guardian.models import UserObjectPermissionBase

from alliance.core.fields import CountryField, MoneyField
from alliance.core.states import Move
from alliance.people.models import Role
from alliance.register.models import Registered
from proposals.models.stamps import one_of, stamped
from proposals.querysets import ProposalQuerySet

APPLICANT = (Role.PARTNER_DRAFTER, Role.PARTNER_SIGNATORY)
SECRETARIAT = (Role.OFFICER, Role.HEAD)
COMMITTEE = (Role.COMMITTEE,)
YEARS = (2000, 2100)  # of a budget line: the first and the last
DECIDED = ("approved", "approved_in_principle", "approved_waiting", "rejected")


class RightsMarker(models.IntegerChoices):
    """How far migrants' rights and welfare are an aim (R46)."""

    NOT_AIMED = 0, _("0 – not an aim")
    SIGNIFICANT = 1, _("1 – a significant aim")
    PRINCIPAL = 2, _("2 – the main aim")


class Disaggregation(models.TextChoices):
    """Variables by which a figure can be broken down (R74). Ethnic origin is never required."""

    SEX = "sex", _("Sex")
    ETHNIC_ORIGIN = "ethnic_origin", _("Ethnic origin")
    EDUCATION = "education", _("Education")
    AGE = "age", _("Age")
    COUNTRY_OF_BIRTH = "country_of_birth", _("Country of birth")
    SKILL_LEVEL = "skill_level", _("Skill level")
    MIGRATION_STATUS = "migration_status", _("Migration status")


class Proposal(Registered):
    """What an applicant asks for. Its texts can be changed as a draft and after a return."""

    class Kind(models.TextChoices):
        PROJECT = "project", _("Project")
        PILOT = "pilot", _("Pilot project")
        ASSISTANCE = "assistance", _("Request for technical assistance")
        PARTNERSHIP = "partnership", _("Partnership from the Forum’s marketplace")

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("proposal", "Draft")
        SUBMITTED = "submitted", pgettext_lazy("proposal", "Submitted")
        ELIGIBLE = "eligible", pgettext_lazy("proposal", "Eligible")
        RETURNED = "returned", pgettext_lazy("proposal", "Returned")
        TABLED = "tabled", pgettext_lazy("proposal", "Before the committee")
        APPROVED = "approved", pgettext_lazy("proposal", "Approved")
        APPROVED_IN_PRINCIPLE = "approved_in_principle", pgettext_lazy("proposal", "Approved in principle")
        APPROVED_WAITING = "approved_waiting", pgettext_lazy("proposal", "Approved, waiting for money")
        REJECTED = "rejected", pgettext_lazy("proposal", "Not approved")
        WITHDRAWN = "withdrawn", pgettext_lazy("proposal", "Withdrawn")

    REGISTER_ONLY = (
        "id", "reference", "kind", "state", "applicant", "call", "created_by", "created_at",
        "submitted_at", "eligible_at", "tabled_at", "returned_at", "decided_at", "decision_reference", "withdrawn_at",
        "principle_version", "principle_at", "principle_reference",
    )  # fmt: skip
    REGISTER_LATER = {"principle_version": None, "principle_at": None, "principle_reference": ""}
    EDITABLE = frozenset({State.DRAFT, State.RETURNED})
    TRANSITIONS = {
        "submit": Move(frozenset({State.DRAFT, State.RETURNED}), State.SUBMITTED, APPLICANT),
        "find_eligible": Move(frozenset({State.SUBMITTED, State.ELIGIBLE}), State.ELIGIBLE, SECRETARIAT),
        "find_ineligible": Move(frozenset({State.SUBMITTED, State.ELIGIBLE}), State.SUBMITTED, SECRETARIAT),
        "return": Move(
            frozenset({State.SUBMITTED, State.ELIGIBLE, State.APPROVED_IN_PRINCIPLE}), State.RETURNED, SECRETARIAT
        ),
        "withdraw": Move(
            frozenset({State.DRAFT, State.SUBMITTED, State.ELIGIBLE, State.RETURNED}), State.WITHDRAWN, APPLICANT
        ),
        "table": Move(
            frozenset({State.ELIGIBLE, State.APPROVED_IN_PRINCIPLE, State.APPROVED_WAITING}), State.TABLED, SECRETARIAT
        ),
        "take_off_table": Move(frozenset({State.TABLED}), State.ELIGIBLE, SECRETARIAT),
        "restore_in_principle": Move(frozenset({State.TABLED}), State.APPROVED_IN_PRINCIPLE, SECRETARIAT),
        "send_back": Move(frozenset({State.TABLED}), State.RETURNED, COMMITTEE),
        "approve": Move(frozenset({State.TABLED}), State.APPROVED, COMMITTEE),
        "approve_in_principle": Move(frozenset({State.TABLED}), State.APPROVED_IN_PRINCIPLE, COMMITTEE),
        "approve_waiting": Move(frozenset({State.TABLED}), State.APPROVED_WAITING, COMMITTEE),
        "fund": Move(frozenset({State.APPROVED_WAITING}), State.APPROVED, SECRETARIAT),
        "reject": Move(frozenset({State.TABLED}), State.REJECTED, COMMITTEE),
    }

    reference = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    state = models.CharField(max_length=24, choices=State, default=State.DRAFT)
    applicant = models.ForeignKey("alliance.Organisation", on_delete=models.PROTECT, related_name="proposals")
    call = models.ForeignKey(
        "proposals.Call", on_delete=models.PROTECT, null=True, blank=True, related_name="proposals"
    )
    created_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()

    title = models.CharField(max_length=200, blank=True)
    summary = models.TextField(blank=True)
    coherence_justification = models.TextField(blank=True)
    countries = ArrayField(CountryField(), default=list, blank=True)
    country_reason = models.TextField(blank=True)
    themes = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    context = models.TextField(blank=True)
    approach = models.TextField(blank=True)
    rights_and_welfare = models.TextField(blank=True)
    rights_marker = models.PositiveSmallIntegerField(choices=RightsMarker, null=True, blank=True)
    adverse_effects = models.TextField(blank=True)
    disaggregation = models.TextField(blank=True)
    partnership = models.TextField(blank=True)
    sustainability = models.TextField(blank=True)

    submitted_at = models.DateTimeField(null=True)
    eligible_at = models.DateTimeField(null=True)
    tabled_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decision_reference = models.CharField(max_length=20, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    principle_version = models.PositiveSmallIntegerField(null=True)
    principle_at = models.DateTimeField(null=True)
    principle_reference = models.CharField(max_length=20, blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of("proposal", "kind", ["project", "pilot", "assistance", "partnership"]),
            models.CheckConstraint(
                condition=Q(state="withdrawn")
                | Q(state="draft", submitted_at__isnull=True)
                | (~Q(state="draft") & Q(submitted_at__isnull=False)),
                name="proposal_submitted_at_with_state",
            ),
            stamped("proposal", "eligible_at", ["eligible", "tabled", *DECIDED]),
            stamped("proposal", "tabled_at", ["tabled", *DECIDED]),
            stamped("proposal", "returned_at", ["returned"]),
            stamped("proposal", "decided_at", DECIDED),
            stamped("proposal", "decision_reference", DECIDED, empty=""),
            stamped("proposal", "withdrawn_at", ["withdrawn"]),
            models.CheckConstraint(
                condition=Q(principle_version=None, principle_at=None, principle_reference="")
                | Q(principle_version__isnull=False, principle_at__isnull=False) & ~Q(principle_reference=""),
                name="proposal_principle_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved_in_principle")
                | Q(decision_reference=F("principle_reference"), decided_at=F("principle_at")),
                name="proposal_in_principle_by_its_decision",
            ),
            models.CheckConstraint(
                condition=Q(rights_marker__isnull=True) | Q(rights_marker__in=[0, 1, 2]),
                name="proposal_rights_marker_known",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="proposal_ends_after_start",
                violation_error_message=_("The end comes before the start."),
            ),
        ]
        indexes = [models.Index(fields=["applicant", "state"]), models.Index(fields=["state", "submitted_at"])]

    def __str__(self) -> str:
        return self.reference

    @classmethod
    def registered_rows(cls) -> models.QuerySet:
        """Proposals are of record from the first submission on; `verify` holds their texts against the last version."""
        return cls._default_manager.exclude(submitted_at=None, withdrawn_at=None)

    def get_absolute_url(self) -> str:
        return reverse("proposals:proposal", args=[self.reference])

    @property
    def is_editable(self) -> bool:
        return self.state in self.EDITABLE

    @property
    def has_been_submitted(self) -> bool:
        return self.submitted_at is not None

    @property
    def name(self) -> str:
        """The title, or the reference of a proposal that has none yet."""
        return self.title or self.reference


class ProposalObjective(models.Model):
    """An objective that the proposal serves, in percent; one is the main one (R40, R47)."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="objectives")
    objective = models.ForeignKey("alliance.Objective", on_delete=models.PROTECT, related_name="+")
    percent = models.PositiveSmallIntegerField()
    is_main = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "objective"], name="proposal_objective_once"),
            models.UniqueConstraint(fields=["proposal"], condition=Q(is_main=True), name="proposal_one_main_objective"),
            models.CheckConstraint(
                condition=Q(percent__gte=1, percent__lte=100), name="proposal_objective_percent_1_to_100"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.percent} %"


class ProposalRecommendation(models.Model):
    """A recommendation of a Forum meeting that the proposal follows; an officer confirms the link (R69)."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="recommendations")
    recommendation = models.ForeignKey(
        "alliance.Recommendation", on_delete=models.PROTECT, related_name="proposal_links"
    )
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "recommendation"], name="proposal_recommendation_once"),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="proposal_recommendation_confirmed_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id}"


class ProposalPartner(models.Model):
    """An organisation that carries out part of the work: its tasks and its share of the budget (R29)."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="partners")
    organisation = models.ForeignKey("alliance.Organisation", on_delete=models.PROTECT, related_name="+")
    is_lead = models.BooleanField(default=False)
    tasks = models.TextField()
    share = MoneyField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "organisation"], name="proposal_partner_once"),
            models.UniqueConstraint(fields=["proposal"], condition=Q(is_lead=True), name="proposal_one_lead"),
            models.CheckConstraint(condition=Q(share__gte=0), name="proposal_partner_share_not_negative"),
        ]

    def __str__(self) -> str:
        return str(self.organisation)


class BudgetLine(models.Model):
    """What one partner needs in one year for one category of cost, in the fund's currency."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="budget_lines")
    position = models.PositiveSmallIntegerField()
    partner = models.ForeignKey("alliance.Organisation", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    category = models.ForeignKey("proposals.BudgetCategory", on_delete=models.PROTECT, related_name="+")
    description = models.CharField(max_length=200)
    amount = MoneyField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "position"], name="budget_line_position_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="budget_line_amount_positive"),
            models.CheckConstraint(
                condition=Q(year__gte=YEARS[0], year__lte=YEARS[1]), name="budget_line_year_sensible"
            ),
        ]

    def __str__(self) -> str:
        return self.description


class Indicator(models.Model):
    """A measure of the results framework: from a baseline to a target."""

    class Unit(models.TextChoices):
        NUMBER = "number", pgettext_lazy("unit", "Number")
        PERCENT = "percent", _("Per cent")
        PEOPLE = "people", _("People")
        YES_NO = "yes_no", _("Yes (1) or no (0)")

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="indicators")
    position = models.PositiveSmallIntegerField()
    statement = models.CharField(max_length=300)
    unit = models.CharField(max_length=10, choices=Unit, default=Unit.NUMBER)
    baseline = models.DecimalField(max_digits=15, decimal_places=2, null=True, blank=True)
    target = models.DecimalField(max_digits=15, decimal_places=2)
    disaggregation = ArrayField(models.CharField(max_length=20, choices=Disaggregation), default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "position"], name="indicator_position_once"),
            one_of("indicator", "unit", ["number", "percent", "people", "yes_no"]),
        ]

    def __str__(self) -> str:
        return self.statement


class Attachment(models.Model):
    """A document given with the proposal."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="attachments")
    file = models.ForeignKey("alliance.StoredFile", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    added_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["proposal", "file"], name="attachment_once")]

    def __str__(self) -> str:
        return self.title


class ProposalUserObjectPermission(UserObjectPermissionBase, Registered):
    """Grants on one proposal to one person: its co-authors."""

    content_object = models.ForeignKey(Proposal, on_delete=models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False
