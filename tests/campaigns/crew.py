"""The processes of a campaign: they fork from one that has loaded the portal, and are at work at once."""

import multiprocessing
from collections import Counter
from collections.abc import Callable
from typing import Any

PATIENCE = 900


def at_work(processes: int, deed: Callable[[int, Any], Counter], plan: Any) -> Counter:
    """Have each of so many processes do the deed by its number, and return what they counted together."""
    context = multiprocessing.get_context("spawn")
    queue: multiprocessing.Queue[Counter] = context.Queue()
    crew = context.Process(target=_crew, args=(processes, deed, plan, queue))
    crew.start()
    outcomes = sum((queue.get(timeout=PATIENCE) for _ in range(processes)), Counter())
    crew.join()
    return outcomes


def _crew(processes: int, deed: Callable[[int, Any], Counter], plan: Any, queue: Any) -> None:
    import django

    django.setup()
    context = multiprocessing.get_context("fork")
    members = [context.Process(target=_member, args=(number, deed, plan, queue)) for number in range(processes)]
    for member in members:
        member.start()
    for member in members:
        member.join()


def _member(number: int, deed: Callable[[int, Any], Counter], plan: Any, queue: Any) -> None:
    queue.put(deed(number, plan))
