"""Closing for good: a project's accounts, and the check before the fund itself is closed."""

from django.utils.translation import gettext_lazy as _

from alliance.core import clock, formats
from alliance.core.errors import OutOfState, Refused
from alliance.people.models import User
from alliance.register import operation, record
from funds.ledger.closing import accounts_of_project, fund_closing, holding
from funds.models import Account, ClosedProject


@operation
def close_accounts(*, by: User, project: str) -> ClosedProject:
    """Close a project's accounts: none of them takes a posting any more. For `close_project`, which checks the rest.

    The accounts are locked before they are read: a payment on its way is posted before, or refused after.
    Raises Refused while one of them holds money, OutOfState when they are closed already.
    """
    list(accounts_of_project(project).select_for_update(no_key=True).order_by("pk"))
    if ClosedProject.objects.filter(reference=project).exists():
        raise OutOfState()
    if holding(accounts_of_project(project)).exists():
        raise Refused(_("Money is left with the project or a partner: it is released or refunded first."))
    closed = ClosedProject.objects.create(reference=project, closed_on=clock.today())
    record("accounts.closed/1", by=by, rows=[closed], facts={"project": project, "on": closed.closed_on}, public=True)
    return closed


def require_clear() -> None:
    """Raise Refused, with what is still open, unless every account of the fund's money is at zero."""
    list(Account.objects.filter(guarded=True).exclude(debits=0).select_for_update(no_key=True).order_by("pk"))
    found = fund_closing()
    if found.is_clear:
        return
    still = [f"{kind.label} – {formats.money(kind.amount)}" for kind in found.kinds if kind.amount]
    if found.payments:
        still.append(str(_("Payments under way: %(number)s") % {"number": len(found.payments)}))
    if found.vouchers:
        still.append(str(_("Vouchers under way: %(number)s") % {"number": len(found.vouchers)}))
    raise Refused(_("The fund is not closed while something is open. %(still)s.") % {"still": "; ".join(still)})
