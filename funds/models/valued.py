"""What pledges, agreements, deposits and pipeline entries have alike: an own amount, its rate, its worth in dollars."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.core.fields import CurrencyField, MoneyField, OriginalAmountField, RateField
from alliance.register.models import Registered
from funds.models.fund import said_source


def amount_is_explained(name: str) -> models.CheckConstraint:
    """An own amount comes with its rate and the rate's day; without a rate the own amount is unknown, never invented."""
    return models.CheckConstraint(
        # `isnull` beside `gt`: a comparison with null is neither true nor false, and a check lets that pass.
        condition=Q(amount__isnull=False, amount__gt=0, rate__isnull=False, rate__gt=0, rate_on__isnull=False)
        | Q(amount=None, rate=None, rate_on=None),
        name=name,
        violation_error_message=_("An amount above zero comes with its rate of exchange; an unknown one has none."),
    )


def positive_usd(name: str, field: str = "amount_usd") -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(**{f"{field}__gt": 0}), name=name, violation_error_message=_("An amount is more than zero.")
    )


class Valued(Registered):
    """A row with an amount in its own currency, and its worth in the fund's, at a rate that has a source."""

    amount = OriginalAmountField(_("amount"), null=True, blank=True)
    currency = CurrencyField(_("currency"))
    rate = RateField(null=True, blank=True)
    rate_on = models.DateField(null=True, blank=True)
    rate_source = models.CharField(max_length=200, blank=True)
    amount_usd = MoneyField(_("amount in US dollars"))

    class Meta:
        abstract = True

    @property
    def rate_source_said(self) -> str:
        return said_source(self.rate_source)
