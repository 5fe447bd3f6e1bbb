"""Contracts, conditions, tranches: no money before both signatures, met conditions and accepted reports."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from alliance.core import clock
from alliance.core.errors import NotAllowed, OutOfState, Refused
from alliance.people.models import Organisation
from funds.operations.payments import cancel_payment
from proposals.drafting import first_terms
from proposals.models import Contract, Project, Tranche
from proposals.operations import (
    TrancheTerms,
    cancel_contract,
    close_project,
    complete_project,
    draft_contract,
    meet_condition,
    offer_contract,
    prepare_tranche,
    revise_contract,
    sign_contract,
)
from proposals.operations.projects import blocks, standing
from reporting.homes import tasks_for
from tests.proposals.factories import (
    accepted_report,
    approved_project,
    paid_first_tranche,
    signed_contract,
    terms_of,
)

D = Decimal


def draft(project, officer, **changes):
    return draft_contract(by=officer, project=project, partner=project.lead, terms=terms_of(project, **changes))


@pytest.mark.requirement("R63")
@pytest.mark.parametrize("part", ["objectives", "tasks", "expected_results"])
def test_contract_with_an_empty_part_is_neither_offered_nor_signed(part, project, officer, agency):
    contract = draft(project, officer, **{part: "  "})
    with pytest.raises(Refused) as refusal:
        offer_contract(by=officer, contract=contract)
    assert refusal.value.field == part
    with pytest.raises(Refused):
        sign_contract(by=agency, contract=contract)


def test_first_wording_writes_indicators_without_needless_cents(project):
    terms = first_terms(project, project.lead, project.amount)
    assert terms.expected_results == "Officials trained in negotiating labour arrangements: from 0 to 120"


@pytest.mark.parametrize("first", ["agency", "head"])
def test_two_sides_sign_in_either_order(first, offered, agency, head):
    order = [agency, head] if first == "agency" else [head, agency]
    assert sign_contract(by=order[0], contract=offered).state == "offered"
    concluded = sign_contract(by=order[1], contract=offered)
    assert (concluded.state, concluded.partner_signed_by, concluded.alliance_signed_by) == ("signed", agency, head)
    assert Project.objects.get().state == "active"


def test_a_side_signs_once(offered, agency):
    sign_contract(by=agency, contract=offered)
    with pytest.raises(OutOfState):
        sign_contract(by=agency, contract=offered)


@pytest.mark.parametrize("who", ["rival_agency", "officer", "finance_officer", "donor", "chair", "auditor"])
def test_others_do_not_sign(who, offered, request):
    with pytest.raises(NotAllowed):
        sign_contract(by=request.getfixturevalue(who), contract=offered)


def test_draft_is_not_signed(project, officer, agency):
    with pytest.raises(OutOfState):
        sign_contract(by=agency, contract=draft(project, officer))


@pytest.mark.parametrize("who", ["agency", "finance_officer", "auditor"])
def test_others_do_not_draft(who, project, request):
    with pytest.raises(NotAllowed):
        draft(project, request.getfixturevalue(who))


def test_stranger_to_the_project_gets_no_contract(project, officer):
    other = Organisation.objects.get(slug="ilo")
    with pytest.raises(Refused) as refusal:
        draft_contract(by=officer, project=project, partner=other, terms=terms_of(project))
    assert refusal.value.field == "partner"


def test_contracts_stay_within_the_allocation(project, officer):
    with pytest.raises(Refused):
        draft(project, officer, amount=project.amount + D("0.01"))
    draft(project, officer, amount=D("200000.00"), tranches=[TrancheTerms(D("1.00"), clock.today())])
    with pytest.raises(Refused):
        draft(project, officer, amount=D("50000.01"), tranches=[TrancheTerms(D("1.00"), clock.today())])


def test_tranches_stay_within_the_contract(project, officer):
    with pytest.raises(Refused):
        draft(project, officer, amount=D("100.00"), tranches=[TrancheTerms(D("100.01"), clock.today())])


@pytest.mark.parametrize("report", [3, 99])
def test_tranche_waits_for_a_report_of_its_contract(report, project, officer):
    with pytest.raises(Refused):
        draft(project, officer, tranches=[TrancheTerms(D("1.00"), clock.today(), report)])


def test_offered_contract_is_cancelled_not_changed(offered, project, officer, agency, head):
    with pytest.raises(OutOfState):
        revise_contract(by=officer, contract=offered, terms=terms_of(project, tasks="Else."))
    assert cancel_contract(by=officer, contract=offered, reason="Wrong dates.").state == "cancelled"
    assert signed_contract(project, officer, agency, head).is_signed


def test_draft_is_revised(project, officer):
    contract = draft(project, officer)
    terms = replace(terms_of(project), tasks="Else.", tranches=[TrancheTerms(project.amount, clock.today())])
    revised = revise_contract(by=officer, contract=contract, terms=terms)
    assert (revised.tasks, revised.tranches.count(), revised.reports.count()) == ("Else.", 1, 2)


def test_signed_contract_is_not_cancelled(signed, officer):
    with pytest.raises(OutOfState):
        cancel_contract(by=officer, contract=signed, reason="Too late.")


@pytest.mark.requirement("R63")
@pytest.mark.parametrize("signed_by", [(), ("agency",), ("head",)])
def test_no_payment_before_both_signatures(signed_by, offered, finance_officer, request):
    for who in signed_by:
        sign_contract(by=request.getfixturevalue(who), contract=offered)
    with pytest.raises(OutOfState, match="both sides"):
        prepare_tranche(by=finance_officer, tranche=offered.tranches.get(number=1))


def test_no_payment_before_conditions_are_met(agency, officer, finance_officer, head):
    project = approved_project(agency, officer, finance_officer, conditions=("A steering group.",))
    contract = signed_contract(project, officer, agency, head)
    tranche = contract.tranches.get(number=1)
    with pytest.raises(OutOfState, match="condition"):
        prepare_tranche(by=finance_officer, tranche=tranche)
    meet_condition(by=officer, condition=project.conditions.get(), evidence="Minutes.")
    assert prepare_tranche(by=finance_officer, tranche=tranche).amount == tranche.amount


def test_condition_is_met_once_and_with_evidence(agency, officer, finance_officer):
    condition = approved_project(agency, officer, finance_officer, conditions=("One.",)).conditions.get()
    with pytest.raises(Refused):
        meet_condition(by=officer, condition=condition, evidence=" ")
    meet_condition(by=officer, condition=condition, evidence="Minutes.")
    with pytest.raises(OutOfState):
        meet_condition(by=officer, condition=condition, evidence="Again.")


@pytest.mark.requirement("R68")
def test_next_tranche_waits_for_the_accepted_report(signed, agency, officer, finance_officer, second_finance_officer):
    paid_first_tranche(signed, finance_officer, second_finance_officer)
    second = signed.tranches.get(number=2)
    with pytest.raises(OutOfState, match="report"):
        prepare_tranche(by=finance_officer, tranche=second)
    accepted_report(signed, agency, officer)
    assert prepare_tranche(by=finance_officer, tranche=second).amount == second.amount


@pytest.mark.requirement("R68")
def test_report_past_its_due_date_blocks_every_tranche(signed, finance_officer, set_clock):
    set_clock(clock.now() + timedelta(days=121))
    with pytest.raises(OutOfState, match="report"):
        prepare_tranche(by=finance_officer, tranche=signed.tranches.get(number=1))


@pytest.mark.requirement("R68")
def test_tranches_that_the_home_asks_for_are_those_that_nothing_holds_back(
    agency, officer, finance_officer, head, set_clock
):
    project = approved_project(agency, officer, finance_officer, conditions=("A steering group.",))
    contract = signed_contract(project, officer, agency, head)

    def asked_for():
        ready = set(Tranche.objects.ready_on(clock.today()).values_list("number", flat=True))
        now = Contract.objects.select_related("project").get(pk=contract.pk)
        held = standing(now, now.project)
        assert ready == {row.number for row in now.tranches.all() if not blocks(row, now, now.project, held)}
        tasks = [task for task in tasks_for(finance_officer, clock.now()) if task.label == "Prepare a tranche"]
        assert len(tasks) == len(ready)
        return ready

    assert asked_for() == set()
    meet_condition(by=officer, condition=project.conditions.get(), evidence="Minutes.")
    assert asked_for() == {1}
    payment = prepare_tranche(by=finance_officer, tranche=contract.tranches.get(number=1))
    assert asked_for() == set()
    cancel_payment(by=finance_officer, payment=payment, why="Wrong bank.")
    assert asked_for() == {1}
    set_clock(clock.now() + timedelta(days=121))  # a report is late
    assert asked_for() == set()


def test_tranche_is_prepared_once_and_again_after_a_cancelled_payment(signed, finance_officer):
    tranche = signed.tranches.get(number=1)
    payment = prepare_tranche(by=finance_officer, tranche=tranche)
    with pytest.raises(OutOfState):
        prepare_tranche(by=finance_officer, tranche=tranche)
    cancel_payment(by=finance_officer, payment=payment, why="Wrong bank.")
    assert prepare_tranche(by=finance_officer, tranche=tranche) != payment


@pytest.mark.parametrize("who", ["agency", "officer", "auditor"])
def test_others_do_not_prepare_payments(who, signed, request):
    with pytest.raises(NotAllowed):
        prepare_tranche(by=request.getfixturevalue(who), tranche=signed.tranches.get(number=1))


def test_project_with_a_report_outstanding_is_not_completed(signed, project, officer):
    with pytest.raises(Refused):
        complete_project(by=officer, project=project)


def test_project_with_money_left_is_not_closed(project, officer, head):
    Project.objects.update(state="completed", started_at=clock.now(), completed_at=clock.now())
    with pytest.raises(NotAllowed):
        close_project(by=officer, project=project)
    with pytest.raises(Refused, match="Allocated and not paid"):
        close_project(by=head, project=project)


def test_rival_sees_neither_contract_nor_project(offered, agency, rival_agency):
    assert (Contract.objects.visible_to(agency).count(), Project.objects.visible_to(agency).count()) == (1, 1)
    assert (Contract.objects.visible_to(rival_agency).count(), Project.objects.visible_to(rival_agency).count()) == (
        0,
        0,
    )


def test_partner_sees_no_draft(project, officer, agency):
    draft(project, officer)
    assert Contract.objects.visible_to(agency).count() == 0
    assert Contract.objects.visible_to(officer).count() == 1
