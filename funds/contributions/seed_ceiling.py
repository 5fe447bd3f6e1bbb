"""The ceiling on the trustee's seed capital, in exact arithmetic. Pure: no Django.

The rule (R98): the trustee's own money is at most a share of the *total funding requested*; exactly the share complies.
Two readings of the same rule: against the total, B ≤ c·T; against what others give, B ≤ c/(1-c)·O, as T = O + B.
"""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

CENT = Decimal("0.01")
HUNDRED = Decimal(100)


def most_of_total(total: Decimal, percent: Decimal) -> Decimal:
    """Return the most seed money that a total requested allows, in whole cents."""
    return (total * percent / HUNDRED).quantize(CENT, rounding=ROUND_FLOOR)


def most_beside(others: Decimal, percent: Decimal) -> Decimal:
    """Return the most seed money that others' money allows, in whole cents."""
    return (others * percent / (HUNDRED - percent)).quantize(CENT, rounding=ROUND_FLOOR)


def others_needed(seed: Decimal, percent: Decimal) -> Decimal:
    """Return the least that others must give beside this seed money, in whole cents."""
    return (seed * (HUNDRED - percent) / percent).quantize(CENT, rounding=ROUND_CEILING)


def complies(seed: Decimal, total: Decimal, percent: Decimal) -> bool:
    """Say whether the seed money is within its share of the total, exactly the share included."""
    return seed * HUNDRED <= percent * total
