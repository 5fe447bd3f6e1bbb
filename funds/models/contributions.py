"""What donors promise, sign and send: pledges, agreements, instalments, deposits."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.fields import MoneyField, OriginalAmountField
from alliance.core.states import Move
from alliance.people.models import Role
from alliance.register.models import Registered
from funds.models.donors import Donor
from funds.models.valued import Valued, amount_is_explained, positive_usd
from funds.querysets import AgreementQuerySet, DepositQuerySet, InstalmentQuerySet, PledgeQuerySet


class PledgeState(models.TextChoices):
    PLEDGED = "pledged", pgettext_lazy("pledge", "Pledged")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("pledge", "Acknowledged")
    CANCELLED = "cancelled", pgettext_lazy("pledge", "Cancelled")
    WRITTEN_OFF = "written_off", pgettext_lazy("pledge", "Written off")


class Pledge(Valued):
    """A promise in the donor's own currency. It is not money: it raises no balance (R56).

    The dollar figure is indicative. `settled_on` says that nothing more is owed: what was promised came in, in
    its own currency, or the secretariat accepted it as paid; a dollar difference is then an exchange difference.
    """

    REGISTER_PLAIN = ("reference", "rate_source")
    REGISTER_LATER = {"event": ""}
    TRANSITIONS = {
        "acknowledge": Move(
            frozenset({PledgeState.PLEDGED}), PledgeState.ACKNOWLEDGED, (Role.OFFICER, Role.FINANCE_OFFICER, Role.HEAD)
        ),
        "cancel": Move(
            frozenset({PledgeState.PLEDGED, PledgeState.ACKNOWLEDGED}),
            PledgeState.CANCELLED,
            (Role.DONOR_SIGNATORY, Role.OFFICER, Role.HEAD),
        ),
        "write_off": Move(
            frozenset({PledgeState.ACKNOWLEDGED}), PledgeState.WRITTEN_OFF, (Role.FINANCE_OFFICER, Role.HEAD)
        ),
        # Follows from the reversal of a deposit beside which the rest was written off.
        "reopen": Move(frozenset({PledgeState.WRITTEN_OFF}), PledgeState.ACKNOWLEDGED),
    }

    reference = models.CharField(_("reference"), max_length=20, unique=True)
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="pledges")
    window = models.ForeignKey("funds.Window", on_delete=models.PROTECT, null=True, blank=True, related_name="pledges")
    amount_usd = MoneyField(_("indicative amount in US dollars"))
    pledged_on = models.DateField(_("pledged on"))
    conditions = models.TextField(_("conditions"), blank=True)
    event = models.CharField(_("event"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=PledgeState, default=PledgeState.PLEDGED)
    noted_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, null=True, related_name="+")
    noted_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)
    cancelled_why = models.TextField(blank=True)
    settled_on = models.DateField(null=True)
    written_off_on = models.DateField(null=True)
    written_off_usd = MoneyField(null=True)

    objects = PledgeQuerySet.as_manager()

    class Meta:
        constraints = [
            positive_usd("pledge_positive"),
            amount_is_explained("pledge_amount_with_rate"),
            models.CheckConstraint(
                condition=Q(state__in=("pledged", "cancelled"), acknowledged_at=None)
                | Q(state__in=("acknowledged", "cancelled", "written_off"), acknowledged_at__isnull=False),
                name="pledge_acknowledged_is_stamped",
                violation_error_message=_("An acknowledged pledge says when; one that is not does not."),
            ),
            models.CheckConstraint(
                condition=Q(state="cancelled", cancelled_at__isnull=False)
                | (~Q(state="cancelled") & Q(cancelled_at=None)),
                name="pledge_cancelled_is_stamped",
                violation_error_message=_("A cancelled pledge says when; one that is not does not."),
            ),
            models.CheckConstraint(
                condition=Q(written_off_on=None, written_off_usd=None)
                | Q(
                    written_off_on__isnull=False,
                    written_off_usd__isnull=False,
                    written_off_usd__gt=0,
                    written_off_usd__lte=F("amount_usd"),
                ),
                name="pledge_write_off_has_its_amount",
                violation_error_message=_("A write-off has a date and an amount, and not more than was pledged."),
            ),
            models.CheckConstraint(
                condition=~Q(state="written_off") | Q(written_off_on__isnull=False),
                name="pledge_written_off_is_stamped",
                violation_error_message=_("A pledge written off says when and how much."),
            ),
            models.CheckConstraint(
                condition=Q(settled_on=None) | Q(state="acknowledged"),
                name="pledge_settled_is_acknowledged",
                violation_error_message=_("Only an acknowledged pledge can be paid."),
            ),
        ]
        indexes = [models.Index(fields=["donor", "-pledged_on"], name="pledge_by_donor")]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("funds:pledge", args=[self.reference])

    @property
    def is_public(self) -> bool:
        """Public once the secretariat acknowledged it, whatever became of it then."""
        return self.acknowledged_at is not None

    @property
    def is_settled(self) -> bool:
        return self.settled_on is not None


class AgreementState(models.TextChoices):
    SIGNED = "signed", _("Signed")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", _("Cancelled")


class Agreement(Valued):
    """A signed contribution agreement, paid in instalments or at once. It is not cash."""

    REGISTER_PLAIN = ("reference", "rate_source", "kind")
    TRANSITIONS = {
        # Follows from the last deposit; a cancelled agreement keeps the deposits it had.
        "complete": Move(frozenset({AgreementState.SIGNED}), AgreementState.COMPLETED),
        # Follows from the reversal of a deposit that it was completed by.
        "reopen": Move(frozenset({AgreementState.COMPLETED}), AgreementState.SIGNED),
        "cancel": Move(frozenset({AgreementState.SIGNED}), AgreementState.CANCELLED, (Role.FINANCE_OFFICER, Role.HEAD)),
    }

    reference = models.CharField(_("reference"), max_length=20, unique=True)
    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, null=True, blank=True, related_name="agreements")
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="agreements")
    window = models.ForeignKey(
        "funds.Window", on_delete=models.PROTECT, null=True, blank=True, related_name="agreements"
    )
    signed_on = models.DateField(_("signed on"))
    kind = models.CharField(_("kind of document"), max_length=80, blank=True)
    fee_percent = models.DecimalField(_("fee, per cent"), max_digits=5, decimal_places=2)
    state = models.CharField(_("state"), max_length=20, choices=AgreementState, default=AgreementState.SIGNED)
    recorded_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    completed_on = models.DateField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_why = models.TextField(blank=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        constraints = [
            positive_usd("agreement_positive"),
            amount_is_explained("agreement_amount_with_rate"),
            models.CheckConstraint(
                condition=Q(fee_percent__gte=0, fee_percent__lt=100),
                name="agreement_fee_below_all",
                violation_error_message=_("A fee is a percentage from 0 to less than 100."),
            ),
            models.CheckConstraint(
                condition=Q(state="completed", completed_on__isnull=False)
                | (~Q(state="completed") & Q(completed_on=None)),
                name="agreement_completed_is_stamped",
                violation_error_message=_("A completed agreement says when; one that is not does not."),
            ),
            models.CheckConstraint(
                condition=Q(state="cancelled", cancelled_at__isnull=False)
                | (~Q(state="cancelled") & Q(cancelled_at=None)),
                name="agreement_cancelled_is_stamped",
                violation_error_message=_("A cancelled agreement says when; one that is not does not."),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("funds:agreement", args=[self.reference])


class InForce(models.Manager["Instalment"]):
    """The instalments that an agreement has now; those that an amendment replaced are in `ever`, as of a day in `ever.in_force(day)`."""

    def get_queryset(self) -> models.QuerySet[Instalment]:
        return super().get_queryset().filter(replaced_by=None)


class Instalment(Registered):
    """A part of an agreement due on a day, in the agreement's currency."""

    REGISTER_LATER = {"replaced_by_id": None}

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="instalments")
    number = models.PositiveSmallIntegerField(_("number"))
    due_on = models.DateField(_("due on"))
    amount = OriginalAmountField(_("amount"))
    replaced_by = models.ForeignKey(
        "funds.AgreementAmendment", on_delete=models.PROTECT, null=True, related_name="replaced"
    )

    objects = InForce()
    ever = InstalmentQuerySet.as_manager()

    class Meta:
        constraints = [
            positive_usd("instalment_positive", "amount"),
            models.UniqueConstraint(
                fields=["agreement", "number"],
                condition=Q(replaced_by=None),
                name="instalment_number_once",
                violation_error_message=_("An instalment's number is used once in an agreement."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id}/{self.number}"

    @classmethod
    def registered_rows(cls) -> models.QuerySet[Instalment]:
        return cls.ever.all()


DepositManager = models.Manager.from_queryset(DepositQuerySet)


class StandingDeposits(DepositManager):
    """The deposits that stand now; those whose money was reversed are in `ever`, and as of a day in `ever.standing(day)`."""

    def get_queryset(self) -> DepositQuerySet:
        return DepositQuerySet(self.model, using=self._db).standing()


class Deposit(Valued):
    """Cash received, at the rate booked on the day. The only act of a donor that raises what can be allocated.

    It stands until the posting of its money is reversed: booked by mistake, it then counts as received nowhere.
    """

    REGISTER_PLAIN = ("reference", "rate_source")
    REGISTER_LATER = {"paying_agency_id": None, "reversed_on": None}

    reference = models.CharField(_("reference"), max_length=20, unique=True)
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="deposits")
    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, null=True, blank=True, related_name="deposits")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, null=True, blank=True, related_name="deposits")
    instalment = models.ForeignKey(Instalment, on_delete=models.PROTECT, null=True, blank=True, related_name="deposits")
    window = models.ForeignKey("funds.Window", on_delete=models.PROTECT, related_name="deposits")
    received_on = models.DateField(_("received on"))
    bank_reference = models.CharField(_("bank's reference"), max_length=80, blank=True)
    paying_agency = models.ForeignKey("funds.DonorAlias", on_delete=models.PROTECT, null=True, related_name="deposits")
    fee_percent = models.DecimalField(_("fee, per cent"), max_digits=5, decimal_places=2)
    fee_usd = MoneyField(_("fee in US dollars"))
    is_seed = models.BooleanField(_("trustee's seed capital"), default=False)
    reversed_on = models.DateField(_("reversed on"), null=True)
    recorded_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    entry = models.OneToOneField("alliance.RegisterEntry", on_delete=models.PROTECT, related_name="deposit")

    objects = StandingDeposits()
    ever = DepositQuerySet.as_manager()

    class Meta:
        constraints = [
            amount_is_explained("deposit_amount_with_rate"),
            models.CheckConstraint(
                condition=Q(reversed_on=None) | Q(reversed_on__gte=F("received_on")),
                name="deposit_reversed_after_it_came",
                violation_error_message=_("A deposit is reversed on the day it came in, or later."),
            ),
            models.CheckConstraint(
                condition=Q(fee_usd__gte=0, fee_usd__lt=F("amount_usd")),
                name="deposit_fee_below_amount",
                violation_error_message=_("A deposit is more than zero, and its fee is smaller."),
            ),
            models.CheckConstraint(
                condition=Q(instalment=None) | Q(agreement__isnull=False),
                name="deposit_instalment_of_an_agreement",
                violation_error_message=_("An instalment belongs to an agreement."),
            ),
        ]
        indexes = [models.Index(fields=["donor", "-received_on"], name="deposit_by_donor")]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("funds:deposit", args=[self.reference])

    @classmethod
    def registered_rows(cls) -> models.QuerySet[Deposit]:
        return cls.ever.all()

    @property
    def net_usd(self) -> Decimal:
        return self.amount_usd - self.fee_usd

    @property
    def is_reversed(self) -> bool:
        """See also DepositQuerySet.standing."""
        return self.reversed_on is not None
