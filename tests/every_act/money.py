"""Pledges and agreements in every state, every kind of voucher, what is reversed, and books that are closed."""

from datetime import date, timedelta

from alliance.core import clock
from funds.ledger.snapshot_taking import carry_forward
from funds.models import Period
from funds.operations.agreements import cancel_agreement, sign_agreement
from funds.operations.amendments import attach_agreement_document
from funds.operations.deposits import record_deposit
from funds.operations.fund import close_period, set_window_status
from funds.operations.payments import pay_payment
from funds.operations.pledges import acknowledge_pledge, cancel_pledge, record_pledge, write_off_pledge
from funds.operations.reminders import remind_due
from funds.operations.vouchers import cancel_voucher, prepare_voucher
from proposals.models import Project
from proposals.operations import TrancheTerms
from tests.every_act.ground import REASON, D, donor, paper, posted, posting_of, window
from tests.every_act.projects import authorised, prepared, voted
from tests.history import person
from tests.proposals.factories import signed_contract


def promises() -> None:
    """Pledges cancelled, written off and paid; agreements cancelled, under way with a paper, and late with an instalment."""
    officer, finance, today = person("officer"), person("finance_officer"), clock.today()
    said = {"by": officer, "donor": donor(), "currency": "USD", "pledged_on": today}
    cancel_pledge(by=officer, pledge=record_pledge(amount=D("700.00"), **said), why=REASON)
    short = acknowledge_pledge(by=officer, pledge=record_pledge(amount=D("900.00"), **said))
    record_deposit(by=finance, pledge=short, amount=D("400.00"), received_on=today)
    write_off_pledge(by=finance, pledge=short, on=today, amount_usd=D("200.00"))
    write_off_pledge(
        by=finance, pledge=acknowledge_pledge(by=officer, pledge=record_pledge(amount=D("50.00"), **said)), on=today
    )
    agreed = {"by": finance, "donor": donor(), "currency": "USD", "signed_on": date(2008, 4, 10)}
    cancel_agreement(by=finance, agreement=sign_agreement(amount=D("300.00"), **agreed), why=REASON)
    dues = [(today - timedelta(40), D("1000.00")), (today + timedelta(10), D("2000.00"))]
    late = sign_agreement(amount=D("3000.00"), instalments=dues, **agreed)
    attach_agreement_document(by=finance, agreement=late, upload=paper(), title="Signed text")
    remind_due()


def vouchers() -> None:
    """Every other kind of voucher posted, a refund that stays on its way, and a voucher cancelled."""
    for kind in ("interest_fund", "interest_partners", "direct_cost", "bank_charges", "other_fund"):
        posted(kind, window=window(), amount=D("120.00"), file=paper(f"{kind}.pdf"))
    posted("donor_refund", window=window(), donor=donor(), amount=D("75.00"))
    posted("donor_refund", window=window(), donor=donor("world-bank"), amount=D("80.00"))
    transfer = {"window": window("W1"), "destination": window("W2"), "amount": D("5000.00")}
    posted("window_transfer", consent="Letter of the donor", consenting=[donor()], **transfer)
    running = Project.objects.get(proposal__title__startswith="Compendium of good practice")
    posted("refund_sent", project=running.reference, organisation=running.lead, amount=D("333.33"))
    given_up = prepare_voucher(
        by=person("finance_officer"), kind="bank_charges", on=clock.today(), amount=D("1.00"), window=window()
    )
    cancel_voucher(by=person("second_finance_officer"), voucher=given_up, why=REASON)


def corrections() -> None:
    """Reversed: a cost, the deposits that had paid an agreement and a pledge, and a payment. Payments half way."""
    officer, finance, today = person("officer"), person("finance_officer"), clock.today()
    posted("reversal", posting=posting_of(posted("bank_charges", window=window(), amount=D("9.99"))))
    agreement = sign_agreement(by=finance, donor=donor(), amount=D("600.00"), currency="USD", signed_on=today)
    money = record_deposit(by=finance, agreement=agreement, amount=D("600.00"), received_on=today)
    posted("reversal", posting=posting_of(money))
    pledge = record_pledge(by=officer, donor=donor(), amount=D("500.00"), currency="USD", pledged_on=today)
    acknowledge_pledge(by=officer, pledge=pledge)
    money = record_deposit(by=finance, pledge=pledge, amount=D("500.00"), received_on=today)
    posted("reversal", posting=posting_of(money))
    contract = signed_contract(
        voted("Paid by mistake", "4000.00"), officer, person("agency"), person("head"),
        tranches=[TrancheTerms(D("1500.00"), today), TrancheTerms(D("500.00"), today), TrancheTerms(D("2000.00"), today)],
    )  # fmt: skip
    payment = pay_payment(by=finance, payment=authorised(contract, 1), on=today)
    posted("reversal", posting=posting_of(payment))
    authorised(contract, 2)
    prepared(contract, 3)


def books() -> None:
    """A window suspended, another opened again, a year closed, sums carried forward."""
    set_window_status(by=person("head"), window=window("W2"), status="suspended", note=REASON)
    set_window_status(by=person("head"), window=window("W3"), status="suspended", note=REASON)
    set_window_status(by=person("head"), window=window("W3"), status="open", note=REASON)
    close_period(by=person("finance_officer"), period=Period.objects.get(code="2007"))
    carry_forward(clock.today())
