"""Promises that are not cash: things and people. They have an estimated worth, and count in no sum of money."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.fields import MoneyField
from alliance.core.states import Move
from alliance.people.models import SECRETARIAT_ROLES, Role
from alliance.register.models import Registered
from funds.models.donors import Donor
from funds.querysets import NonCashPledgeQuerySet


class NonCashKind(models.TextChoices):
    IN_KIND = "in_kind", _("In kind")
    SECONDMENT = "secondment", _("Secondment")


class NonCashState(models.TextChoices):
    PLEDGED = "pledged", pgettext_lazy("pledge", "Pledged")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("pledge", "Acknowledged")
    DELIVERED = "delivered", _("Delivered")
    CANCELLED = "cancelled", pgettext_lazy("pledge", "Cancelled")


class NonCashPledge(Registered):
    """Something in kind, or a person seconded. A table of its own: no sum of pledges can ever take it in."""

    TRANSITIONS = {
        "acknowledge": Move(frozenset({NonCashState.PLEDGED}), NonCashState.ACKNOWLEDGED, SECRETARIAT_ROLES),
        "deliver": Move(frozenset({NonCashState.ACKNOWLEDGED}), NonCashState.DELIVERED, SECRETARIAT_ROLES),
        "cancel": Move(
            frozenset({NonCashState.PLEDGED, NonCashState.ACKNOWLEDGED}),
            NonCashState.CANCELLED,
            (Role.DONOR_SIGNATORY, Role.OFFICER, Role.HEAD),
        ),
    }

    reference = models.CharField(_("reference"), max_length=20, unique=True)
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="non_cash_pledges")
    kind = models.CharField(_("kind"), max_length=20, choices=NonCashKind)
    description = models.TextField(_("description"))
    worth_usd = MoneyField(_("estimated worth in US dollars"), null=True)
    pledged_on = models.DateField(_("pledged on"))
    event = models.CharField(_("event"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=NonCashState, default=NonCashState.PLEDGED)
    noted_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    delivered_on = models.DateField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_why = models.TextField(blank=True)

    objects = NonCashPledgeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=NonCashKind.values),
                name="non_cash_kind_known",
                violation_error_message=_("This is not a kind of contribution other than cash."),
            ),
            models.CheckConstraint(
                condition=~Q(description=""),
                name="non_cash_says_what_it_is",
                violation_error_message=_("A contribution other than cash says what it is."),
            ),
            models.CheckConstraint(
                condition=Q(worth_usd=None) | Q(worth_usd__isnull=False, worth_usd__gt=0),
                name="non_cash_worth_positive",
                violation_error_message=_("An amount is more than zero."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=("pledged", "cancelled"), acknowledged_at=None)
                | Q(state__in=("acknowledged", "delivered", "cancelled"), acknowledged_at__isnull=False),
                name="non_cash_acknowledged_is_stamped",
                violation_error_message=_("An acknowledged pledge says when; one that is not does not."),
            ),
            models.CheckConstraint(
                condition=Q(state="delivered", delivered_on__isnull=False)
                | (~Q(state="delivered") & Q(delivered_on=None)),
                name="non_cash_delivered_is_stamped",
                violation_error_message=_("What was delivered says when; what was not does not."),
            ),
            models.CheckConstraint(
                condition=Q(state="cancelled", cancelled_at__isnull=False)
                | (~Q(state="cancelled") & Q(cancelled_at=None)),
                name="non_cash_cancelled_is_stamped",
                violation_error_message=_("A cancelled pledge says when; one that is not does not."),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("funds:non_cash_pledge", args=[self.reference])
