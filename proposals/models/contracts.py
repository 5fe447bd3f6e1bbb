"""Contracts with partners, and the tranches in which their money goes out."""

from django.db import models
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alliance.core.fields import MoneyField
from alliance.core.states import Move
from alliance.people.models import Role
from alliance.register.models import Registered
from proposals.models.projects import Project
from proposals.models.stamps import stamped, together
from proposals.querysets import ContractQuerySet, TrancheQuerySet


class Contract(Registered):
    """What a partner is to do: objectives, nature of the tasks, expected results, amount and dates (R63).

    Offered once written, it does not change any more; a wrong one is cancelled and another drafted.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OFFERED = "offered", _("Awaiting signatures")
        SIGNED = "signed", _("Signed")
        CANCELLED = "cancelled", _("Cancelled")

    SIGNATORIES = (Role.PARTNER_SIGNATORY, Role.HEAD)
    TRANSITIONS = {
        "offer": Move(frozenset({State.DRAFT}), State.OFFERED, (Role.OFFICER, Role.HEAD)),
        "sign": Move(frozenset({State.OFFERED}), State.OFFERED, SIGNATORIES),
        "conclude": Move(frozenset({State.OFFERED}), State.SIGNED, SIGNATORIES),
        "cancel": Move(frozenset({State.DRAFT, State.OFFERED}), State.CANCELLED, (Role.OFFICER, Role.HEAD)),
    }
    REGISTER_PLAIN = ("reference", "digest")

    reference = models.CharField(max_length=20, unique=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="contracts")
    partner = models.ForeignKey("alliance.Organisation", on_delete=models.PROTECT, related_name="contracts")
    objectives = models.TextField(blank=True)
    tasks = models.TextField(blank=True)
    expected_results = models.TextField(blank=True)
    amount = MoneyField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, blank=True)
    offered_at = models.DateTimeField(null=True)
    partner_signed_at = models.DateTimeField(null=True)
    partner_signed_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, null=True, related_name="+")
    alliance_signed_at = models.DateTimeField(null=True)
    alliance_signed_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.TextField(blank=True)

    objects = ContractQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="contract_amount_positive"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="contract_ends_after_start",
                violation_error_message=_("The end comes before the start."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "cancelled"])
                | (~Q(objectives="") & ~Q(tasks="") & ~Q(expected_results="")),
                name="contract_has_its_three_parts",
                violation_error_message=_(
                    "A contract sets out objectives, the nature of the tasks and expected results."
                ),
            ),
            models.CheckConstraint(
                condition=Q(state="draft", offered_at__isnull=True, digest="")
                | (Q(state__in=["offered", "signed"], offered_at__isnull=False) & ~Q(digest=""))
                | Q(state="cancelled"),
                name="contract_offered_at_with_state",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", partner_signed_at__isnull=True, alliance_signed_at__isnull=True)
                | (Q(state="offered") & (Q(partner_signed_at__isnull=True) | Q(alliance_signed_at__isnull=True)))
                | Q(state="signed", partner_signed_at__isnull=False, alliance_signed_at__isnull=False)
                | Q(state="cancelled"),
                name="contract_signatures_with_state",
            ),
            together("contract", "partner_signed_at", "partner_signed_by"),
            together("contract", "alliance_signed_at", "alliance_signed_by"),
            models.CheckConstraint(
                condition=Q(partner_signed_by__isnull=True)
                | Q(alliance_signed_by__isnull=True)
                | ~Q(partner_signed_by=F("alliance_signed_by")),
                name="contract_signed_by_two_people",
                violation_error_message=_("The two sides are signed for by different people."),
            ),
            stamped("contract", "cancelled_at", ["cancelled"]),
            stamped("contract", "cancel_reason", ["cancelled"], empty=""),
        ]
        indexes = [models.Index(fields=["partner", "state"])]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("proposals:contract", args=[self.reference])

    @classmethod
    def registered_rows(cls) -> QuerySet:
        """Contracts that the register explains: a draft is not an act, even when it is cancelled."""
        return cls.objects.exclude(offered_at=None)

    @property
    def is_signed(self) -> bool:
        return self.state == self.State.SIGNED


class Tranche(Registered):
    """A part of a contract's amount, paid on its due date once its report is accepted (R68)."""

    REGISTER_PLAIN = ()

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="tranches")
    number = models.PositiveSmallIntegerField()
    amount = MoneyField()
    due_on = models.DateField()
    report_required = models.ForeignKey(
        "proposals.PartnerReport", on_delete=models.PROTECT, null=True, related_name="tranches_waiting"
    )
    payment = models.OneToOneField("funds.Payment", on_delete=models.PROTECT, null=True, related_name="tranche")

    objects = TrancheQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="tranche_number_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="tranche_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.contract} / {self.number}"

    @classmethod
    def registered_rows(cls) -> QuerySet:
        return cls._default_manager.exclude(contract__offered_at=None)
