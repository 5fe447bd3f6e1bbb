"""Scenarios: what is wrong is said with its line; what is played is played whole, once, through the operations."""

from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from alliance.core import clock
from alliance.core.clock import Clock
from alliance.people.models import User
from alliance.register.models import RegisterEntry
from funds.models import Deposit, Fund, Pledge
from governance.models import Decision
from proposals.models import Proposal
from reporting.verification.everything import verify
from scenarios.play.player import play
from scenarios.play.scenario import ScenarioError, read
from scenarios.play.verbs import VERBS

SHIPPED = Path(__file__).parents[2] / "scenarios" / "stories"
HEAD = """name = "small"
starts_at = 2008-01-01T09:00:00Z
ends_at = 2008-12-31T09:00:00Z
"""
PLEDGE = """
[[act]]
on = 2008-02-01
do = "donor"
organisation = "sweden-mfa"
type = "state"

[[act]]
on = 2008-03-03
do = "pledge"
as = "first"
donor = "sweden-mfa"
by = "donor"
amount = "1000.00"
currency = "SEK"

[[act]]
on = 2008-03-04
do = "acknowledge"
pledge = "first"
"""


@pytest.fixture
def demonstration(db):
    Clock.objects.update(is_demonstration=True)


@pytest.fixture
def written(tmp_path):
    def write(text, head=HEAD):
        path = tmp_path / "small.toml"
        path.write_text(head + text)
        return path

    return write


def test_acts_are_played_in_order_of_time_at_their_moment(demonstration, written):
    played = play(read(written(PLEDGE)))
    assert played == {"donor": 1, "pledge": 1, "acknowledge": 1}
    pledge = Pledge.objects.get()
    assert (pledge.state, pledge.pledged_on.isoformat()) == ("acknowledged", "2008-03-03")
    assert pledge.acknowledged_at.date().isoformat() == "2008-03-04"
    assert abs(clock.now() - datetime(2008, 12, 31, 9, tzinfo=UTC)).total_seconds() < 60


@pytest.mark.requirement("D8")
def test_second_run_changes_nothing(demonstration, written):
    scenario = read(written(PLEDGE))
    play(scenario)
    before, offset = RegisterEntry.objects.count(), Clock.objects.get().clock_offset
    assert play(scenario) == {}
    assert RegisterEntry.objects.count() == before
    assert Clock.objects.get().clock_offset == offset


def test_acts_added_later_are_played_on_top(demonstration, written):
    play(read(written(PLEDGE)))
    more = PLEDGE + '\n[[act]]\non = 2008-04-01\ndo = "pipeline"\ndonor = "sweden-mfa"\nstage = "interested"\n'
    with pytest.raises(ScenarioError, match=r"line \d+: pipeline"):
        play(read(written(more)))
    other = PLEDGE + '\n[[act]]\non = 2008-04-01\ndo = "window_status"\nwindow = "W1"\nstatus = "suspended"\n'
    assert play(read(written(other))) == {"window_status": 1}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[act]\n", "is not TOML"),
        ('[[act]]\non = 2008-02-01\ndo = "dance"\n', "line 4: “dance” is no verb"),
        ('[[act]]\non = 2008-02-01\ndo = "donor"\ntype = "state"\n', "line 4: donor: “organisation” is missing"),
        ('[[act]]\ndo = "people"\n', "line 4: name the day"),
        ('[[act]]\non = "tomorrow"\ndo = "people"\n', "line 4: name the day"),
        ('[[act]]\non = 2009-02-01\ndo = "people"\n', "line 4: people: comes after"),
        ('[[act]]\non = 2007-02-01\ndo = "people"\n', "line 4: people: comes before"),
        ('[[act]]\non = 2008-02-01\ndo = "people"\ncolour = "red"\n', "line 4: people: “colour” is not among its keys"),
        (PLEDGE.replace('"1000.00"', "1000.0"), "line 11: pledge: “amount” should be an amount in quotes"),
        (PLEDGE.replace('"1000.00"', '"a lot"'), "line 11: pledge: “amount” is no amount: a lot"),
        (PLEDGE.replace('by = "donor"', 'by = "nobody"'), "line 11: pledge: there is no person “nobody”"),
        (PLEDGE.replace('pledge = "first"', 'pledge = "second"'), "line 20: acknowledge: there is no pledge “second”"),
        (PLEDGE.replace('by = "donor"', 'by = "agency"'), "line 11: pledge: Only a donor"),
        (PLEDGE.replace('"SEK"', '"XXZ"'), "line 11: pledge: “XXZ” is not a currency."),
    ],
)
def test_bad_scenario_names_its_line_and_changes_nothing(demonstration, written, text, said):
    before, offset = RegisterEntry.objects.count(), Clock.objects.get().clock_offset
    with pytest.raises(CommandError) as refused:
        call_command("play", str(written(text)), stdout=StringIO())
    assert said in str(refused.value)
    assert refused.value.returncode == 2
    assert (RegisterEntry.objects.count(), Clock.objects.get().clock_offset) == (before, offset)


def test_file_that_is_not_there_is_said(demonstration):
    with pytest.raises(CommandError, match="nowhere.toml"):
        call_command("play", "nowhere.toml")


def test_portal_in_which_people_work_is_refused(db, written):
    with pytest.raises(ScenarioError, match="moves the clock"):
        play(read(written(PLEDGE)))
    assert not clock.is_demonstration()


def test_every_verb_says_what_it_needs():
    assert len(VERBS) >= 45
    assert [verb.name for verb in VERBS.values() if verb.needs & verb.may] == []


@pytest.mark.requirement("R6", "R103")
def test_demonstration_stands_on_15_september_2008(demonstration):
    out = StringIO()
    call_command("play", "demonstration", stdout=out)
    assert "demonstration: 83 acts played, 4 there already" in out.getvalue()  # the suite has people and a status
    assert clock.today().isoformat() == "2008-09-15"
    assert Fund.objects.the().status == "operating"
    assert set(Deposit.objects.values_list("donor__donor_type", flat=True)) == {"state", "trustee", "private"}
    assert sorted(Proposal.objects.values_list("state", flat=True)) == ["approved", "eligible", "submitted", "tabled"]
    assert sorted(Decision.objects.values_list("state", flat=True)) == ["closed", "open"]
    assert [problem for problem in verify().problems if problem.what != "guard"] == []
    out = StringIO()
    call_command("play", "demonstration", stdout=out)
    assert out.getvalue().strip() == "demonstration: 0 acts played, 87 there already"


def test_people_of_a_scenario_can_be_named(demonstration, written):
    text = '[[act]]\non = 2008-02-01\ndo = "person"\nemail = "new@demo.example"\nname = "Someone New"\n'
    text += 'organisation = "iom"\nroles = ["partner_drafter"]\n'
    play(read(written(text)))
    assert User.objects.get(email="new@demo.example").has_role("partner_drafter")


def test_organisation_that_a_scenario_enters_can_give_without_an_agreement(demonstration, written):
    text = '[[act]]\non = 2008-02-01\ndo = "people"\n'
    text += '[[act]]\non = 2008-02-01\ndo = "organisation"\nslug = "contributors"\nkind = "other"\nname_en = "All"\n'
    text += '[[act]]\non = 2008-02-01\ndo = "donor"\norganisation = "contributors"\ntype = "other"\n'
    text += '[[act]]\non = 2008-02-04\ndo = "deposit"\ndonor = "contributors"\namount = "1000.00"\n'
    play(read(written(text)))
    (deposit,) = Deposit.objects.filter(donor__organisation__slug="contributors")
    assert (deposit.agreement, deposit.amount_usd, deposit.fee_usd) == (None, Decimal("1000.00"), Decimal("10.00"))
