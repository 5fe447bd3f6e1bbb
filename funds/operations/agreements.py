"""Contribution agreements and their instalments. Signed is not received."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from alliance.access import require
from alliance.core import clock, formats
from alliance.core.errors import OutOfState, Refused
from alliance.core.references import next_reference
from alliance.core.states import advance
from alliance.people.models import User
from alliance.register import operation, record
from funds import permissions
from funds.contributions.fees import default_fee_percent
from funds.models import (
    Act,
    Agreement,
    AgreementState,
    Donor,
    Fund,
    Instalment,
    Pledge,
    PledgeState,
    Window,
)
from funds.operations.diligence import require_not_barred
from funds.operations.donors import carry_donor_on
from funds.operations.pledges import check_window, lock_pledge
from funds.operations.seed import require_signable
from funds.operations.valuation import Value, check_amount, check_fee_percent, check_not_future, valued

type Due = tuple[date, Decimal]


@operation
def sign_agreement(
    *,
    by: User,
    donor: Donor,
    amount: Decimal,
    currency: str,
    signed_on: date,
    window: Window | None = None,
    pledge: Pledge | None = None,
    fee_percent: Decimal | None = None,
    instalments: Sequence[Due] = (),
) -> Agreement:
    """Record a signed contribution agreement, with its instalments in its own currency.

    The fee is the administrative agent's, in per cent of each deposit; by default the trustee's of the day of signature. Instalments, if any, add up to
    the amount. With a pledge, donor and currency are the pledge's. Raises Refused, OutOfState (R103), NotAllowed.
    """
    require(permissions.may_record_money(by), _("Finance officers record agreements."))
    check_not_future(signed_on, "signed_on")
    Fund.objects.held().require(Act.AGREE, signed_on, field="signed_on")
    require_not_barred(donor)
    if pledge is not None:
        pledge = lock_pledge(pledge.pk)
        _check_pledge(pledge, donor, currency, signed_on)
        check_within_pledge(pledge, amount)
    check_window(window)
    check_instalments(instalments, amount, currency, signed_on)
    fee = default_fee_percent(signed_on) if fee_percent is None else fee_percent
    check_fee_percent(fee)
    value = valued(amount, currency, signed_on)
    require_signable(donor, value.amount_usd)
    return write_agreement(
        by=by,
        donor=donor,
        window=window,
        pledge=pledge,
        value=value,
        signed_on=signed_on,
        fee_percent=fee,
        instalments=instalments,
    )


def write_agreement(
    *,
    by: User | None,
    donor: Donor,
    window: Window | None,
    pledge: Pledge | None,
    value: Value,
    signed_on: date,
    fee_percent: Decimal,
    instalments: Sequence[Due] = (),
    kind: str = "",
) -> Agreement:
    """Write an agreement, its instalments and its register entry, for an operation that has checked the rest."""
    agreement = Agreement.objects.create(
        reference=next_reference("AGR"),
        pledge=pledge,
        donor=donor,
        window=window,
        signed_on=signed_on,
        fee_percent=fee_percent,
        kind=kind,
        recorded_by=by,
        recorded_at=clock.now(),
        **value.columns(),
    )
    parts = Instalment.objects.bulk_create(
        Instalment(agreement=agreement, number=number, due_on=due_on, amount=part)
        for number, (due_on, part) in enumerate(instalments, start=1)
    )
    record("agreement.signed/1", by=by, rows=[agreement, *parts], facts=agreement_facts(agreement), public=True)
    carry_donor_on(by, donor, "agree")
    return agreement


@operation
def cancel_agreement(*, by: User, agreement: Agreement, why: str) -> Agreement:
    """End an agreement under which nothing more will come; deposits received stay."""
    require(permissions.may_write_off(by), _("Finance officers and the head cancel agreements."))
    agreement = lock_agreement(agreement.pk)
    if not why.strip():
        raise Refused(_("Say why the agreement is cancelled."), field="why")
    advance(agreement, "cancel")
    agreement.cancelled_at, agreement.cancelled_why = clock.now(), why.strip()
    agreement.save(update_fields=["state", "cancelled_at", "cancelled_why"])
    record("agreement.cancelled/1", by=by, rows=[agreement], facts=agreement_facts(agreement), public=True)
    return agreement


def lock_agreement(pk: int) -> Agreement:
    rows = Agreement.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("donor__organisation", "window", "pledge").get(pk=pk)


def _check_pledge(pledge: Pledge, donor: Donor, currency: str, signed_on: date) -> None:
    if pledge.state != PledgeState.ACKNOWLEDGED:
        raise OutOfState(_("An agreement is signed on an acknowledged pledge."))
    if pledge.donor_id != donor.pk:
        raise Refused(_("This pledge is another donor's."), field="pledge")
    if pledge.currency != currency:
        raise Refused(
            _("The pledge is in %(currency)s: it is settled in its own currency.") % {"currency": pledge.currency},
            field="currency",
        )
    if signed_on < pledge.pledged_on:
        raise Refused(_("This is before the pledge was made."), field="signed_on")


def check_within_pledge(pledge: Pledge, amount: Decimal, *, beside: Agreement | None = None) -> None:
    """Refuse a second agreement on a pledge unless all of them add up to no more than the pledge.

    The rule is ours: one agreement alone may be signed for more or less than was promised.
    """
    others = pledge.agreements.exclude(state=AgreementState.CANCELLED)
    amounts = list((others.exclude(pk=beside.pk) if beside else others).values_list("amount", flat=True))
    if not amounts:
        return
    if pledge.amount is None or None in amounts:
        raise Refused(_("An agreement stands on this pledge already."), field="amount")
    left = max(pledge.amount - sum(amounts), Decimal(0))
    if amount > left:
        said = {"left": formats.money(left, pledge.currency)}
        raise Refused(
            _("Agreements on one pledge add up to no more than the pledge: %(left)s are left.") % said, field="amount"
        )


def check_instalments(instalments: Sequence[Due], amount: Decimal, currency: str, signed_on: date) -> None:
    if not instalments:
        return
    for _due, part in instalments:
        check_amount(part, currency, field="instalments")
    if sum(part for _due, part in instalments) != amount:
        raise Refused(_("The instalments do not add up to the agreement's amount."), field="instalments")
    days = [due_on for due_on, _part in instalments]
    if days != sorted(days) or days[0] < signed_on:
        raise Refused(_("Instalments are due in order, from the day of signature on."), field="instalments")


def agreement_facts(agreement: Agreement) -> dict[str, object]:
    return {
        "agreement": agreement.reference,
        "donor": agreement.donor.organisation.slug,
        "currency": agreement.currency,
        "amount_usd": agreement.amount_usd,
    }
