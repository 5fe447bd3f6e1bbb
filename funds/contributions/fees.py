"""The trustee's fee on what comes in: which percentage holds on a day."""

from datetime import date
from decimal import Decimal

from django.conf import settings

from funds.models import TrusteeTerm


def default_fee_percent(on: date) -> Decimal:
    """Return the agent's fee, in per cent, of what is signed or received on a day: the trustee's of that day, else ours."""
    term = TrusteeTerm.objects.on(on)
    return term.fee_percent if term else Decimal(settings.ALLIANCE_RULES["fee_percent"])
