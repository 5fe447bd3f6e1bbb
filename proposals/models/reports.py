"""Partners' reports under a contract: results, indicators, rights follow-up, spending by category."""

from django.db import models
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.fields import MoneyField
from alliance.core.states import Move
from alliance.people.models import Role
from alliance.register.models import Registered
from proposals.models.contracts import Contract
from proposals.models.proposals import APPLICANT, Disaggregation, Indicator
from proposals.models.stamps import one_of, stamped, together
from proposals.querysets import PartnerReportQuerySet

SENT = ("submitted", "accepted")


class PartnerReport(Registered):
    """A progress and financial report due under a contract (R68)."""

    class State(models.TextChoices):
        DUE = "due", pgettext_lazy("report", "Due")
        SUBMITTED = "submitted", pgettext_lazy("report", "Submitted")
        RETURNED = "returned", pgettext_lazy("report", "Returned")
        ACCEPTED = "accepted", pgettext_lazy("report", "Accepted")

    EDITABLE = frozenset({State.DUE, State.RETURNED})
    TRANSITIONS = {
        "submit": Move(frozenset({State.DUE, State.RETURNED}), State.SUBMITTED, APPLICANT),
        "return": Move(frozenset({State.SUBMITTED}), State.RETURNED, (Role.OFFICER, Role.FINANCE_OFFICER, Role.HEAD)),
        "accept": Move(frozenset({State.SUBMITTED}), State.ACCEPTED, (Role.OFFICER, Role.FINANCE_OFFICER, Role.HEAD)),
    }
    REGISTER_PLAIN = ("reference",)

    reference = models.CharField(max_length=20, unique=True)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="reports")
    number = models.PositiveSmallIntegerField()
    period_from = models.DateField()
    period_to = models.DateField()
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.DUE)
    results = models.TextField(blank=True)
    narrative = models.TextField(blank=True)
    rights_follow_up = models.TextField(blank=True)
    saved_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, null=True, related_name="+")
    return_reason = models.TextField(blank=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, null=True, related_name="+")

    objects = PartnerReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="partner_report_number_once"),
            models.CheckConstraint(
                condition=Q(period_to__gte=F("period_from")),
                name="partner_report_period_in_order",
                violation_error_message=_("The period ends before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["due", "returned"])
                | (~Q(results="") & ~Q(narrative="") & ~Q(rights_follow_up="")),
                name="partner_report_complete_when_sent",
                violation_error_message=_(
                    "A report states results, progress, and how migrants’ rights and welfare were looked after."
                ),
            ),
            stamped("partner_report", "submitted_at", ["submitted", "returned", "accepted"]),
            together("partner_report", "submitted_at", "submitted_by"),
            stamped("partner_report", "return_reason", ["returned"], empty=""),
            stamped("partner_report", "accepted_at", ["accepted"]),
            together("partner_report", "accepted_at", "accepted_by"),
            models.CheckConstraint(
                condition=Q(accepted_by__isnull=True) | ~Q(accepted_by=F("submitted_by")),
                name="partner_report_accepted_by_another",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"])]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("proposals:report", args=[self.reference])

    @classmethod
    def registered_rows(cls) -> QuerySet:
        """Reports as sent; while due or returned they are their author's draft."""
        return cls.objects.filter(state__in=SENT)

    @property
    def is_editable(self) -> bool:
        return self.state in self.EDITABLE


class ReportedIndicator(Registered):
    """What a report says of one indicator."""

    REGISTER_PLAIN = ()

    report = models.ForeignKey(PartnerReport, on_delete=models.PROTECT, related_name="indicators")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="reported")
    actual = models.DecimalField(max_digits=15, decimal_places=2, null=True, blank=True)
    remark = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "indicator"], name="reported_indicator_once")]

    def __str__(self) -> str:
        return f"{self.indicator_id}: {self.actual}"

    @classmethod
    def registered_rows(cls) -> QuerySet:
        return cls._default_manager.filter(report__state__in=SENT)


class ReportedCell(Registered):
    """One cell of a breakdown: of those, how many are women, men, and so on (R74)."""

    REGISTER_PLAIN = ("category",)

    reported = models.ForeignKey(ReportedIndicator, on_delete=models.PROTECT, related_name="cells")
    variable = models.CharField(max_length=20, choices=Disaggregation)
    category = models.CharField(max_length=30)
    value = models.DecimalField(max_digits=15, decimal_places=2, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reported", "variable", "category"], name="reported_cell_once"),
            one_of("reported_cell", "variable", [value for value, _label in Disaggregation.choices]),
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(value__gte=0), name="reported_cell_value_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.variable} {self.category}"

    @classmethod
    def registered_rows(cls) -> QuerySet:
        return cls._default_manager.filter(reported__report__state__in=SENT)


class Expenditure(Registered):
    """What was spent in the report's period on one category, in the fund's currency; zero where nothing was."""

    REGISTER_PLAIN = ()

    report = models.ForeignKey(PartnerReport, on_delete=models.PROTECT, related_name="expenditures")
    category = models.ForeignKey("proposals.BudgetCategory", on_delete=models.PROTECT, related_name="+")
    amount = MoneyField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "category"], name="expenditure_category_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="expenditure_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.category_id}: {self.amount}"

    @classmethod
    def registered_rows(cls) -> QuerySet:
        return cls._default_manager.filter(report__state__in=SENT)
