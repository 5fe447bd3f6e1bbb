"""What is still open of a project before it can be closed, read from its rows and its accounts."""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from funds.ledger.chart import CHART
from funds.ledger.closing import accounts_of_project, holding, vouchers_under_way
from funds.models import AccountKind, PaymentState
from proposals.models import Contract, PartnerReport, Project, Tranche

HELD = {kind: record.left_of_project for kind, record in CHART.items() if record.left_of_project}
UNDER_WAY = (PaymentState.PREPARED, PaymentState.AUTHORISED)


class OpenItem(NamedTuple):
    """One thing that keeps a project from being closed: what, which one, how much, and where it is."""

    label: Promise
    subject: str
    url: str
    amount: Decimal | None = None


def open_items(project: Project) -> list[OpenItem]:
    """Return everything that is still open of a project, the money first.

    A tranche that nobody has prepared is open while the project holds money for it; once the rest of the allocation is
    released it cannot be paid any more, and lapses.
    """
    money = list(_money(project))
    undisbursed = any(item.label == HELD[AccountKind.PROJECT] for item in money)
    return [*money, *_vouchers(project), *_tranches(project, undisbursed), *_reports(project), *_contracts(project)]


def _money(project: Project) -> Iterator[OpenItem]:
    for account in holding(accounts_of_project(project.reference)):
        place = f"{reverse('reporting:postings')}?account={account.code}"
        yield OpenItem(HELD[AccountKind(account.kind)], account.code, place, account.balance)


def _vouchers(project: Project) -> Iterator[OpenItem]:
    for row in vouchers_under_way().filter(project=project.reference).order_by("pk"):
        yield OpenItem(_("Voucher not authorised"), row.reference, row.get_absolute_url(), row.amount)


def _tranches(project: Project, undisbursed: bool) -> Iterator[OpenItem]:
    rows = Tranche.objects.filter(contract__project=project, contract__state=Contract.State.SIGNED)
    for row in rows.select_related("contract", "payment").order_by("contract_id", "number"):
        name = f"{row.contract.reference} / {row.number}"
        if row.payment is not None and row.payment.state in UNDER_WAY:
            yield OpenItem(_("Payment under way"), name, row.contract.get_absolute_url(), row.amount)
        elif undisbursed and (row.payment is None or row.payment.is_over):
            yield OpenItem(_("Tranche not paid"), name, row.contract.get_absolute_url(), row.amount)


def _reports(project: Project) -> Iterator[OpenItem]:
    rows = PartnerReport.objects.filter(contract__project=project, contract__state=Contract.State.SIGNED)
    for row in rows.exclude(state=PartnerReport.State.ACCEPTED).order_by("due_on", "pk"):
        yield OpenItem(_("Report not accepted"), row.reference, row.get_absolute_url())


def _contracts(project: Project) -> Iterator[OpenItem]:
    rows = project.contracts.filter(state__in=(Contract.State.DRAFT, Contract.State.OFFERED))
    for row in rows.order_by("pk"):
        yield OpenItem(_("Contract not signed"), row.reference, row.get_absolute_url(), row.amount)
