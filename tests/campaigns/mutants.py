"""The modules of pure logic are made wrong in one small place at a time; their own unit tests must turn red.

    .venv/bin/python -m tests.campaigns.mutants [--seed 1] [--sample 60] [--module funds.positions ...] [--all]

Draws a sample of each module's mutants (`tests/mutation.py`) and runs the module's tests on each. Known equivalents
(`equivalents.toml`: they change nothing that anybody could see) do not count. Prints each mutant that no test finds,
a line of figures for each module and one for all; exit 1 when less than 95 % are found in one of them. Nothing in
the tree is written to: a mutant lives in the memory of one child process.
"""

import argparse
import gc
import importlib
import importlib.util
import multiprocessing
import os
import random
import resource
import sys
import time
import tomllib
from contextlib import nullcontext
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

import pytest

from alliance.runtime.assets import compile_catalogues
from tests.campaigns.database import own_database
from tests.mutation import Mutant, mutants, mutated

ROOT = Path(__file__).resolve().parents[2]
LEAST = 95.0  # per cent of those that are not equivalent
PATIENCE = 5  # times the processor's seconds that the tests take when nothing is wrong
ASLEEP = 600  # seconds on the clock after which a child that waits for something is given up
MEMORY = 4 << 30
GREEN, RED, NOT_RUN = "green", "red", "not run"


class Module(NamedTuple):
    """A module with the tests that are its own, seen from `tests`."""

    name: str
    tests: tuple[str, ...]
    needs_database: bool = False

    @property
    def path(self) -> Path:
        return ROOT / (self.name.replace(".", "/") + ".py")


MODULES = (
    Module("governance.counting", ("governance/test_counting.py",)),
    Module("static.verify", ("alliance/test_static_verify.py",)),
    Module("alliance.register.canonical", ("alliance/test_canonical.py",)),
    Module("alliance.core.days", ("alliance/test_days.py",)),
    Module("alliance.core.numbers", ("alliance/test_numbers.py",)),
    Module("alliance.core.formats", ("alliance/test_formats.py",)),
    Module("funds.contributions.amounts", ("funds/test_amounts.py",)),
    Module("funds.ledger.attribution", ("funds/test_attribution.py",)),
    Module("funds.contributions.matching", ("funds/test_matching.py",)),
    Module("funds.contributions.positions", ("funds/test_positions.py",)),
    Module("funds.contributions.seed_ceiling", ("funds/test_seed.py",)),
    Module("funds.contributions.stages", ("funds/test_stages.py",), needs_database=True),
    Module("funds.imports.mapping", ("funds/test_mapping.py",)),
    Module("funds.imports.contribution_file", ("funds/test_contribution_file.py",)),
    Module("proposals.breakdowns", ("proposals/test_pure.py",)),
)


@dataclass
class Found:
    """What became of a module's mutants."""

    module: str
    sampled: int = 0
    killed: int = 0
    equivalent: int = 0
    survived: list[Mutant] = field(default_factory=list)

    @property
    def percent(self) -> float:
        counted = self.killed + len(self.survived)
        return 100 * self.killed / counted if counted else 100.0

    def __str__(self) -> str:
        figures = f"sampled {self.sampled}, killed {self.killed}, equivalent {self.equivalent}"
        return f"{self.module}: {figures}, survived {len(self.survived)}, {self.percent:.1f} %"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sample", type=int, default=60, help="how many mutants of each module")
    parser.add_argument("--all", action="store_true", help="all mutants of each module")
    parser.add_argument("--module", action="append", choices=[module.name for module in MODULES])
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")
    began = time.monotonic()
    found = []
    asked = [module for module in MODULES if not options.module or module.name in options.module]
    compile_catalogues()
    own = f"alliance_mutants_{os.getpid()}"  # two runs may go on beside each other
    with own_database(own) if any(module.needs_database for module in asked) else nullcontext():
        warm_up()
        for module in asked:
            drawn = sample(module, seed=options.seed, most=None if options.all else options.sample)
            found.append(tried(module, drawn))
            print(found[-1], flush=True)
    total = sum_of(found)
    print(f"{total}, seed {options.seed}; {time.monotonic() - began:.0f} s")
    return 1 if any(one.percent < LEAST for one in found) else 0


def sum_of(found: list[Found]) -> Found:
    return Found(
        "mutants",
        sum(one.sampled for one in found),
        sum(one.killed for one in found),
        sum(one.equivalent for one in found),
        [mutant for one in found for mutant in one.survived],
    )


def sample(module: Module, *, seed: int, most: int | None) -> list[Mutant]:
    """Draw that many of a module's mutants, in the order of its source."""
    known = mutants(module.path.read_text())
    if most is None or most >= len(known):
        return known
    drawn = random.Random(f"{seed}-{module.name}").sample(range(len(known)), most)
    return [known[place] for place in sorted(drawn)]


def equivalents() -> dict[str, dict[str, str]]:
    """Return by module the mutants that change nothing, each with the reason."""
    return tomllib.loads(Path(__file__).with_name("equivalents.toml").read_text())


# Running -------------------------------------------------------------------------------------------------------------


def warm_up() -> None:
    """Import what every run needs, so that a child has it when it begins. Leave no link to the database open."""
    import django
    import django.test
    import hypothesis.internal.conjecture.engine
    import hypothesis.strategies  # noqa: F401
    from django.conf import settings
    from django.db import connections
    from django.utils import translation

    django.setup()
    connections.close_all()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            translation.gettext("")
    for plugin in entry_points(group="pytest11"):
        plugin.load()
    gc.collect()
    gc.freeze()


def tried(module: Module, drawn: list[Mutant], source: str | None = None) -> Found:
    """Run a module's tests on each mutant; say those that stay green."""
    source = module.path.read_text() if source is None else source
    known = equivalents().get(module.name, {})
    spent = spent_by_children()
    if (verdict := run(module, compiled(module, source), patience=None)) != GREEN:
        raise SystemExit(f"{module.name}: the tests are {verdict} although nothing is wrong")
    patience = 2 + int(PATIENCE * (spent_by_children() - spent))
    found = Found(module.name, sampled=len(drawn))
    for mutant in drawn:
        if str(mutant) in known:
            found.equivalent += 1
        elif run(module, compiled(module, mutated(source, mutant)), patience=patience) == RED:
            found.killed += 1
        else:
            found.survived.append(mutant)
            print(f"survived in {module.name}: {mutant}", flush=True)
    return found


def compiled(module: Module, source: Any) -> CodeType:
    return compile(source, str(module.path), "exec", dont_inherit=True)


def spent_by_children() -> float:
    return os.times().children_user + os.times().children_system


def run(module: Module, code: CodeType, *, patience: int | None) -> str:
    """Run the tests with this code as the module, in a child process. What hangs, or dies, is found out too."""
    child = multiprocessing.get_context("fork").Process(target=_in_child, args=(module, code, patience))
    child.start()
    child.join(ASLEEP)
    if child.is_alive():
        child.kill()
        child.join()
    return {0: GREEN, 4: NOT_RUN, 5: NOT_RUN}.get(child.exitcode or 0, RED)


def _in_child(module: Module, code: CodeType, patience: int | None) -> None:
    if patience is not None:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        resource.setrlimit(resource.RLIMIT_CPU, (patience, patience))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    os._exit(_tests(module, code))


def _tests(module: Module, code: CodeType) -> int:
    try:
        put_in_place(module.name, code)
    except Exception:
        return 1
    files = [str(ROOT / "tests" / name) for name in module.tests]
    without = ("randomly", "xdist", "cacheprovider", "timeout", "playwright", "base_url")
    options = ["-x", "-q", "-o", "addopts=", "--tb=short", "-W", "ignore", *(f"-pno:{name}" for name in without)]
    return int(pytest.main([*options, *files], plugins=[Quick(module)]))


def put_in_place(name: str, code: CodeType) -> None:
    """Run this code as the module of that name: whoever imports it from here on gets it."""
    spec = importlib.util.find_spec(name)
    assert spec
    new = importlib.util.module_from_spec(spec)
    package, _, leaf = name.rpartition(".")
    sys.modules[name] = new
    exec(code, new.__dict__)
    setattr(importlib.import_module(package), leaf, new)


class Quick:
    """Makes a run short and the same each time: few examples, none at random; no database but where it is needed."""

    def __init__(self, module: Module) -> None:
        self.module = module

    def pytest_collection(self) -> None:
        from hypothesis import HealthCheck, Phase, settings

        quick: dict[str, Any] = {"max_examples": 40, "derandomize": True, "database": None, "deadline": None}
        phases = (Phase.explicit, Phase.generate)
        settings.register_profile("mutants", **quick, phases=phases, suppress_health_check=list(HealthCheck))
        settings.load_profile("mutants")

    @pytest.hookimpl(tryfirst=True)
    def pytest_fixture_setup(self, fixturedef: Any, request: Any) -> bool | None:
        """Take the database that the campaign made, and make none."""
        if fixturedef.argname not in ("django_db_setup", "django_db_modify_db_settings"):
            return None
        fixturedef.cached_result = (None, fixturedef.cache_key(request), None)
        return True

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        if not self.module.needs_database:
            items[:] = [item for item in items if not needs_database(item)]


def needs_database(item: Any) -> bool:
    return bool({"db", "transactional_db"} & set(item.fixturenames)) or item.get_closest_marker("django_db") is not None


if __name__ == "__main__":
    sys.exit(main())
