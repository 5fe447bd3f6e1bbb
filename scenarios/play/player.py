"""Playing a scenario: in time order, whole or not at all, with the clock moving along."""

from collections import Counter

from django.core.exceptions import ValidationError
from django.db import transaction

from alliance.core import clock
from alliance.core.clock import Clock
from alliance.core.errors import DomainError
from alliance.forum.operations import load_reference
from alliance.people.models import User
from alliance.register.models import RegisterEntry
from scenarios.play.scenario import Act, Scenario, ScenarioError
from scenarios.play.stage import Stage
from scenarios.play.verbs import VERBS
from scenarios.play.vocabulary import check


def play(scenario: Scenario) -> Counter[str]:
    """Play every act that was not played before and return how many there were of each verb.

    The clock then stands at the scenario's end. Raises ScenarioError, and then nothing has changed.
    """
    for act in scenario.acts:
        check(act)
    with transaction.atomic():
        _make_demonstration(scenario)
        stage, played = Stage(), Counter[str]()
        for act in scenario.acts:
            played[act.verb] += _perform(stage, act)
        if played.total():
            clock.set_demonstration_time(scenario.ends_at)
    return +played


def _perform(stage: Stage, act: Act) -> bool:
    """Do one act at its moment; one that was done before is only looked up. Say whether it was new."""
    word = VERBS[act.verb]
    done = word.done(stage, act)
    if not done:
        clock.set_demonstration_time(act.moment)
    try:
        stage.keep(act, word.do(stage, act))
    except (DomainError, ValidationError, ValueError) as refusal:
        raise act.wrong(refusal) from refusal
    return not done


def _make_demonstration(scenario: Scenario) -> None:
    """Have a demonstration to play in: an empty one is made at the scenario's start, with its reference data.

    Refuses a portal in which real people work: there nobody moves the clock.
    """
    Clock.objects.select_for_update().get()
    if clock.is_demonstration():
        return
    if User.objects.exists():
        raise ScenarioError("a scenario moves the clock: it is played in a demonstration or in an empty portal only")
    Clock.objects.update(is_demonstration=True)
    clock.set_demonstration_time(scenario.starts_at)
    if not RegisterEntry.objects.exists():
        load_reference(fund_status=scenario.fund_status)
