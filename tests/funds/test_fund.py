"""The fund itself: statuses, windows, periods, rates, donors."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from alliance.core import clock
from alliance.core.errors import NotAllowed, OutOfState, Refused
from alliance.reference import read_json
from alliance.register.models import head as register_head
from funds import reference
from funds.models import Act, Fund, FundStatus, Period, Posting, Rate, Window
from funds.operations.donors import advance_donor_stage, register_donor
from funds.operations.fund import close_period, record_rate, set_fund_status, set_window_status
from funds.operations.money import allocate
from tests.funds.factories import (
    RECEIVED_ON,
    fund_in,
    make_agreement,
    make_deposit,
    make_donor,
    make_organisation,
    make_pledge,
    make_voucher,
    make_window,
)
from tests.ground.scenes import scene

D = Decimal


@pytest.mark.requirement("R103")
def test_pledges_can_be_noted_while_the_fund_is_proposed(donor):
    fund_in("proposed")
    assert make_pledge(donor).state == "pledged"


@pytest.mark.requirement("R6", "R103")
def test_fund_approved_in_principle_commits_nothing(finance_officer):
    make_deposit(finance_officer)
    fund_in("approved_in_principle")
    with pytest.raises(OutOfState):
        make_agreement(finance_officer)
    with pytest.raises(OutOfState):
        allocate(by=finance_officer, project="PRJ-2008-0001", amounts={make_window("GEN"): D(1)}, on=RECEIVED_ON)


def test_every_status_says_what_it_allows():
    assert set(Fund.ALLOWED) == set(FundStatus.values)
    assert {act for acts in Fund.ALLOWED.values() for act in acts} == set(Act.values)


@pytest.mark.requirement("R103")
def test_fund_goes_its_way_step_by_step(head):
    Fund.objects.update(status="proposed")
    for status in ("approved_in_principle", "established", "operating", "closing", "closed"):
        assert set_fund_status(by=head, status=status, note="a decision").status == status
    with pytest.raises(OutOfState):
        set_fund_status(by=head, status="operating", note="again")


@scene
def established(head):
    """The fund, established on 5 May 2008 and entered as such later."""
    Fund.objects.update(status="proposed", status_on=date(2008, 1, 2))
    set_fund_status(by=head, status="established", note="a decision", on=RECEIVED_ON)
    return set_fund_status(by=head, status="operating", note="a decision")  # as of today


EARLIER = RECEIVED_ON - timedelta(days=1)


@pytest.mark.requirement("R103")
def test_no_contribution_is_received_on_a_day_when_the_fund_was_not_established(established, finance_officer):
    with pytest.raises(
        OutOfState, match=r"was established on 5\sMay\s2008: before that day it could not receive"
    ) as no:
        make_deposit(finance_officer, received_on=EARLIER)
    assert (no.value.field, Posting.objects.count()) == ("received_on", 0)
    assert make_deposit(finance_officer, received_on=RECEIVED_ON).received_on == established.established_on


@pytest.mark.requirement("R6", "R103")
def test_nothing_else_commits_the_fund_on_such_a_day(established, finance_officer):
    make_deposit(finance_officer)
    with pytest.raises(OutOfState, match="could not sign contribution agreements") as no:
        make_agreement(finance_officer, signed_on=EARLIER)
    assert no.value.field == "signed_on"
    with pytest.raises(OutOfState, match="could not receive contributions") as no:
        make_voucher(finance_officer, "interest_fund", on=EARLIER)
    assert no.value.field == "on"


@pytest.mark.requirement("R103")
def test_what_an_operating_fund_may_do_it_may_from_the_day_on_that_it_operates(established, finance_officer):
    make_deposit(finance_officer)
    yesterday, amounts = clock.today() - timedelta(days=1), {make_window(): D(1)}
    with pytest.raises(OutOfState, match="began to operate on .*: before that day it could not commit money"):
        allocate(by=finance_officer, project="PRJ-2008-0001", amounts=amounts, on=yesterday)
    assert allocate(by=finance_officer, project="PRJ-2008-0001", amounts=amounts, on=established.operating_on)


@pytest.mark.requirement("R103")
def test_fund_that_closes_without_having_operated_pays_nothing_before_it_was_established(head, people):
    Fund.objects.update(status="approved_in_principle", status_on=date(2008, 1, 2))
    set_fund_status(by=head, status="established", note="a decision", on=RECEIVED_ON)
    set_fund_status(by=head, status="closing", note="a decision")
    make_deposit(people["finance_officer"])
    with pytest.raises(OutOfState, match="was established on") as no:
        make_voucher(people["finance_officer"], "donor_refund", on=EARLIER)
    assert no.value.field == "on"
    assert make_voucher(people["finance_officer"], "donor_refund").state == "prepared"


@pytest.mark.requirement("R103")
def test_pledge_may_be_older_than_the_fund(established, donor):
    assert make_pledge(donor, pledged_on=EARLIER).state == "pledged"


@pytest.mark.requirement("R103")
def test_day_of_a_status_is_neither_to_come_nor_before_the_present_one(head):
    Fund.objects.update(status="proposed", status_on=RECEIVED_ON)
    for day, why in ((EARLIER, "began after this day"), (clock.today() + timedelta(days=1), "future")):
        with pytest.raises(Refused, match=why) as no:
            set_fund_status(by=head, status="established", note="x", on=day)
        assert no.value.field == "on"
    assert Fund.objects.the().established_on is None


@pytest.mark.requirement("R103")
@pytest.mark.parametrize(
    ("before", "after"), [("established", "operating"), ("operating", "closing"), ("closing", "closed")]
)
def test_no_status_that_money_moves_in_is_set_for_an_earlier_day(head, before, after):
    Fund.objects.update(status=before, status_on=RECEIVED_ON)
    with pytest.raises(Refused, match="Only the day of its approval"):
        set_fund_status(by=head, status=after, note="x", on=clock.today() - timedelta(days=1))
    assert set_fund_status(by=head, status=after, note="x", on=clock.today()).status == after


@pytest.mark.parametrize("key", ["officer", "finance_officer", "donor", "member", "auditor"])
def test_only_the_head_sets_statuses(people, key):
    with pytest.raises(NotAllowed):
        set_fund_status(by=people[key], status="closing", note="x")
    with pytest.raises(NotAllowed):
        set_window_status(by=people[key], window=make_window("W1"), status="suspended", note="x")


@pytest.mark.requirement("R14")
def test_suspended_window_allocates_nothing_and_another_does(head, finance_officer):
    for code in ("W1", "W2"):
        make_deposit(finance_officer, window=make_window(code))
    set_window_status(by=head, window=make_window("W1"), status="suspended", note="the Forum's wish")
    with pytest.raises(OutOfState, match="not open"):
        allocate(by=head, project="PRJ-2008-0001", amounts={make_window("W1"): D(5)}, on=RECEIVED_ON)
    assert allocate(by=head, project="PRJ-2008-0002", amounts={make_window("W2"): D(5)}, on=RECEIVED_ON)


def test_closed_period_takes_no_posting(finance_officer):
    make_deposit(finance_officer)
    close_period(by=finance_officer, period=Period.objects.get(code="2008"))
    with pytest.raises(Refused, match="no open accounting period"):
        make_deposit(finance_officer)
    assert Posting.objects.count() == 2


def test_period_is_closed_once_and_in_order(finance_officer, head):
    make_deposit(finance_officer)
    with pytest.raises(Refused, match="earlier period is still open"):
        close_period(by=head, period=Period.objects.get(code="2009"))
    close_period(by=head, period=Period.objects.get(code="2008"))
    close_period(by=head, period=Period.objects.get(code="2009"))
    with pytest.raises(OutOfState):
        close_period(by=head, period=Period.objects.get(code="2008"))


def test_period_that_runs_is_not_closed(finance_officer):
    with pytest.raises(Refused, match="not over yet"):
        close_period(by=finance_officer, period=Period.objects.covering(clock.today()).get())


@pytest.mark.parametrize("key", ["officer", "donor", "auditor", "agency"])
def test_only_finance_officers_and_the_head_close_periods(people, key):
    with pytest.raises(NotAllowed):
        close_period(by=people[key], period=Period.objects.get(code="2007"))


@pytest.mark.requirement("D2")
def test_rate_is_entered_with_day_and_source(finance_officer):
    rate = record_rate(
        by=finance_officer, currency="NOK", on=date(2008, 3, 3), units_per_usd=D("5.2"), source="Norges Bank"
    )
    assert Rate.objects.on("NOK", date(2008, 4, 17)) == rate
    assert Rate.objects.on("NOK", date(2008, 4, 18)) is None
    assert Rate.objects.on("NOK", date(2008, 3, 2)) is None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"currency": "USD"}, "currency"),
        ({"currency": "QQQ"}, "currency"),
        ({"units_per_usd": D(0)}, "units_per_usd"),
        ({"currency": "SEK"}, "on"),
    ],
)
def test_rate_that_cannot_be_is_refused(finance_officer, values, field):
    with pytest.raises(Refused) as refusal:
        record_rate(
            **{"by": finance_officer, "currency": "NOK", "on": date(2008, 3, 3), "units_per_usd": D(5), "source": "x"}
            | values
        )
    assert refusal.value.field == field


@pytest.mark.requirement("R102")
def test_pipeline_is_kept_by_hand_up_to_interest(officer):
    donor = make_donor()
    assert advance_donor_stage(by=officer, donor=donor, stage="contacted").stage == "contacted"
    assert advance_donor_stage(by=officer, donor=donor, stage="interested").stage == "interested"
    with pytest.raises(OutOfState):
        advance_donor_stage(by=officer, donor=donor, stage="contacted")
    with pytest.raises(Refused, match="not set by hand"):
        advance_donor_stage(by=officer, donor=donor, stage="received")


@pytest.mark.requirement("R56")
@pytest.mark.parametrize("donor_type", ["state", "institution", "private", "other", "trustee"])
def test_donor_has_a_type(officer, donor_type):
    donor = register_donor(by=officer, organisation=make_organisation("sweden-mfa"), donor_type=donor_type)
    assert donor.donor_type == donor_type
    with pytest.raises(Refused, match="donor already"):
        register_donor(by=officer, organisation=donor.organisation, donor_type="state")


@pytest.mark.requirement("R95")
def test_there_is_one_trustee(officer):
    make_donor("world-bank", "trustee")
    with pytest.raises(Refused, match="already a trustee"):
        register_donor(by=officer, organisation=make_organisation("sweden-mfa"), donor_type="trustee")


@pytest.mark.parametrize("key", ["donor", "agency", "member", "auditor"])
def test_only_the_secretariat_registers_donors(people, key):
    with pytest.raises(NotAllowed):
        register_donor(by=people[key], organisation=make_organisation("sweden-mfa"), donor_type="state")


def test_reference_rows_load_once_and_change_nothing_again(db):
    before = register_head()
    loaded = reference.load(read_json, fund_status="proposed")
    assert {name: (count.added, count.changed) for name, count in loaded.items()} == {
        "windows": (0, 0), "periods": (0, 0), "rates": (0, 0),
    }  # fmt: skip
    assert (register_head(), Fund.objects.the().status) == (before, "operating")


def test_unknown_status_is_refused_at_setup(db):
    with pytest.raises(Refused, match="not a status"):
        reference.load(read_json, fund_status="dreaming")


def test_windows_stand_for_objectives(db):
    found = {w.code: [o.code for o in w.objectives.order_by("code")] for w in Window.objects.order_by("code")}
    assert found == {"GEN": [], "W1": ["O1"], "W2": ["O2"], "W3": ["O3"]}
