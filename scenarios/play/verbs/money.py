"""Money: from the pledge to the deposit, and everything that moves the ledger."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models

from alliance.people.models import Organisation, User
from alliance.register import operation
from funds.ledger.posting import account
from funds.models import (
    AccountKind,
    Agreement,
    Deposit,
    Donor,
    DueDiligence,
    FundingRequest,
    Payment,
    Pledge,
    TrusteeTerm,
    Voucher,
    VoucherKind,
    Window,
)
from funds.operations import money as moves
from funds.operations.agreements import sign_agreement
from funds.operations.deposits import record_deposit
from funds.operations.diligence import record_due_diligence
from funds.operations.donors import advance_donor_stage, plan_next_step, register_donor
from funds.operations.payments import acknowledge_payment, authorise_payment, pay_payment, prepare_payment
from funds.operations.pledges import acknowledge_pledge, record_pledge
from funds.operations.seed import record_funding_request
from funds.operations.trustee import appoint_trustee
from funds.operations.vouchers import authorise_voucher, prepare_voucher
from proposals.models import Project, Proposal
from scenarios.play.scenario import Act
from scenarios.play.stage import Stage
from scenarios.play.vocabulary import verb

FINANCE, SECOND = "finance_officer", "second_finance_officer"
TWO = "prepared_by authorised_by reason"
UNSAID = "Entered from a scenario, which gives no reason."


@verb("organisation type", "stage")
def donor(stage: Stage, act: Act) -> Donor:
    place, kind = stage.organisation(act), act.text("type")
    return register_donor(by=stage.person(act, "officer"), organisation=place, donor_type=kind, key=act.key())


@verb("donor stage")
def pipeline(stage: Stage, act: Act) -> Donor:
    """Note that a donor was contacted or is interested."""
    by, giver = stage.person(act, "officer"), stage.donor(act)
    return advance_donor_stage(by=by, donor=giver, stage=act.text("stage"), key=act.key())


@verb("donor owner step due_on")
def next_step(stage: Stage, act: Act) -> Donor:
    """Say who follows a donor up, with what, by when."""
    return plan_next_step(
        by=stage.person(act, "officer"), donor=stage.donor(act), owner=stage.person_called(act, act.text("owner")),
        next_step=act.text("step"), next_step_on=act.date("due_on"), key=act.key(),
    )  # fmt: skip


@verb("donor finding valid_until note")
def due_diligence(stage: Stage, act: Act) -> DueDiligence:
    return record_due_diligence(
        by=stage.person(act, "officer"), donor=stage.donor(act), done_on=act.day, valid_until=act.date("valid_until"),
        finding=act.text("finding"), note=act.text("note"), key=act.key(),
    )  # fmt: skip


@verb("donor amount currency by", "window conditions")
def pledge(stage: Stage, act: Act) -> Pledge:
    return record_pledge(
        by=stage.person(act), donor=stage.donor(act), amount=act.amount("amount"), currency=act.text("currency"),
        window=stage.window_or_none(act), pledged_on=act.day, conditions=act.text("conditions", ""), key=act.key(),
    )  # fmt: skip


@verb("pledge")
def acknowledge(stage: Stage, act: Act) -> Pledge:
    return acknowledge_pledge(by=stage.person(act, "officer"), pledge=stage.made(act, "pledge", Pledge), key=act.key())


@verb("donor amount currency", "pledge window fee_percent instalments")
def agreement(stage: Stage, act: Act) -> Agreement:
    due = [(_day(act, row), act.decimal(row.get("amount"), "instalments")) for row in act.tables("instalments")]
    return sign_agreement(
        by=stage.person(act, FINANCE), donor=stage.donor(act), amount=act.amount("amount"),
        currency=act.text("currency"), signed_on=act.day, window=stage.window_or_none(act),
        pledge=stage.made(act, "pledge", Pledge) if act.has("pledge") else None,
        fee_percent=act.amount("fee_percent") if act.has("fee_percent") else None, instalments=due, key=act.key(),
    )  # fmt: skip


def _day(act: Act, row: dict[str, Any]) -> date:
    if not isinstance(row.get("due_on"), date):
        raise act.wrong("an instalment says when it is due: due_on = 2008-09-15")
    return row["due_on"]


@verb("total seed", "note")
def funding_request(stage: Stage, act: Act) -> FundingRequest:
    """Record how much funding is requested in all, and how much of it as seed capital."""
    return record_funding_request(
        by=stage.person(act, FINANCE), requested_on=act.day, total=act.amount("total"), seed_capital=act.amount("seed"),
        note=act.text("note", ""), key=act.key(),
    )  # fmt: skip


@verb("organisation agreement fee_percent")
def trustee(stage: Stage, act: Act) -> TrusteeTerm:
    """Appoint the fund's trustee from this day on."""
    return appoint_trustee(
        by=stage.person(act, "head"), organisation=stage.organisation(act), agreement=act.text("agreement"),
        starts_on=act.day, fee_percent=act.amount("fee_percent"), key=act.key(),
    )  # fmt: skip


@verb("amount", "agreement donor window currency rate rate_source bank_reference")
def deposit(stage: Stage, act: Act) -> Deposit:
    """Record cash received, under an agreement or from a donor."""
    if act.has("agreement"):
        origin: dict[str, Any] = {"agreement": stage.made(act, "agreement", Agreement)}
    else:
        origin = {
            "donor": stage.donor(act),
            "window": stage.window_or_none(act),
            "currency": act.text("currency", "USD"),
        }
    if act.has("rate"):
        origin |= {"rate": act.amount("rate"), "rate_source": act.text("rate_source", "")}
    return record_deposit(
        by=stage.person(act, FINANCE), amount=act.amount("amount"), received_on=act.day,
        bank_reference=act.text("bank_reference", ""), key=act.key(), **origin,
    )  # fmt: skip


@operation
def post_at_once(*, prepared_by: User, authorised_by: User, kind: str, on: date, **about: Any) -> Voucher:
    """Take a voucher through its two steps in one act."""
    made = prepare_voucher(by=prepared_by, kind=kind, on=on, **about)
    return authorise_voucher(by=authorised_by, voucher=made)


def _posted(stage: Stage, act: Act, kind: str, **about: Any) -> Voucher:
    """Post by two people: who prepares is named by `prepared_by`, who authorises by `authorised_by` or `by`."""
    preparer = stage.person(act, FINANCE, field="prepared_by")
    other = FINANCE if preparer.email.startswith(SECOND.replace("_", ".")) else SECOND
    authoriser = stage.person(act, act.text("by", other), field="authorised_by")
    if "amount" in act.values:
        about["amount"] = act.amount("amount")
    return post_at_once(
        prepared_by=preparer, authorised_by=authoriser, kind=kind, on=act.day, key=act.key(),
        reason=act.text("reason", UNSAID), **about,
    )  # fmt: skip


def _of_pool(kind: str) -> Callable[[Stage, Act], Voucher]:
    def deed(stage: Stage, act: Act) -> Voucher:
        return _posted(stage, act, kind, window=stage.window(act))

    return deed


def _of_partner(kind: str) -> Callable[[Stage, Act], Voucher]:
    def deed(stage: Stage, act: Act) -> Voucher:
        project = project_reference(stage, act)
        return _posted(stage, act, kind, project=project, organisation=stage.organisation(act))

    return deed


for _name, _kind in {
    "interest": VoucherKind.INTEREST_FUND,
    "partners_interest": VoucherKind.INTEREST_PARTNERS,
    "direct_cost": VoucherKind.DIRECT_COST,
    "bank_charge": VoucherKind.BANK_CHARGES,
    "other_fund_transfer": VoucherKind.OTHER_FUND,
}.items():
    _deed = _of_pool(_kind)
    _deed.__name__ = _name
    verb("window amount", TWO)(_deed)

for _name, _kind in {"refund": VoucherKind.REFUND_SENT, "refund_arrival": VoucherKind.REFUND_RECEIVED}.items():
    _deed = _of_partner(_kind)
    _deed.__name__ = _name
    verb("project organisation amount", TWO)(_deed)


@verb("project amount", TWO)
def release(stage: Stage, act: Act) -> Voucher:
    """Give unspent allocation back to the pools, by two people."""
    return _posted(stage, act, VoucherKind.RELEASE, project=project_reference(stage, act))


@verb("donor window amount", TWO)
def donor_refund(stage: Stage, act: Act) -> Voucher:
    return _posted(stage, act, VoucherKind.DONOR_REFUND, donor=stage.donor(act), window=stage.window(act))


@verb("from_window to_window amount", TWO + " consent")
def window_transfer(stage: Stage, act: Act) -> Voucher:
    origin, destination = stage.window(act, "from_window"), stage.window(act, "to_window")
    consent = act.text("consent", "")
    return _posted(stage, act, VoucherKind.WINDOW_TRANSFER, window=origin, destination=destination, consent=consent)


@verb("project amounts")
def allocation(stage: Stage, act: Act) -> None:
    """Allocate to a project by its reference, for accounts kept before the portal; the committee's way is `close`."""
    moves.allocate(
        by=stage.person(act, FINANCE), project=act.text("project"), amounts=amounts_by_window(stage, act), on=act.day,
        key=act.key(),
    )  # fmt: skip


def amounts_by_window(stage: Stage, act: Act) -> dict[Window, Decimal]:
    """Return the table `amounts`, as W1 = "1000.00"."""
    given = act.table("amounts")
    return {stage.window_called(act, code): act.decimal(amount, "amounts") for code, amount in given.items()}


@verb("project organisation amount", "prepared_by authorised_by")
def payment(stage: Stage, act: Act) -> Payment:
    """Pay a partner from a project's money: prepared, authorised by another person, paid, all on this day."""
    return pay_at_once(
        prepared_by=stage.person(act, FINANCE, field="prepared_by"),
        authorised_by=stage.person(act, SECOND, field="authorised_by"),
        project=project_reference(stage, act), payee=stage.organisation(act), amount=act.amount("amount"), on=act.day,
        key=act.key(),
    )  # fmt: skip


@operation
def pay_at_once(
    *, prepared_by: User, authorised_by: User, project: str, payee: Organisation, amount: Decimal, on: date
) -> Payment:
    """Take a payment through its three steps in one act."""
    debit = account(AccountKind.PARTNER, f"{project}:{payee.slug}")
    credit = account(AccountKind.PROJECT, project)
    made = prepare_payment(by=prepared_by, payee=payee, purpose=project, amount=amount, debit=debit, credit=credit)
    authorise_payment(by=authorised_by, payment=made)
    return pay_payment(by=prepared_by, payment=made, on=on)


@verb("payment")
def authorise(stage: Stage, act: Act) -> Payment:
    made = stage.made(act, "payment", Payment)
    return authorise_payment(by=stage.person(act, SECOND), payment=made, key=act.key())


@verb("payment", "bank_reference")
def pay(stage: Stage, act: Act) -> Payment:
    made, bank = stage.made(act, "payment", Payment), act.text("bank_reference", "")
    return pay_payment(by=stage.person(act, FINANCE), payment=made, on=act.day, bank_reference=bank, key=act.key())


@verb("payment by")
def receipt(stage: Stage, act: Act) -> Payment:
    """Confirm for the payee that the money arrived."""
    return acknowledge_payment(by=stage.person(act), payment=stage.made(act, "payment", Payment), key=act.key())


@verb("project organisation spending")
def expenditure(stage: Stage, act: Act) -> None:
    """Post a partner's spending by budget category code: spending = { 1 = "100.00" }."""
    lines = {code: act.decimal(amount, "spending") for code, amount in act.table("spending").items()}
    moves.post_spending(
        by=stage.person(act, FINANCE), project=project_reference(stage, act), organisation=stage.organisation(act),
        lines=lines, on=act.day, key=act.key(),
    )  # fmt: skip


def project_reference(stage: Stage, act: Act) -> str:
    """Return the reference of the project: that of a proposal named earlier, or the text itself."""
    made: models.Model | None = stage.named.get(act.text("project"))
    if isinstance(made, Proposal):
        return Project.objects.get(proposal=made).reference
    return act.text("project")
