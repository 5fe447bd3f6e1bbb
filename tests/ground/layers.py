"""The layers: what each adds to the one below it."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from django.core.management import call_command

from alliance.core import clock
from alliance.core.clock import Clock
from alliance.records.relay import relay
from funds.ledger.snapshot_taking import carry_forward
from scenarios.management.commands.play import found
from scenarios.people.enrolment import enrol_people
from scenarios.play.scenario import read


class Layer(NamedTuple):
    """A state of the database, made from another or from an empty one."""

    name: str
    below: "Layer | None"
    add: Callable[[], None]


def _people() -> None:
    """Make the tables, load the reference data and enter the people."""
    call_command("setup", verbosity=0)
    enrol_people(since=date(2007, 11, 16))


def _demonstration() -> None:
    """Play the demonstration, deliver its notices and carry its sums forward."""
    Clock.objects.update(is_demonstration=True)
    call_command("play", "demonstration", verbosity=0)
    relay()
    carry_forward()


def stand_at_the_end() -> None:
    """Put the clock on 15 September 2008, where the demonstration ends: it has gone on since that was played."""
    clock.set_demonstration_time(read(found("demonstration")).ends_at)


PEOPLE = Layer("people", None, _people)
DEMONSTRATION = Layer("demonstration", PEOPLE, _demonstration)
LAYERS = {layer.name: layer for layer in (PEOPLE, DEMONSTRATION)}
