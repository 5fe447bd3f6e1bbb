"""What came of an agreement until now, and where each of its instalments stands."""

from decimal import Decimal

from alliance.core import clock
from funds.contributions.matching import Standing, standings
from funds.models import Agreement

ZERO = Decimal("0.00")


def standings_of(agreement: Agreement) -> list[Standing]:
    """Return where each instalment of an agreement stands today."""
    instalments, deposits = list(agreement.instalments.all()), list(agreement.deposits.all())
    return standings(instalments, deposits, agreement.currency, clock.today())


def received_in_own_currency_of(agreement: Agreement) -> Decimal | None:
    """Return what came in the agreement's own currency; None when a deposit's own amount is unknown or in another one."""
    deposits = list(agreement.deposits.all())
    if any(d.amount is None or d.currency != agreement.currency for d in deposits):
        return None
    return sum((d.amount for d in deposits), ZERO)
