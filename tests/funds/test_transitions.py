"""Every pair of verb and state, legal or refused, from the tables beside the models."""

import pytest

from alliance.core.errors import OutOfState
from alliance.core.states import advance, can
from alliance.people.models import Role
from funds.models import (
    Agreement,
    AgreementState,
    Donor,
    DonorStage,
    Fund,
    FundStatus,
    NonCashPledge,
    NonCashState,
    Payment,
    PaymentState,
    Period,
    Pledge,
    PledgeState,
    Voucher,
    VoucherState,
    Window,
    WindowStatus,
)

TABLES = [
    (Fund, FundStatus),
    (Window, WindowStatus),
    (Period, Period.State),
    (Donor, DonorStage),
    (Pledge, PledgeState),
    (Agreement, AgreementState),
    (NonCashPledge, NonCashState),
    (Payment, PaymentState),
    (Voucher, VoucherState),
]
PAIRS = [(model, verb, state) for model, states in TABLES for verb in model.TRANSITIONS for state in states.values]


@pytest.mark.parametrize(("model", "verb", "state"), PAIRS, ids=[f"{m.__name__}-{v}-{s}" for m, v, s in PAIRS])
def test_verb_moves_from_its_sources_and_from_nowhere_else(model, verb, state):
    row = model()
    row.state = state
    move = model.TRANSITIONS[verb]
    if state in move.sources:
        advance(row, verb)
        assert row.state == move.target
    else:
        with pytest.raises(OutOfState):
            advance(row, verb)
        assert row.state == state


@pytest.mark.parametrize(("model", "states"), TABLES, ids=[m.__name__ for m, _ in TABLES])
def test_every_state_can_be_reached(model, states):
    field = next(f for f in model._meta.fields if f.name in ("state", "status", "stage"))
    reached = {move.target for move in model.TRANSITIONS.values()} | {field.default}
    assert reached == set(states.values)


@pytest.mark.parametrize(("model", "states"), TABLES, ids=[m.__name__ for m, _ in TABLES])
def test_no_verb_leads_back_to_where_it_came_from(model, states):
    assert [v for v, move in model.TRANSITIONS.items() if move.target in move.sources] == []


def test_who_is_a_role():
    who = {role for model, _ in TABLES for move in model.TRANSITIONS.values() for role in move.who}
    assert who <= set(Role.values)


def test_can_asks_and_changes_nothing():
    pledge = Pledge(state=PledgeState.PLEDGED)
    assert can(pledge, "acknowledge")
    assert not can(pledge, "write_off")
    assert pledge.state == PledgeState.PLEDGED
