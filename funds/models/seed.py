"""What was asked for in all, and how much of it from the trustee's own money."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alliance.core.fields import MoneyField
from alliance.register.models import Registered


class FundingRequest(Registered):
    """A plan of the fund's total and of the trustee's seed capital in it. The newest is in force; earlier ones stay."""

    REGISTER_PLAIN = ("reference",)

    reference = models.CharField(_("reference"), max_length=20, unique=True)
    requested_on = models.DateField(_("requested on"))
    total = MoneyField(_("total funding requested"))
    seed = MoneyField(_("of which seed capital"))
    note = models.TextField(_("document or decision"), blank=True)
    recorded_by = models.ForeignKey("alliance.User", models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(total__gt=0, seed__gte=0, seed__lte=F("total")),
                name="funding_request_seed_within_total",
                violation_error_message=_("Seed capital is a part of the total funding requested."),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("funds:seed")
