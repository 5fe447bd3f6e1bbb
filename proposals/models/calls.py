"""Who may apply and when, and the budget categories that money is planned and reported in."""

from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alliance.core.translated import Translated
from alliance.register.models import Registered
from proposals.querysets import CallQuerySet, PartnerQuerySet


class Partner(Registered):
    """The profile of an organisation that carries out work of the fund: confirmed by its first approval."""

    REGISTER_PLAIN = ("decision_reference",)

    organisation = models.OneToOneField("alliance.Organisation", on_delete=models.PROTECT, related_name="partner")
    confirmed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, null=True, related_name="+")
    decision_reference = models.CharField(max_length=20)

    objects = PartnerQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.organisation)


class Call(Registered):
    """A call for proposals: open to some kinds of organisation until a deadline in a named zone (R93)."""

    REGISTER_PLAIN = ("reference", "zone")

    reference = models.CharField(max_length=20, unique=True)
    title = Translated(models.CharField, max_length=200)
    text = Translated(models.TextField)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    zone = models.CharField(max_length=64, default="UTC")
    applicant_kinds = ArrayField(models.CharField(max_length=20))
    published_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, related_name="+")

    objects = CallQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="call_closes_after_opening",
                violation_error_message=_("A call closes after it opens."),
            ),
            models.CheckConstraint(
                condition=Q(applicant_kinds__len__gt=0),
                name="call_open_to_someone",
                violation_error_message=_("Name at least one kind of organisation that may apply."),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("proposals:call", args=[self.reference])

    @property
    def timezone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def is_open_at(self, moment: object) -> bool:
        """Say whether the call takes proposals at this moment. See also CallQuerySet.open_at."""
        return self.opens_at <= moment < self.closes_at  # type: ignore[operator]

    def is_open_to(self, kind: str) -> bool:
        return kind in self.applicant_kinds


class BudgetCategory(Registered):
    """A category of cost, in a versioned list (UN harmonised categories)."""

    version = models.CharField(max_length=20)
    code = models.PositiveSmallIntegerField()
    name = Translated(models.CharField, max_length=120, everywhere=True)
    is_indirect = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="budget_category_once"),
            models.CheckConstraint(condition=Q(code__gte=1), name="budget_category_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
