"""Who keeps the fund's money, from when to when, under which agreement and for which fee."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alliance.register.models import Registered
from funds.models.fund import on_any_day_once
from funds.querysets import TrusteeTermQuerySet


class TrusteeTerm(Registered):
    """A time in which one organisation is the fund's trustee (R95). Statements name the trustee of their own day."""

    REGISTER_PLAIN = ()

    organisation = models.ForeignKey("alliance.Organisation", on_delete=models.PROTECT, related_name="trustee_terms")
    agreement = models.CharField(_("agreement"), max_length=300)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True)
    fee_percent = models.DecimalField(_("fee, per cent"), max_digits=5, decimal_places=2)
    appointed_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, null=True, related_name="+")
    appointed_at = models.DateTimeField()

    objects = TrusteeTermQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="trustee_term_starts_before_it_ends",
                violation_error_message=_("A trustee’s term cannot end before it starts."),
            ),
            models.CheckConstraint(
                condition=~Q(agreement=""),
                name="trustee_term_names_its_agreement",
                violation_error_message=_("A trustee is appointed under an agreement."),
            ),
            models.CheckConstraint(
                condition=Q(fee_percent__gte=0, fee_percent__lt=100),
                name="trustee_term_fee_below_all",
                violation_error_message=_("A fee is a percentage from 0 to less than 100."),
            ),
            on_any_day_once("trustee_term_no_overlap", _("There is one trustee on any day.")),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.starts_on}"

    def get_absolute_url(self) -> str:
        return reverse("funds:windows")
