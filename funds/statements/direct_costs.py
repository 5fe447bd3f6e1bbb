"""What the secretariat costs the fund, and its share of spending, against the ceiling that is set (R66)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from django.conf import settings

from funds.statements.funding_status import FundingStatus, percent

ZERO = Decimal("0.00")


class CostShare(NamedTuple):
    """Direct cost, and the spending it is part of: net funded amount and direct cost together. Ours."""

    cost: Decimal
    spending: Decimal
    ceiling: Decimal

    @property
    def percent(self) -> Decimal | None:
        return percent(self.cost, self.spending)

    @property
    def is_above(self) -> bool:
        return self.cost * 100 > self.ceiling * self.spending


def cost_share(status: FundingStatus, more: Decimal = ZERO) -> CostShare:
    """Return the share as the statement has it, with `more` direct cost that is not posted yet."""
    cost = status.amount("direct_cost") + more
    spending = spending_of({row.code: row.amount for row in status.rows}) + more
    return CostShare(cost, spending, Decimal(settings.ALLIANCE_RULES["direct_cost_ceiling_percent"]))


def spending_of(amounts: Mapping[str, Decimal]) -> Decimal:
    """Return the spending that direct cost is a share of, from the amounts of a statement by their codes."""
    return amounts["transfers_partners"] - amounts["refunds_partners"] + amounts["direct_cost"]
