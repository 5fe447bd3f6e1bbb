"""The exported ledger with one cent changed, again and again: both tools must refuse every copy.

    .venv/bin/python -m tests.campaigns.ledger_export [--copies 1000] [--seed 1]

The demonstration is played into a database of its own, which is made and dropped. Each copy has one cent more or
less in one place: one side of a posting, both sides of it, or a balance. Beancount runs in this process, by its
loader without a cache; hledger by its command. Prints one line; exit 1 when a copy was accepted or the original refused.
"""

import argparse
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from itertools import pairwise
from pathlib import Path

AMOUNT = re.compile(r"(?<!~ )(?<![\d-])-?\d+\.\d\d(?= USD| ~ 0\.00 USD)")
CENT = Decimal("0.01")


def altered(text: str, copies: int, chance: random.Random) -> Iterator[str]:
    """Yield copies with one cent changed, at places taken by chance; every third time on both sides of a posting."""
    lines = text.splitlines(keepends=True)
    places = [number for number, line in enumerate(lines) if AMOUNT.search(line) and not line.startswith("commodity")]
    sides = [one for one, two in pairwise(places) if is_posting(lines, one, two)]
    for number in range(copies):
        copy = list(lines)
        if number % 3 == 2:
            place = chance.choice(sides)
            cent = chance.choice([CENT, -CENT])
            copy[place] = changed(copy[place], cent, 0)
            copy[place + 1] = changed(copy[place + 1], -cent, 0)
        else:
            place = chance.choice(places)
            found = chance.randrange(len(AMOUNT.findall(lines[place])))  # hledger states amount and balance on one line
            copy[place] = changed(copy[place], chance.choice([CENT, -CENT]), found)
        yield "".join(copy)


def is_posting(lines: list[str], one: int, two: int) -> bool:
    amounts = [AMOUNT.findall(lines[place]) for place in (one, two)]
    return two == one + 1 and all(len(found) == 1 for found in amounts) and amounts[1][0] == f"-{amounts[0][0]}"


def changed(line: str, cent: Decimal, which: int) -> str:
    found = list(AMOUNT.finditer(line))[which]
    return f"{line[: found.start()]}{Decimal(found[0]) + cent:.2f}{line[found.end() :]}"


def beancount_refuses(text: str) -> bool:
    from beancount import loader

    _, errors, _ = loader.load_string(text)
    return bool(errors)


def hledger_refuses(text: str) -> bool:
    with tempfile.NamedTemporaryFile("w", suffix=".journal") as file:
        file.write(text)
        file.flush()
        return bool(subprocess.run(["hledger", "-f", file.name, "check"], capture_output=True, check=False).returncode)


REFUSES = {"beancount": beancount_refuses, "hledger": hledger_refuses}


def ledgers() -> dict[str, str]:
    """Play the demonstration and return its ledger in both formats."""
    from django.core.management import call_command

    from alliance.core.clock import Clock

    Clock.objects.update(is_demonstration=True)
    call_command("play", "demonstration", verbosity=0, stdout=StringIO())
    with tempfile.TemporaryDirectory() as folder:
        for form in REFUSES:
            call_command("export_ledger", "--format", form, str(Path(folder) / form))
        return {form: (Path(folder) / form).read_text() for form in REFUSES}


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    words.add_argument("--copies", type=int, default=1000)
    words.add_argument("--seed", type=int, default=1)
    asked = words.parse_args()
    from tests.campaigns.database import own_database

    begun = time.monotonic()
    with own_database("campaign_ledger_export"):
        texts = ledgers()
    parts, good = [], True
    for form, text in texts.items():
        chance = random.Random(asked.seed)
        refused = sum(REFUSES[form](copy) for copy in altered(text, asked.copies, chance))
        accepted = not REFUSES[form](text)
        good = good and accepted and refused == asked.copies
        parts.append(
            f"{form} original {'accepted' if accepted else 'refused'}, copies refused {refused}/{asked.copies}"
        )
    print(f"ledger_export: {', '.join(parts)}, {time.monotonic() - begun:.1f} s")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")
    main()
