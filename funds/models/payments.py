"""Payments out of the fund: one person prepares, another authorises, then it is paid and posted."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alliance.core.fields import MoneyField
from alliance.core.states import Move
from alliance.people.four_eyes import four_eyes
from alliance.people.models import PARTNER_ROLES, Role
from alliance.register.models import Registered
from funds.querysets import PaymentQuerySet


class PaymentState(models.TextChoices):
    PREPARED = "prepared", _("Prepared")
    AUTHORISED = "authorised", _("Authorised")
    PAID = "paid", _("Paid")
    ACKNOWLEDGED = "acknowledged", _("Receipt confirmed")
    CANCELLED = "cancelled", _("Cancelled")
    REVERSED = "reversed", _("Reversed")


class Payment(Registered):
    """Money sent to an organisation, from one account of the ledger to another. Four eyes, always (D3)."""

    REGISTER_PLAIN = ("reference",)
    TRANSITIONS = {
        "authorise": Move(
            frozenset({PaymentState.PREPARED}), PaymentState.AUTHORISED, (Role.FINANCE_OFFICER, Role.HEAD)
        ),
        "pay": Move(frozenset({PaymentState.AUTHORISED}), PaymentState.PAID, (Role.FINANCE_OFFICER,)),
        "acknowledge": Move(frozenset({PaymentState.PAID}), PaymentState.ACKNOWLEDGED, PARTNER_ROLES),
        "cancel": Move(
            frozenset({PaymentState.PREPARED, PaymentState.AUTHORISED}),
            PaymentState.CANCELLED,
            (Role.FINANCE_OFFICER, Role.HEAD),
        ),
        # Follows from the reversal of its posting: the bank sent it back, or it was booked by mistake.
        "reverse": Move(frozenset({PaymentState.PAID}), PaymentState.REVERSED, (Role.FINANCE_OFFICER, Role.HEAD)),
    }

    reference = models.CharField(_("reference"), max_length=20, unique=True)
    payee = models.ForeignKey("alliance.Organisation", on_delete=models.PROTECT, related_name="payments")
    purpose = models.CharField(_("purpose"), max_length=200)
    amount = MoneyField(_("amount"))
    debit = models.ForeignKey("funds.Account", on_delete=models.PROTECT, related_name="+")
    credit = models.ForeignKey("funds.Account", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=20, choices=PaymentState, default=PaymentState.PREPARED)
    prepared_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    authorised_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, null=True, related_name="+")
    authorised_at = models.DateTimeField(null=True)
    paid_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, null=True, related_name="+")
    paid_on = models.DateField(_("paid on"), null=True)
    bank_reference = models.CharField(_("bank's reference"), max_length=80, blank=True)
    acknowledged_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, null=True, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)
    cancelled_why = models.TextField(blank=True)
    entry = models.OneToOneField("alliance.RegisterEntry", on_delete=models.PROTECT, null=True, related_name="payment")

    objects = PaymentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="payment_positive",
                violation_error_message=_("An amount is more than zero."),
            ),
            models.CheckConstraint(
                condition=~Q(debit=F("credit")),
                name="payment_two_accounts",
                violation_error_message=_("A payment goes from one account to another."),
            ),
            four_eyes("payment"),
            models.CheckConstraint(
                condition=Q(state="prepared", authorised_by=None, authorised_at=None)
                | Q(state="cancelled")
                | Q(
                    state__in=("authorised", "paid", "acknowledged", "reversed"),
                    authorised_by__isnull=False,
                    authorised_at__isnull=False,
                ),
                name="payment_authorised_is_stamped",
                violation_error_message=_("An authorised payment says when and by whom; one that is not does not."),
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=("paid", "acknowledged", "reversed"),
                    paid_on__isnull=False,
                    paid_by__isnull=False,
                    entry__isnull=False,
                )
                | (~Q(state__in=("paid", "acknowledged", "reversed")) & Q(paid_on=None, paid_by=None, entry=None)),
                name="payment_paid_is_stamped",
                violation_error_message=_(
                    "A payment made says when, by whom and where it is posted; one that is not does not."
                ),
            ),
            models.CheckConstraint(
                condition=Q(state="acknowledged", acknowledged_by__isnull=False, acknowledged_at__isnull=False)
                | (~Q(state="acknowledged") & Q(acknowledged_by=None, acknowledged_at=None)),
                name="payment_acknowledged_is_stamped",
                violation_error_message=_(
                    "A confirmed receipt says when and by whom; one that is not confirmed does not."
                ),
            ),
            models.CheckConstraint(
                condition=Q(state="cancelled", cancelled_by__isnull=False, cancelled_at__isnull=False)
                | (~Q(state="cancelled") & Q(cancelled_by=None, cancelled_at=None)),
                name="payment_cancelled_is_stamped",
                violation_error_message=_("A cancelled payment says when and by whom; one that is not does not."),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("funds:payment", args=[self.reference])

    @property
    def is_over(self) -> bool:
        """Nothing of it is paid, and nothing will be: what it was for can be prepared anew."""
        return self.state in (PaymentState.CANCELLED, PaymentState.REVERSED)
