"""Who is told, and what the lists hand to the public pages."""

import json

import pytest

from alliance.core import clock, formats
from alliance.register import About
from alliance.register.kinds import kind
from alliance.register.models import RegisterEntry
from governance.gather import open_rows
from governance.models import Decision
from governance.operations import close_decision, declare_recusal
from proposals.models import Project
from tests.governance.factories import all_but, opened, opened_text, person, vote
from tests.proposals.factories import money_in

pytestmark = pytest.mark.django_db


def told(name: str) -> set[str]:
    body = json.loads(RegisterEntry.objects.filter(kind=name).latest("n").body)
    return {user.email.partition("@")[0] for user in kind(name).told(body)}


def to_vote(key: str) -> set[Decision]:
    return {row.decision for row in open_rows(person(key)) if row.place == "to_vote"}


def test_holders_are_told_that_a_vote_is_open(decision):
    assert {"member", "alternate", "chair", "member.iom"} <= told("decision.opened/1")
    assert not {"officer", "agency", "donor"} & told("decision.opened/1")


def test_outcome_is_told_to_holders_secretariat_and_applicant(unanimous, decision, finance_officer):
    close_decision(by=person("chair"), decision=decision)
    assert {"member", "officer", "head", "agency"} <= told("decision.closed/1")
    assert not {"donor", "rival.agency", "auditor"} & told("decision.closed/1")


def said(name: str, reader: str) -> About | None:
    body = json.loads(RegisterEntry.objects.filter(kind=name).latest("n").body)
    return kind(name).about(body, person(reader))


def test_mail_of_an_open_vote_says_title_amount_and_deadline(decision):
    moment = f"{decision.closes_at:%-d %B, %H:%M} UTC".replace(" UTC", "\u00a0UTC")
    if decision.closes_at.year != clock.today().year:
        moment = moment.replace(",", f" {decision.closes_at.year},")
    amount = formats.brief_money(sum(row.amount for row in decision.amounts.all()))
    assert said("decision.opened/1", "member") == About(decision.reference, decision.title, amount, f"closes {moment}")


def test_mail_says_nothing_of_the_item_to_who_is_recused_or_may_not_read_it(decision):
    declare_recusal(by=person("alternate"), decision=decision, note="A relative works for the applicant.")
    assert said("decision.opened/1", "alternate") is None
    assert said("decision.opened/1", "donor") is None
    assert said("decision.opened/1", "member") is not None


def test_mail_of_an_outcome_says_what_was_decided(decision, finance_officer):
    vote(decision, "approve", *all_but("member_iom"))
    close_decision(by=person("chair"), decision=decision)
    assert said("decision.closed/1", "agency").more == "Approved"


def test_ballots_are_told_to_nobody():
    assert kind("ballot.cast/1").told is None


def test_decisions_are_found_by_project_and_person(finance_officer):
    decision, text = opened(), opened_text()
    money_in(finance_officer, "300000.00")
    assert to_vote("member") == {decision, text}
    assert to_vote("member_iom") == {text}
    vote(decision, "approve", *all_but("member_iom"))
    assert to_vote("member") == {text}
    close_decision(by=person("chair"), decision=decision)
    project = Project.objects.get()
    assert list(Decision.objects.for_project(project)) == [decision]
    assert list(Decision.objects.visible_to(person("donor"))) == [decision]
