"""What was changed of a promise after it was made: earlier values stay, numbered; and the papers of an agreement."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.core.fields import MoneyField, OriginalAmountField, RateField
from alliance.register.models import Registered
from funds.models.contributions import Agreement, Pledge
from funds.models.valued import amount_is_explained, positive_usd


def numbered_once(of: str, name: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(
        fields=[of, "number"], name=name, violation_error_message=_("An amendment's number is used once.")
    )


def has_a_reason(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=~Q(why=""), name=name, violation_error_message=_("An amendment says why it was made.")
    )


class PledgeAmendment(Registered):
    """What a pledge was before it was amended. The pledge's own row holds what it is now. Rows are only ever added."""

    REGISTER_PLAIN = ("rate_source",)

    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, related_name="amendments")
    number = models.PositiveSmallIntegerField(_("number"))
    window = models.ForeignKey("funds.Window", on_delete=models.PROTECT, null=True, related_name="+")
    amount = OriginalAmountField(_("amount"), null=True)
    rate = RateField(null=True)
    rate_on = models.DateField(null=True)
    rate_source = models.CharField(max_length=200, blank=True)
    amount_usd = MoneyField(_("indicative amount in US dollars"))
    pledged_on = models.DateField(_("pledged on"))
    conditions = models.TextField(_("conditions"), blank=True)
    event = models.CharField(_("event"), max_length=200, blank=True)
    why = models.TextField(_("reason"))
    amended_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, related_name="+")
    amended_at = models.DateTimeField()

    class Meta:
        constraints = [
            numbered_once("pledge", "pledge_amendment_number_once"),
            has_a_reason("pledge_amendment_has_a_reason"),
            positive_usd("pledge_amendment_positive"),
            amount_is_explained("pledge_amendment_amount_with_rate"),
        ]

    def __str__(self) -> str:
        return f"{self.pledge_id}/{self.number}"


class AgreementAmendment(Registered):
    """What an agreement was before an amendment was signed; its earlier instalments point here. Only ever added."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="amendments")
    number = models.PositiveSmallIntegerField(_("number"))
    signed_on = models.DateField(_("signed on"))
    amount = OriginalAmountField(_("amount before"))
    amount_usd = MoneyField(_("amount in US dollars before"))
    why = models.TextField(_("reason"))
    recorded_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            numbered_once("agreement", "agreement_amendment_number_once"),
            has_a_reason("agreement_amendment_has_a_reason"),
            positive_usd("agreement_amendment_positive"),
            positive_usd("agreement_amendment_amount_positive", "amount"),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id}/{self.number}"


class AgreementDocument(Registered):
    """A paper of an agreement: whoever may read the agreement may read it. Rows are only ever added."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="documents")
    file = models.OneToOneField("alliance.StoredFile", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=200)
    added_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(title=""),
                name="agreement_document_has_a_title",
                violation_error_message=_("A document has a title."),
            )
        ]

    def __str__(self) -> str:
        return self.title
