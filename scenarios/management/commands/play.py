"""Play a scenario through the operations."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from alliance.management.commands.setup import make_ready
from scenarios.play.player import play
from scenarios.play.scenario import ScenarioError, read

BAD_INPUT = 2
SHIPPED = Path(__file__).resolve().parents[2] / "stories"


def found(name: str) -> Path:
    """Return the file of this path, or the scenario of this name that comes with the portal."""
    shipped = SHIPPED / f"{name}.toml"
    return shipped if "/" not in name and shipped.exists() else Path(name)


class Command(BaseCommand):
    help = "Play the acts of a scenario file in time order, through the operations. Playing it again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "scenario", metavar="SCENARIO.toml", help="a file, or the name of one that comes with the portal"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        make_ready()
        try:
            scenario = read(found(options["scenario"]))
            played = play(scenario)
        except ScenarioError as error:
            raise CommandError(str(error), returncode=BAD_INPUT) from error
        for verb, count in sorted(played.items()):
            self.stdout.write(f"{verb}: {count}")
        self.stdout.write(
            f"{scenario.name}: {played.total()} acts played, {len(scenario.acts) - played.total()} there already"
        )
