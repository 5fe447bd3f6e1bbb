"""Contributions that are not cash: promised, acknowledged, delivered, cancelled. They move no money and enter no sum of it."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from alliance.access import require
from alliance.core import clock
from alliance.core.errors import Refused
from alliance.core.references import next_reference
from alliance.core.states import advance
from alliance.people.models import User
from alliance.register import operation, record
from funds import permissions
from funds.models import Act, Donor, Fund, NonCashKind, NonCashPledge
from funds.operations.diligence import require_cleared, require_not_barred
from funds.operations.valuation import FUND_CURRENCY, check_amount, check_not_future


@operation
def record_non_cash_pledge(
    *,
    by: User,
    donor: Donor,
    kind: str,
    description: str,
    pledged_on: date,
    worth_usd: Decimal | None = None,
    event: str = "",
) -> NonCashPledge:
    """Note something in kind or a person seconded, with an estimated worth in dollars, if any. It is never money.

    By the same people, from the same status of the fund on, and with the same bar by due diligence as a pledge of money.
    """
    require(permissions.may_pledge(by, donor.organisation_id), _("Only a donor's own contributors pledge for it."))
    Fund.objects.held().require(Act.PLEDGE)
    check_not_future(pledged_on, "pledged_on")
    require_not_barred(donor)
    if not description.strip():
        raise Refused(_("A contribution other than cash says what it is."), field="description")
    if worth_usd is not None:
        check_amount(worth_usd, FUND_CURRENCY, field="worth_usd")
    row = NonCashPledge.objects.create(
        reference=next_reference("DON"),
        donor=donor,
        kind=NonCashKind(kind),
        description=description.strip(),
        worth_usd=worth_usd,
        pledged_on=pledged_on,
        event=event.strip(),
        noted_by=by,
        noted_at=clock.now(),
    )
    record("non_cash.pledged/1", by=by, rows=[row], facts=_facts(row))
    return row


@operation
def acknowledge_non_cash_pledge(*, by: User, pledge: NonCashPledge) -> NonCashPledge:
    """Acknowledge it for the secretariat; a private entity's only after due diligence."""
    require(permissions.may_acknowledge_pledge(by), _("The secretariat acknowledges pledges."))
    pledge = _locked(pledge)
    require_cleared(pledge.donor)
    advance(pledge, "acknowledge")
    pledge.acknowledged_at = clock.now()
    pledge.save(update_fields=["state", "acknowledged_at"])
    record("non_cash.acknowledged/1", by=by, rows=[pledge], facts=_facts(pledge), public=True)
    return pledge


@operation
def deliver_non_cash_pledge(*, by: User, pledge: NonCashPledge, on: date) -> NonCashPledge:
    """Record that the thing or the person has come."""
    require(permissions.may_acknowledge_pledge(by), _("The secretariat records what was delivered."))
    pledge = _locked(pledge)
    check_not_future(on, "on")
    if on < pledge.pledged_on:
        raise Refused(_("This is before the pledge was made."), field="on")
    advance(pledge, "deliver")
    pledge.delivered_on = on
    pledge.save(update_fields=["state", "delivered_on"])
    record("non_cash.delivered/1", by=by, rows=[pledge], facts=_facts(pledge), public=True)
    return pledge


@operation
def cancel_non_cash_pledge(*, by: User, pledge: NonCashPledge, why: str) -> NonCashPledge:
    """Withdraw it, with the reason."""
    require(
        permissions.may_cancel_pledge(by, pledge.donor.organisation_id),
        _("A pledge is withdrawn by its donor's signatory or by the secretariat."),
    )
    pledge = _locked(pledge)
    if not why.strip():
        raise Refused(_("Say why the pledge is cancelled."), field="why")
    advance(pledge, "cancel")
    pledge.cancelled_at, pledge.cancelled_why = clock.now(), why.strip()
    pledge.save(update_fields=["state", "cancelled_at", "cancelled_why"])
    is_public = pledge.acknowledged_at is not None
    record("non_cash.cancelled/1", by=by, rows=[pledge], facts=_facts(pledge), public=is_public)
    return pledge


def _locked(pledge: NonCashPledge) -> NonCashPledge:
    rows = NonCashPledge.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("donor__organisation").get(pk=pledge.pk)


def _facts(row: NonCashPledge) -> dict[str, object]:
    return {"pledge": row.reference, "donor": row.donor.organisation.slug, "kind": row.kind, "worth_usd": row.worth_usd}
