"""What the secretariat costs the fund, and its share of spending, against the ceiling that is set (R66)."""

from decimal import Decimal
from typing import NamedTuple

from django.conf import settings

from funds.statements import FundingStatus, percent

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
    funded = status.amount("transfers_partners") - status.amount("refunds_partners")
    return CostShare(cost, funded + cost, Decimal(settings.ALLIANCE_RULES["direct_cost_ceiling_percent"]))
