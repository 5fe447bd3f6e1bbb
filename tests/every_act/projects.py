"""Proposals given up, approvals that waited for money, and projects from their vote to their closing."""

from datetime import timedelta

from alliance.core import clock
from funds.models import Payment
from funds.operations.deposits import record_deposit
from funds.operations.payments import authorise_payment, cancel_payment, pay_payment
from governance.operations import close_decision
from proposals.models import Contract, PartnerReport, Project, WaitingApproval
from proposals.operations import (
    ReportTerms,
    TrancheTerms,
    accept_report,
    cancel_contract,
    close_project,
    complete_project,
    fund_waiting,
    invite_co_author,
    prepare_tranche,
    prepare_waiting,
    remove_co_author,
    return_report,
    submit_report,
    withdraw_proposal,
)
from tests.every_act.ground import REASON, RECUSED, D, a_day_later, donor, posted, proposed, window
from tests.governance.factories import all_but, opened, vote
from tests.history import person
from tests.proposals.factories import draft_proposal, offered_contract, signed_contract, submitted_version, write_report


def proposals() -> None:
    """One withdrawn, and a co-author invited and removed again."""
    agency, rival = person("agency"), person("rival_agency")
    withdraw_proposal(by=agency, proposal=submitted_version(agency, title="Withdrawn").proposal)
    shared = invite_co_author(by=rival, proposal=draft_proposal(rival, title="Shared"), email=person("reviewer").email)
    remove_co_author(by=rival, proposal=shared, person=person("reviewer"))


def waiting() -> None:
    """What waited for money gets it."""
    first = WaitingApproval.objects.in_rank().first()
    assert first is not None
    record_deposit(
        by=person("finance_officer"), donor=donor(), window=window(), amount=D("900000.00"), currency="USD",
        received_on=clock.today(), bank_reference="SE-MORE",
    )  # fmt: skip
    prepare_waiting(by=person("finance_officer"), waiting=first)
    fund_waiting(by=person("second_finance_officer"), waiting=first)


def project() -> None:
    """A project from its vote to its closing, and another that is completed and not closed."""
    accepted("Completed")
    closed = accepted("From vote to closing")
    partner = {"project": closed.reference, "organisation": closed.lead, "amount": D("2500.00")}
    posted("refund_sent", **partner)
    a_day_later()
    posted("refund_received", **partner)
    posted("release", project=closed.reference, amount=D("2500.00"))
    close_project(by=person("head"), project=closed)


def accepted(title: str) -> Project:
    """Have a project voted, paid and completed: a contract given up, a payment cancelled, a report given back on the way."""
    agency, officer, head = person("agency"), person("officer"), person("head")
    made, today = voted(title, "9000.00"), clock.today()
    cancel_contract(by=officer, contract=offered_contract(made, officer), reason=REASON)
    contract = signed_contract(
        made, officer, agency, head,
        reports=[ReportTerms(today, today + timedelta(30), today + timedelta(40))],
        tranches=[TrancheTerms(made.amount, today)],
    )  # fmt: skip
    cancel_payment(by=head, payment=prepared(contract, 1), why=REASON)
    pay_payment(by=person("finance_officer"), payment=authorised(contract, 1), on=today)
    a_day_later(31)
    report = write_report(agency, contract.reports.get(), spent="6000.00")
    submit_report(by=agency, report=report)
    return_report(by=officer, report=report, reason=REASON)
    report = write_report(agency, PartnerReport.objects.get(pk=report.pk), spent="6500.00")
    submit_report(by=agency, report=report)
    accept_report(by=officer, report=report)
    return complete_project(by=officer, project=made)


def voted(title: str, amount: str) -> Project:
    """Have the committee approve a project of the agency's, and the money allocated."""
    decision = opened(version=proposed(title, amount=amount))
    vote(decision, "approve", *all_but(RECUSED))
    close_decision(by=person("member_ghana"), decision=decision)
    return Project.objects.get(decision_reference=decision.reference)


def prepared(contract: Contract, number: int) -> Payment:
    return prepare_tranche(by=person("finance_officer"), tranche=contract.tranches.get(number=number))


def authorised(contract: Contract, number: int) -> Payment:
    return authorise_payment(by=person("second_finance_officer"), payment=prepared(contract, number))
