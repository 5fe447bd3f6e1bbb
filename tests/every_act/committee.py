"""The committee's seats and rules, and every way in which a vote can end."""

from datetime import timedelta

from alliance.core import clock
from alliance.people.models import Organisation, User
from alliance.people.operations import give_role
from governance.models import Body, Seat
from governance.operations import (
    adopt_rules,
    appoint_chair,
    appoint_holder,
    cancel_decision,
    cast_ballot,
    close_decision,
    declare_recusal,
    defer_decision,
)
from scenarios.people.personas import PASSWORD
from tests.every_act.ground import REASON, RECUSED, a_day_later, proposed
from tests.governance.factories import all_but, in_days, opened, opened_text, tabled, vote
from tests.history import person
from tests.proposals.factories import organisation_of


def committee() -> None:
    """A new alternate, a new chair, and rules changed by a text that was carried."""
    user = User.objects.create_user("alternate.ghana@demo.example", PASSWORD, name="Ama Serwaa", language="en")
    ghana = Organisation.objects.get(slug="ghana-interior")
    give_role(by=person("head"), user=user, organisation=ghana, role="committee", starts_on=clock.today())
    seat = Seat.objects.get(organisation=ghana)
    appoint_holder(by=person("head"), seat=seat, user=user, capacity="alternate", starts_on=clock.today())
    text = opened_text(title="Rules, second version", text="Twelve working days of silence.")
    vote(text, "approve", *all_but())
    close_decision(by=person("chair"), decision=text)
    later = clock.today() + timedelta(1)
    adopt_rules(by=person("head"), decision=text, effective_from=later, changes={"silence_days": 12})
    a_day_later(2)
    appoint_chair(by=person("head"), body=Body.objects.get(), user=person("member_ghana"), starts_on=clock.today())


def votes() -> None:
    """Every outcome of a vote, recusals declared and found, and votes under way, sealed, when the release ends."""
    _against()
    _without_a_vote()
    _silent()
    _too_dear()
    _recused()
    _under_way()


def _against() -> None:
    for choice, title in (("return", "Returned by the committee"), ("object", "Rejected")):
        decision = opened(version=proposed(title))
        vote(decision, choice, *all_but(RECUSED))
        close_decision(by=person("member_ghana"), decision=decision)
    principle = opened(version=proposed("In principle"), in_principle=True)
    vote(principle, "approve", *all_but(RECUSED))
    close_decision(by=person("member_ghana"), decision=principle)


def _without_a_vote() -> None:
    """An item cancelled while its vote was open, one deferred, and one whose vote had no quorum."""
    cancel_decision(by=person("officer"), decision=opened(version=proposed("Cancelled")), reason=REASON)
    defer_decision(by=person("member_ghana"), decision=opened(version=proposed("Deferred")), reason=REASON)
    lonely = opened(version=proposed("Without a quorum"))
    vote(lonely, "approve", "member")
    a_day_later(8)
    close_decision(by=None, decision=lonely)


def _silent() -> None:
    """Two no-objection procedures: consent by silence, and an objection that ends one."""
    heard = opened_text(title="Heard", closes_at=in_days(30), procedure="no_objection")
    vote(heard, "object", "member")
    quiet = opened_text(title="Quiet", closes_at=in_days(30), procedure="no_objection")
    a_day_later(31)
    close_decision(by=None, decision=quiet)


def _too_dear() -> None:
    """Carried with conditions while the pool is short: approved, waiting for money."""
    decision = opened(version=proposed("Waits for money", amount="9000000.00"), conditions="A yearly audit.")
    vote(decision, "approve_with_conditions", *all_but(RECUSED))
    close_decision(by=person("member_ghana"), decision=decision)


def _recused() -> None:
    """One who declares an interest, and one who joined the applicant after the opening and is found when voting is tried."""
    decision = opened(version=proposed("With recusals"))
    declare_recusal(by=person("member_undp"), decision=decision, note="A consultant of the project advised me.")
    late = person("member_network")
    applicant = organisation_of(person("agency"))
    give_role(by=person("head"), user=late, organisation=applicant, role="partner_drafter", starts_on=clock.today())
    vote(decision, "approve", *all_but(RECUSED, "member_undp", "member_network"))
    close_decision(by=person("member_ghana"), decision=decision)


def _under_way() -> None:
    """A sealed vote with ballots, one of them replaced; a silent procedure; an item on the agenda."""
    decision = opened(version=proposed("Under way"), conditions="A yearly audit.", days=30)
    vote(decision, "approve", "member_sweden", "member_ghana")
    cast_ballot(by=person("member_sweden"), decision=decision, choice="approve_with_conditions")
    opened_text(title="Still silent", closes_at=in_days(30), procedure="no_objection")
    tabled(version=proposed("On the agenda"), days=30)
