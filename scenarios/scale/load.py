"""Loading: the people and the committee first, then each batch of projects as one act."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction

from alliance.core.clock import Clock, is_demonstration
from alliance.core.errors import Refused
from alliance.people.models import User
from alliance.records.models import RelayCursor
from alliance.records.relay import CURSOR
from alliance.register import operation
from alliance.register.models import RegisterEntry, head
from funds.ledger.posting import post_together
from funds.ledger.snapshot_taking import carry_forward
from funds.models import Deposit, Posting
from proposals.models import Contract, Project
from scenarios.scale.deposits import fill_pools
from scenarios.scale.money import move
from scenarios.scale.paper import write_papers
from scenarios.scale.plan import Planned, Size, batches
from scenarios.scale.world import World, known_addresses, make_world


def load(size: Size, told: Callable[[str], Any] = lambda line: None) -> Counter[str]:
    """Load a fund of this size and return how much there is of what. Raises Refused where real work is kept."""
    require_nothing_real()
    call_command("setup", verbosity=0, stdout=_Silent())
    Clock.objects.update(is_demonstration=True)
    world = make_world(size)
    started = _standing()
    left = size.projects
    for number, plans in enumerate(batches(size, sorted(world.partners, key=_rank), sorted(world.recommendations))):
        load_batch(by=world.people["officer"], world=world, plans=plans, number=number, left=left)
        left -= len(plans)
        told(f"{size.projects - left} projects, {world.posted} postings")
    carry_forward()
    _leave_quietly()
    return Counter({name: count - started[name] for name, count in _standing().items()})


def require_nothing_real() -> None:
    """Refuse a database in which somebody has acted, but for the setup and a demonstration."""
    if Posting.objects.exists() and not is_demonstration():
        raise Refused("money has moved here: a made-up fund is loaded into an empty or a demonstration database")
    if User.objects.exclude(email__in=known_addresses()).exists():
        raise Refused(
            "real people are entered here: a made-up fund is loaded into an empty or a demonstration database"
        )
    if Project.objects.filter(title__endswith="(1)", lead__slug__startswith="made-up").exists():
        raise Refused("a made-up fund has been loaded here already")


@operation
def load_batch(*, by: User, world: World, plans: list[Planned], number: int, left: int) -> None:
    """Load some projects with all that leads to them and follows from them: one act, one posting statement."""
    money = fill_pools(world, plans, number)
    papers = write_papers(world, plans)
    rest = world.size.postings - world.posted - sum(len(lines) for _entry, lines in money)
    money += move(world, papers, rest, left)
    world.posted += len(post_together(money))


def _rank(slug: str) -> tuple[bool, bool, str]:
    """Order partners so that those with people in the demonstration lead most projects."""
    return slug != "iom", slug != "ilo", slug


def _standing() -> dict[str, int]:
    models = {"projects": Project, "contracts": Contract, "deposits": Deposit, "postings": Posting}
    return {name: model._default_manager.count() for name, model in models.items()} | {
        "register entries": RegisterEntry.objects.count()
    }


def _leave_quietly() -> None:
    """Tell nobody of a made-up past; and let the database know how large its tables have become."""
    RelayCursor.objects.update_or_create(name=CURSOR, defaults={"n": head()[0]})
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("ANALYZE")


class _Silent:
    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        pass
