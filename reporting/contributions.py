"""A donor's area: each contribution from pledge to deposit, and what the deposits were attributed to."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from alliance.core import formats
from alliance.core.display import MoneyStep
from funds.attributed import ProjectShare, attributed_to
from funds.models import Agreement, Deposit, Donor, Pledge, Stake
from proposals.models import Project

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Contribution:
    """A pledge with what followed it, or an agreement or deposit that came without one."""

    reference: str
    url: str
    state: Any
    steps: list[MoneyStep]


@dataclass(frozen=True)
class ProjectPart:
    """A donor's part of one project."""

    project: Any
    part: ProjectShare


@dataclass(frozen=True)
class DonorArea:
    """All of one donor: received less fee and refunds = attributed to projects + not yet allocated + its part of costs."""

    donor: Donor
    contributions: list[Contribution]
    received: Decimal
    fees: Decimal
    unallocated: Decimal
    projects: list[ProjectPart]

    @property
    def allocated(self) -> Decimal:
        return sum((row.part.allocated for row in self.projects), ZERO)

    @property
    def transferred(self) -> Decimal:
        return sum((row.part.transferred for row in self.projects), ZERO)

    @property
    def spent(self) -> Decimal:
        return sum((row.part.spent for row in self.projects), ZERO)

    @property
    def other(self) -> Decimal:
        """Its part of the fund's direct costs, bank charges, transfers to other funds, and what was refunded to it."""
        return self.received - self.fees - self.allocated - self.unallocated


def donor_area(donor: Donor) -> DonorArea:
    """Gather a donor's contributions and what became of them, as the ledger stands now."""
    pledges = list(Pledge.objects.filter(donor=donor).with_donor().order_by("-pledged_on", "-pk"))
    agreements = list(Agreement.objects.filter(donor=donor).with_donor().order_by("-signed_on", "-pk"))
    deposits = list(Deposit.objects.filter(donor=donor).with_donor().order_by("-received_on", "-pk"))
    return DonorArea(
        donor=donor,
        contributions=_contributions(pledges, agreements, deposits),
        received=sum((row.amount_usd for row in deposits), ZERO),
        fees=sum((row.fee_usd for row in deposits), ZERO),
        unallocated=Stake.objects.filter(source__donor=donor).aggregate(total=Sum("amount"))["total"] or ZERO,
        projects=_parts(donor),
    )


def _parts(donor: Donor) -> list[ProjectPart]:
    """Return the donor's part of each project, the newest approval first."""
    parts = attributed_to(donor)
    projects: QuerySet[Any] = Project.objects.filter(reference__in={part.project for part in parts})
    ordered = projects.select_related("lead").order_by("-approved_on", "-pk")
    return [ProjectPart(project, part) for project in ordered for part in parts if part.project == project.reference]


def _contributions(
    pledges: Iterable[Pledge], agreements: Iterable[Agreement], deposits: Iterable[Deposit]
) -> list[Contribution]:
    """Return one line for each pledge, then for agreements and deposits that stand alone."""
    agreements, deposits = list(agreements), list(deposits)
    found = []
    for pledge in pledges:
        signed = [row for row in agreements if row.pledge_id == pledge.pk and row.state != "cancelled"]
        came = [row for row in deposits if row.pledge_id == pledge.pk]
        steps = [_step(_("Pledged"), [pledge]), _step(_("Agreed"), signed), _step(_("Received"), came), _net(came)]
        found.append(Contribution(pledge.reference, pledge.get_absolute_url(), pledge, steps))
    for agreement in agreements:
        if agreement.pledge_id is None:
            came = [row for row in deposits if row.agreement_id == agreement.pk]
            steps = [_step(_("Agreed"), [agreement]), _step(_("Received"), came), _net(came)]
            found.append(Contribution(agreement.reference, agreement.get_absolute_url(), agreement, steps))
    for deposit in deposits:
        if deposit.agreement_id is None and deposit.pledge_id is None:
            steps = [_step(_("Received"), [deposit]), _net([deposit])]
            found.append(Contribution(deposit.reference, deposit.get_absolute_url(), None, steps))
    return found


def _step(label: str, rows: list[Any]) -> MoneyStep:
    """Return a stage in its own currency; amounts of several currencies are shown in dollars."""
    if not rows:
        return MoneyStep(label, done=False)
    url = rows[0].get_absolute_url() if len(rows) == 1 else ""
    currencies = {row.currency for row in rows}
    if len(currencies) == 1 and all(row.amount is not None for row in rows):
        return MoneyStep(label, formats.money(sum(row.amount for row in rows), currencies.pop()), url, _dates(rows))
    return MoneyStep(label, formats.money(sum(row.amount_usd for row in rows)), url, _dates(rows))


def _dates(rows: list[Any]) -> str:
    day = next(name for name in ("pledged_on", "signed_on", "received_on") if hasattr(rows[0], name))
    return ", ".join(sorted({formats.short_date(getattr(row, day)) for row in rows}))


def _net(deposits: list[Deposit]) -> MoneyStep:
    """Return what reached the pools: deposits at their booked rates, less the fee."""
    label = _("Into the pool, less the fee")
    if not deposits:
        return MoneyStep(label, done=False)
    fee = sum((row.fee_usd for row in deposits), ZERO)
    net = sum((row.net_usd for row in deposits), ZERO)
    return MoneyStep(label, formats.money(net), "", _("fee %(amount)s") % {"amount": formats.money(fee)})
