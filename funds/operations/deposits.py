"""Deposits: cash received, valued, posted to its window's pool, with the fee, in one transaction."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from alliance.access import require
from alliance.core import clock
from alliance.core.errors import OutOfState, Refused
from alliance.core.references import next_reference
from alliance.core.states import advance
from alliance.people.models import User
from alliance.register import operation, record
from funds import permissions
from funds.contributions.agreements import received_in_own_currency_of, standings_of
from funds.contributions.amounts import fee_on
from funds.contributions.fees import default_fee_percent
from funds.contributions.matching import Incoming, Match, first_unpaid, parts
from funds.contributions.positions import received_in_own_currency
from funds.ledger.posting import post
from funds.models import (
    Act,
    Agreement,
    AgreementState,
    AliasKind,
    Deposit,
    Donor,
    DonorAlias,
    Fund,
    Instalment,
    Pledge,
    PledgeState,
    Window,
    WindowStatus,
)
from funds.operations.agreements import lock_agreement
from funds.operations.donors import carry_donor_on
from funds.operations.money import receive
from funds.operations.pledges import lock_pledge, settle
from funds.operations.pools import CLOSED_WINDOW
from funds.operations.valuation import Value, check_not_future, valued

ZERO = Decimal(0)


@dataclass(frozen=True)
class Arrival:
    """A deposit that could be recorded: whose, where to, worth what, with which fee."""

    donor: Donor
    window: Window | None
    agreement: Agreement | None
    pledge: Pledge | None
    value: Value
    received_on: date
    fee_percent: Decimal
    instalment: Instalment | None = None

    def parts(self) -> list[Match]:
        """Return what it would pay of which instalments, beside what came in before."""
        if self.agreement is None or self.value.amount is None:
            return []
        named = self.instalment.pk if self.instalment else None
        new = Incoming(self.value.amount, self.value.currency, self.received_on, named)
        rows = [*self.agreement.deposits.all(), new]
        return [
            part
            for part in parts(list(self.agreement.instalments.all()), rows, self.agreement.currency)
            if part.deposit is new
        ]

    @property
    def fee_usd(self) -> Decimal:
        return fee_on(self.value.amount_usd, self.fee_percent)

    @property
    def net_usd(self) -> Decimal:
        return self.value.amount_usd - self.fee_usd


def preview_deposit(
    *,
    amount: Decimal,
    received_on: date,
    agreement: Agreement | None = None,
    pledge: Pledge | None = None,
    donor: Donor | None = None,
    window: Window | None = None,
    currency: str = "",
    rate: Decimal | None = None,
    rate_source: str = "",
    instalment: Instalment | None = None,
    paying_agency: DonorAlias | None = None,
) -> Arrival:
    """Return what `record_deposit` would record, with all its checks and nothing written."""
    check_not_future(received_on, "received_on")
    Fund.objects.the().require(Act.RECEIVE, received_on, field="received_on")
    if agreement is not None:
        _check_agreement(agreement, received_on)
        pledge, donor, window = agreement.pledge, agreement.donor, agreement.window
    elif pledge is not None:
        _check_pledge(pledge, received_on)
        donor, window = pledge.donor, pledge.window
    if donor is None:
        raise Refused(_("Say whose deposit this is."), field="donor")
    if (window or Window.objects.unearmarked()).status == WindowStatus.CLOSED:
        raise OutOfState(CLOSED_WINDOW)
    promise = agreement or pledge
    currency = currency or (promise.currency if promise else "")
    value = valued(amount, currency, received_on, rate=rate, rate_source=rate_source)
    _check_instalment(instalment, agreement, value)
    _check_agency(paying_agency, donor)
    fee_percent = agreement.fee_percent if agreement else default_fee_percent(received_on)
    return Arrival(donor, window, agreement, pledge, value, received_on, fee_percent, instalment)


@operation
def record_deposit(
    *,
    by: User,
    amount: Decimal,
    received_on: date,
    agreement: Agreement | None = None,
    pledge: Pledge | None = None,
    donor: Donor | None = None,
    window: Window | None = None,
    currency: str = "",
    rate: Decimal | None = None,
    rate_source: str = "",
    bank_reference: str = "",
    instalment: Instalment | None = None,
    paying_agency: DonorAlias | None = None,
) -> Deposit:
    """Record cash received, in its own currency, at the rate of the day or the bank's; post it and its fee.

    Under an agreement or a pledge, donor and window are its own; without one they are named. Only this raises what can be
    allocated (R56). It pays the instalment named, or the next, and then runs on. The worth in dollars and the fee are rounded half up to the cent, once. A trustee's money is
    posted as seed capital, kept apart from the donors' (R96). Raises Refused, OutOfState (R103), NotAllowed.
    """
    require(permissions.may_record_money(by), _("Finance officers record deposits."))
    Fund.objects.held()
    if agreement is not None:
        agreement = lock_agreement(agreement.pk)
    elif pledge is not None:
        pledge = lock_pledge(pledge.pk)
    arrival = preview_deposit(
        amount=amount, received_on=received_on, agreement=agreement, pledge=pledge, donor=donor, window=window,
        currency=currency, rate=rate, rate_source=rate_source, instalment=instalment,
        paying_agency=paying_agency,
    )  # fmt: skip
    return write_deposit(
        by=by,
        donor=arrival.donor,
        window=arrival.window,
        agreement=agreement,
        pledge=arrival.pledge,
        value=arrival.value,
        received_on=received_on,
        fee_percent=arrival.fee_percent,
        bank_reference=bank_reference.strip(),
        instalment=instalment,
        paying_agency=paying_agency,
    )


def write_deposit(
    *,
    by: User | None,
    donor: Donor,
    window: Window | None,
    agreement: Agreement | None,
    pledge: Pledge | None,
    value: Value,
    received_on: date,
    fee_percent: Decimal,
    bank_reference: str = "",
    instalment: Instalment | None = None,
    paying_agency: DonorAlias | None = None,
) -> Deposit:
    """Write a deposit, post it with its fee, and carry instalment, agreement, pledge and donor on."""
    pool = window or Window.objects.unearmarked()
    fee = fee_on(value.amount_usd, fee_percent)
    lines, source = receive(
        donor=donor, window=pool, amount=value.amount_usd, fee=fee, on=received_on, is_seed=donor.is_trustee
    )
    _check_not_twice(donor, pool, value, received_on, bank_reference)
    draft = record("deposit.recorded/1", by=by, public=True)
    deposit = Deposit.objects.create(
        reference=next_reference("DEP"),
        donor=donor,
        pledge=pledge,
        agreement=agreement,
        instalment=instalment or _next_instalment(agreement, value),
        window=pool,
        received_on=received_on,
        bank_reference=bank_reference,
        paying_agency=paying_agency,
        fee_percent=fee_percent,
        fee_usd=fee,
        is_seed=donor.is_trustee,
        recorded_by=by,
        recorded_at=clock.now(),
        entry_id=draft.id,
        **value.columns(),
    )
    draft.facts.update(_facts(deposit))
    draft.rows += [deposit, *([source] if source.is_new else [])]
    post(lines, entry=draft)
    carry_donor_on(by, donor, "receive")
    _carry_agreement_on(by, deposit)
    _carry_pledge_on(by, deposit)
    return deposit


def _check_not_twice(donor: Donor, pool: Window, value: Value, received_on: date, bank_reference: str) -> None:
    """Refuse what the bank's reference shows to be the same money again. The window's row is locked by now."""
    if not bank_reference:
        return
    same = {"currency": value.currency, "amount": value.amount, "received_on": received_on}
    earlier = Deposit.objects.filter(donor=donor, window=pool, bank_reference=bank_reference, **same).first()
    if earlier is not None:
        told = {"reference": earlier.reference}
        raise Refused(_("This deposit is recorded already, as %(reference)s.") % told, field="bank_reference")


def _next_instalment(agreement: Agreement | None, value: Value) -> Instalment | None:
    """Return the first instalment that earlier deposits have not paid in full. Part and over payments run on."""
    if agreement is None or value.amount is None or value.currency != agreement.currency:
        return None
    if received_in_own_currency_of(agreement) is None:
        return None
    found = standings_of(agreement)
    unpaid = first_unpaid(found)
    return unpaid.instalment if unpaid else found[-1].instalment if found else None


def _check_agency(agency: DonorAlias | None, donor: Donor) -> None:
    if agency is None:
        return
    if agency.donor_id != donor.pk or agency.kind != AliasKind.PAYING_AGENCY or agency.withdrawn_at:
        raise Refused(_("This agency does not pay for the donor."), field="paying_agency")


def _check_instalment(instalment: Instalment | None, agreement: Agreement | None, value: Value) -> None:
    if instalment is None:
        return
    if agreement is None or instalment.agreement_id != agreement.pk or instalment.replaced_by_id:
        raise Refused(_("This is no instalment of the agreement."), field="instalment")
    if value.currency != agreement.currency:
        raise Refused(
            _("The agreement is in %(currency)s: only money in it pays an instalment.")
            % {"currency": agreement.currency},
            field="instalment",
        )


def _carry_agreement_on(by: User | None, deposit: Deposit) -> None:
    agreement = deposit.agreement
    if agreement is None or agreement.state != AgreementState.SIGNED or agreement.amount is None:
        return
    received = received_in_own_currency_of(agreement)
    if received is not None and received >= agreement.amount:
        complete(by, agreement, deposit.received_on)


def complete(by: User | None, agreement: Agreement, on: date) -> None:
    """Write that everything agreed came in. The agreement joins the rows of the act's latest deposit entry."""
    advance(agreement, "complete")
    agreement.completed_on = on
    agreement.save(update_fields=["state", "completed_on"])
    facts = {"agreement": agreement.reference, "donor": agreement.donor.organisation.slug}
    record("agreement.completed/1", by=by, rows=[agreement], facts=facts, public=True)


def _carry_pledge_on(by: User | None, deposit: Deposit) -> None:
    if deposit.pledge_id is None:
        return
    pledge = lock_pledge(deposit.pledge_id)
    received = received_in_own_currency(pledge, pledge.deposits.all())
    is_open = pledge.state == PledgeState.ACKNOWLEDGED and not pledge.is_settled
    if is_open and received is not None and pledge.amount is not None and received >= pledge.amount:
        settle(by, pledge, deposit.received_on)


def _check_agreement(agreement: Agreement, received_on: date) -> None:
    if agreement.state == AgreementState.CANCELLED:
        raise OutOfState(_("This agreement was cancelled: no deposit can be booked on it."))
    if received_on < agreement.signed_on:
        raise Refused(_("This is before the agreement was signed."), field="received_on")


def _check_pledge(pledge: Pledge, received_on: date) -> None:
    if pledge.state != PledgeState.ACKNOWLEDGED:
        raise OutOfState(_("A deposit is booked on an acknowledged pledge."))
    if received_on < pledge.pledged_on:
        raise Refused(_("This is before the pledge was made."), field="received_on")


def _facts(deposit: Deposit) -> dict[str, object]:
    return {
        "deposit": deposit.reference,
        "donor": deposit.donor.organisation.slug,
        "window": deposit.window.code,
        "currency": deposit.currency,
        "amount_usd": deposit.amount_usd,
        "fee_usd": deposit.fee_usd,
    }
