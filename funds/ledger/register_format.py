"""Which guarded kinds of account the register's first format knows: whoever checks a file tells by them what may not be overdrawn."""

from alliance.register.file_format import announce
from funds.ledger.chart import GUARDED
from funds.models import Account

FIRST_GUARDED = frozenset({"pool", "project", "partner", "refunds_in_transit"})


def later_guarded() -> set[str]:
    """Return the guarded kinds of later releases of which there are accounts."""
    later = GUARDED - FIRST_GUARDED
    return set(Account.objects.filter(kind__in=later).values_list("kind", flat=True)) if later else set()


announce("guarded", later_guarded)
