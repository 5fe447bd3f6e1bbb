"""Windows bind an allocation by the objectives it serves, whichever pool pays (R14)."""

import pytest

from alliance.core import clock
from alliance.core.errors import OutOfState, Refused
from alliance.forum.models import Objective
from funds.models import Posting, Window
from funds.operations.fund import set_window_status
from funds.operations.money import allocate
from governance.models import Outcome
from governance.operations import close_decision, propose_amounts
from proposals.models import Project, WaitingApproval
from proposals.operations import fund_waiting, prepare_waiting
from tests.governance.factories import D, all_but, opened, person, tabled, vote
from tests.ground.scenes import scene
from tests.proposals.factories import checked_version, money_in, window

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R14")]


def suspend(*codes):
    for code in codes:
        set_window_status(by=person("head"), window=window(code), status="suspended", note="The Forum's wish.")


def version_for(agency, officer, **objectives):
    return checked_version(agency, officer, objectives=objectives, main=next(iter(objectives)))


@scene
def version(founded, agency, officer):
    """A version that follows the first objective alone."""
    return version_for(agency, officer, O1=100)


def carried(decision):
    vote(decision, "approve", *all_but("member_iom"))
    return close_decision(by=person("chair"), decision=decision)


@pytest.mark.parametrize("code", ["GEN", "W1", "W2"])
def test_project_of_a_suspended_window_is_not_put_whichever_window_is_named(code, version):
    suspend("W1")
    with pytest.raises(Refused, match="not open"):
        tabled(version=version, amounts={window(code): D(1000)})


def test_other_objectives_go_on_while_a_window_is_suspended(agency, officer, finance_officer):
    version = version_for(agency, officer, O2=100)
    suspend("W1")
    money_in(finance_officer, "300000.00")
    outcome = carried(opened(version=version, amounts={window("W2"): version.requested}))
    assert (outcome.money, Project.objects.get().amount) == ("allocated", version.requested)


def test_each_objective_of_a_proposal_needs_its_window(agency, officer):
    version = version_for(agency, officer, O1=10, O2=90)
    suspend("W1")
    with pytest.raises(OutOfState, match="Follow-up of Forum recommendations"):
        tabled(version=version, amounts={window("W2"): D(1000)})


def test_window_that_serves_none_of_the_objectives_is_refused(version):
    with pytest.raises(Refused, match="serves none"):
        tabled(version=version, amounts={window("W2"): D(1000)})


def test_approval_in_principle_does_not_need_the_window(version):
    suspend("W1")
    assert opened(version=version, in_principle=True).is_open


def test_decision_carried_while_its_window_is_suspended_waits_and_posts_nothing(version, finance_officer):
    money_in(finance_officer, "300000.00")
    decision = opened(version=version, amounts={window("GEN"): version.requested})
    suspend("W1")
    before = Posting.objects.count()
    assert carried(decision).money == Outcome.Money.WAITING
    assert (Project.objects.count(), Posting.objects.count()) == (0, before)


def test_waiting_approval_is_not_funded_until_its_window_is_open(
    version, finance_officer, second_finance_officer, head
):
    decision = opened(version=version, amounts={window("GEN"): version.requested})
    carried(decision)
    money_in(finance_officer, "300000.00")
    waiting = WaitingApproval.objects.get()
    prepare_waiting(by=finance_officer, waiting=waiting)
    suspend("W1")
    with pytest.raises(OutOfState, match="not open"):
        fund_waiting(by=second_finance_officer, waiting=waiting)
    set_window_status(by=head, window=window("W1"), status="open", note="The Forum agreed.")
    assert fund_waiting(by=second_finance_officer, waiting=waiting).amount == version.requested


def test_approval_held_back_by_its_window_does_not_hold_back_the_next(
    version, agency, officer, finance_officer, second_finance_officer
):
    carried(opened(version=version, amounts={window("GEN"): version.requested}))
    second = version_for(agency, officer, O2=100)
    carried(opened(version=second, amounts={window("GEN"): second.requested}))
    money_in(finance_officer, "600000.00")
    waiting = WaitingApproval.objects.get(version=second)
    with pytest.raises(Refused, match="earlier"):
        prepare_waiting(by=finance_officer, waiting=waiting)
    suspend("W1")
    prepare_waiting(by=finance_officer, waiting=waiting)
    assert fund_waiting(by=second_finance_officer, waiting=waiting).amount == second.requested


def test_amounts_are_proposed_from_the_objectives_own_window_even_when_it_is_shut(version):
    suspend("W1")
    assert propose_amounts(version) == {window("W1"): version.requested}


def made_window(code, status, *objectives):
    fund = Window.objects.first().fund
    made = Window.objects.create(fund=fund, code=code, name_en=code, status=status, status_on=clock.today())
    made.objectives.set(Objective.objects.filter(code__in=objectives))
    return made


@pytest.mark.parametrize(
    ("other", "objectives", "is_allowed"),
    [
        pytest.param("open", ["O1"], True, id="second window of its own is open"),
        pytest.param("planned", ["O1"], False, id="second window of its own is only planned"),
        pytest.param("open", ["O1", "O2"], False, id="shared window does not stand in for a suspended one"),
    ],
)
def test_objective_with_several_windows(other, objectives, is_allowed, finance_officer):
    made_window("W9", other, *objectives)
    suspend("W1")
    money_in(finance_officer, "1000.00")
    asked = {"by": None, "project": "PRJ-1", "amounts": {window("GEN"): D(5)}, "on": clock.today()}
    if is_allowed:
        assert len(allocate(**asked, objectives=["O1"])) == 1
    else:
        with pytest.raises(OutOfState):
            allocate(**asked, objectives=["O1"])


def test_objective_with_only_a_shared_window_needs_that_one(finance_officer):
    Window.objects.get(code="W1").objectives.clear()
    shared = made_window("W9", "open", "O1", "O2")
    money_in(finance_officer, "1000.00")
    asked = {"by": None, "project": "PRJ-1", "amounts": {window("GEN"): D(5)}, "on": clock.today()}
    assert len(allocate(**asked, objectives=["O1"])) == 1
    suspend(shared.code)
    with pytest.raises(OutOfState):
        allocate(**asked, objectives=["O1"])


def test_objective_without_any_window_is_paid_by_the_general_pool(finance_officer):
    Window.objects.get(code="W1").objectives.clear()
    suspend("W1")
    money_in(finance_officer, "1000.00")
    posted = allocate(by=None, project="PRJ-1", amounts={window("GEN"): D(5)}, on=clock.today(), objectives=["O1"])
    assert sum(posting.amount for posting in posted) == D(5)
