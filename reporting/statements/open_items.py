"""What is not settled yet: refunds on their way, instalments overdue, deposits that match no agreement. With their age."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from alliance.core.translated import names
from funds.contributions.ageing import overdue_on
from funds.ledger.refunds_in_transit import refunds_in_transit
from funds.models import Deposit
from reporting.statements.overview import with_total
from reporting.statements.scope import StatementScope
from reporting.statements.shape import Cell, Column, Table, TableRow

ZERO = Decimal("0.00")


def open_items(of: StatementScope) -> tuple[Table, ...]:
    return (_in_transit(of), _overdue(of), _unmatched(of))


def _in_transit(of: StatementScope) -> Table:
    """Refunds that partners have sent and the administrative agent does not have yet."""
    lines = [
        _aged(of, one.account.subject, one.amount, one.since, of.total(account=one.account.code))
        for one in refunds_in_transit(of.as_of)
    ]
    return Table(_("Refunds in transit"), _("Project and partner"), _columns(_("Sent on")), with_total(lines))


def _columns(day: str) -> tuple[Column, ...]:
    return Column(_("Amount")), Column(day, "date"), Column(_("Age in days"), "number")


def _aged(of: StatementScope, label: str, amount: Decimal, day: date, url: str) -> TableRow:
    return TableRow(label, (Cell(amount, url), Cell(day), Cell((of.as_of - day).days)), "row", label, url)


def _overdue(of: StatementScope) -> Table:
    """Instalments due by the day for which not enough had come in, at the agreement's rate, as the ageing page has them."""
    lines = [
        _aged(
            of, f"{one.agreement.reference} {one.agreement.donor.name}", one.owed_usd, one.instalment.due_on,
            one.agreement.get_absolute_url(),
        )
        for one in overdue_on(of.as_of)
    ]  # fmt: skip
    lines.sort(key=lambda line: (line.cells[1].value, line.label))
    return Table(_("Instalments overdue"), _("Agreement"), _columns(_("Due on")), with_total(lines))


def _unmatched(of: StatementScope) -> Table:
    """Deposits that stand on no agreement and no pledge."""
    rows = Deposit.ever.standing(of.as_of).filter(agreement=None, pledge=None)
    rows = rows.only("reference", "amount_usd", "received_on", *names("donor__organisation"))
    lines = [
        _aged(of, f"{one.reference} {one.donor.name}", one.amount_usd, one.received_on, one.get_absolute_url())
        for one in rows.select_related("donor__organisation").order_by("received_on", "pk")
    ]
    return Table(_("Deposits without an agreement"), _("Deposit"), _columns(_("Received on")), with_total(lines))
