"""Vouchers: instructions that move money inside the fund's books. One person prepares, another authorises."""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.fields import MoneyField
from alliance.core.states import Move
from alliance.people.four_eyes import four_eyes
from alliance.people.models import Role
from alliance.register.models import Registered
from funds.querysets import VoucherQuerySet


class VoucherKind(models.TextChoices):
    """What a voucher moves, and from where to where."""

    INTEREST_FUND = "interest_fund", _("Interest earned by the fund")
    INTEREST_PARTNERS = "interest_partners", _("Interest from partners")
    DIRECT_COST = "direct_cost", _("Direct cost")
    BANK_CHARGES = "bank_charges", _("Bank charges")
    OTHER_FUND = "other_fund", _("Transfer to another fund")
    REFUND_SENT = "refund_sent", _("Refund sent by a partner")
    REFUND_RECEIVED = "refund_received", _("Refund received from a partner")
    DONOR_REFUND = "donor_refund", _("Refund to a donor")
    RELEASE = "release", _("Release of unspent allocation")
    WINDOW_TRANSFER = "window_transfer", _("Transfer between windows")
    REVERSAL = "reversal", _("Correction of a posting")


class VoucherState(models.TextChoices):
    PREPARED = "prepared", pgettext_lazy("voucher", "Prepared")
    POSTED = "posted", _("Posted")
    CANCELLED = "cancelled", _("Cancelled")


POOL_KINDS = (
    VoucherKind.INTEREST_FUND,
    VoucherKind.INTEREST_PARTNERS,
    VoucherKind.DIRECT_COST,
    VoucherKind.BANK_CHARGES,
    VoucherKind.OTHER_FUND,
)
PARTNER_KINDS = (VoucherKind.REFUND_SENT, VoucherKind.REFUND_RECEIVED)
# What a voucher of each kind is about; whatever is not named stays empty.
NAMES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(POOL_KINDS, ("window",)),
    **dict.fromkeys(PARTNER_KINDS, ("project", "organisation")),
    VoucherKind.DONOR_REFUND: ("window", "donor"),
    VoucherKind.RELEASE: ("project",),
    VoucherKind.WINDOW_TRANSFER: ("window", "destination"),
    VoucherKind.REVERSAL: ("posting",),
}
ABOUT = ("window", "destination", "project", "organisation", "donor", "posting")
WITH_REASON = (
    VoucherKind.DIRECT_COST,
    VoucherKind.OTHER_FUND,
    VoucherKind.DONOR_REFUND,
    VoucherKind.RELEASE,
    VoucherKind.WINDOW_TRANSFER,
    VoucherKind.REVERSAL,
)


def _names_only(kind: str) -> Q:
    """Return the condition that a row of this kind names what it is about, and nothing else."""
    said = Q(kind=kind)
    for name in ABOUT:
        given = name in NAMES[kind]
        said &= ~Q(project="") if name == "project" and given else Q()
        said &= Q(project="") if name == "project" and not given else Q()
        said &= Q(**{f"{name}__isnull": not given}) if name != "project" else Q()
    return said


class Voucher(Registered):
    """An instruction to post: prepared by one person, authorised and so posted by another, never changed (D3)."""

    REGISTER_PLAIN = ("reference", "project")
    TRANSITIONS = {
        "authorise": Move(frozenset({VoucherState.PREPARED}), VoucherState.POSTED, (Role.FINANCE_OFFICER, Role.HEAD)),
        "cancel": Move(frozenset({VoucherState.PREPARED}), VoucherState.CANCELLED, (Role.FINANCE_OFFICER, Role.HEAD)),
    }

    reference = models.CharField(_("reference"), max_length=20, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=VoucherKind)
    amount = MoneyField(_("amount"))
    effective_on = models.DateField(_("effective on"))
    window = models.ForeignKey("funds.Window", on_delete=models.PROTECT, null=True, related_name="vouchers")
    destination = models.ForeignKey("funds.Window", on_delete=models.PROTECT, null=True, related_name="+")
    project = models.CharField(_("project"), max_length=60, blank=True)
    organisation = models.ForeignKey("alliance.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    donor = models.ForeignKey("funds.Donor", on_delete=models.PROTECT, null=True, related_name="vouchers")
    posting = models.ForeignKey("funds.Posting", on_delete=models.PROTECT, null=True, related_name="vouchers")
    reason = models.TextField(_("reason"), blank=True)
    consent = models.CharField(_("donors’ consent"), max_length=200, blank=True)
    document = models.ForeignKey("alliance.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")
    bank_reference = models.CharField(_("bank's reference"), max_length=80, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=VoucherState, default=VoucherState.PREPARED)
    prepared_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    authorised_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, null=True, related_name="+")
    authorised_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)
    cancelled_why = models.TextField(blank=True)
    entry = models.OneToOneField("alliance.RegisterEntry", on_delete=models.PROTECT, null=True, related_name="voucher")

    objects = VoucherQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["state", "prepared_at"], name="voucher_by_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="voucher_positive",
                violation_error_message=_("An amount is more than zero."),
            ),
            models.CheckConstraint(
                condition=reduce(or_, (_names_only(kind) for kind in VoucherKind.values)),
                name="voucher_names_what_its_kind_needs",
                violation_error_message=_("A voucher names what its kind needs, and nothing else."),
            ),
            models.CheckConstraint(
                condition=Q(destination=None) | ~Q(destination=F("window")),
                name="voucher_two_windows",
                violation_error_message=_("A transfer goes from one window to another."),
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=sorted(WITH_REASON)) | ~Q(reason=""),
                name="voucher_says_why",
                violation_error_message=_("Say why: whoever authorises has to be able to judge it."),
            ),
            models.CheckConstraint(
                condition=Q(kind="window_transfer") | Q(consent=""),
                name="voucher_consent_to_a_transfer",
                violation_error_message=_("Consent belongs to a transfer between windows."),
            ),
            four_eyes("voucher"),
            models.CheckConstraint(
                condition=Q(
                    state="posted",
                    authorised_by__isnull=False,
                    authorised_at__isnull=False,
                    entry__isnull=False,
                )
                | (~Q(state="posted") & Q(authorised_by=None, authorised_at=None, entry=None)),
                name="voucher_posted_is_stamped",
                violation_error_message=_(
                    "A posted voucher says when, by whom and where it is posted; one that is not does not."
                ),
            ),
            models.CheckConstraint(
                condition=(
                    Q(state="cancelled", cancelled_by__isnull=False, cancelled_at__isnull=False) & ~Q(cancelled_why="")
                )
                | (~Q(state="cancelled") & Q(cancelled_by=None, cancelled_at=None, cancelled_why="")),
                name="voucher_cancelled_is_stamped",
                violation_error_message=_("A cancelled voucher says when, by whom and why; one that is not does not."),
            ),
            models.UniqueConstraint(
                fields=["posting"],
                condition=Q(posting__isnull=False) & ~Q(state="cancelled"),
                name="voucher_one_live_correction",
                violation_error_message=_("A correction of this posting is prepared or posted already."),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("funds:voucher", args=[self.reference])


class Consent(Registered):
    """A donor that consented to a transfer between windows: named donors' stakes alone are moved."""

    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, related_name="consents")
    donor = models.ForeignKey("funds.Donor", on_delete=models.PROTECT, related_name="consents")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["voucher", "donor"],
                name="consent_once",
                violation_error_message=_("This donor's consent is recorded already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.voucher_id} {self.donor_id}"
