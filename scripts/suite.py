"""Run the linters and the whole suite on an embedded database of their own. Arguments go to pytest."""

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from alliance.runtime import database  # noqa: E402
from alliance.runtime.assets import compile_catalogues  # noqa: E402
from alliance.runtime.commands import unwind_when_asked_to_end  # noqa: E402
from scripts import bytecode  # noqa: E402
from scripts.needs import provide  # noqa: E402

BIN = Path(sys.executable).parent
PYTEST = (sys.executable, "-m", "pytest", "-q")
PRODUCTION = {
    "ALLIANCE_LOCAL": "0",
    "ALLIANCE_SECRET_KEY": "a key of this check alone, long enough and with many different characters: 0123456789",
    "ALLIANCE_HOSTS": "portal.example",
    "ALLIANCE_ADDRESS": "https://portal.example",
    "DATABASE_URL": "postgres://nobody@database.example/portal",
    "REDIS_URL": "redis://broker.example/0",
    "ALLIANCE_MAIL_HOST": "mail.example",
}
LINTERS = {
    "ruff": "ruff check .",
    "ruff format": "ruff format --check --quiet .",
    "mypy": "mypy alliance funds proposals governance reporting scenarios",
    "import-linter": "lint-imports",
    "deptry": "deptry .",
    "djlint": "djlint --quiet --lint templates",
    "djangofmt": "djangofmt --quiet --check templates",
    "catalogues": "python -m scripts.catalogues --check",
    "words": "python -m scripts.words",
    "pages": "python -m scripts.pages --check",
    "migrations": "python manage.py makemigrations --check --dry-run --skip-checks",  # the next line makes all checks
    "deployment": "python manage.py check --deploy --fail-level WARNING",
}


class Outcome(NamedTuple):
    """Whether a part of the check went well, and what it said."""

    well: bool
    said: str


def main() -> int:
    os.chdir(ROOT)
    unwind_when_asked_to_end()
    provide(sys.stdout)
    compile_catalogues()
    data = Path(os.environ.setdefault("ALLIANCE_DATA", str(ROOT / "var" / "check")))
    bytecode.keep(data / "bytecode")
    with database.using(data, hasty=True), ThreadPoolExecutor() as pool:
        beside = [pool.submit(part) for part in (lint, *lanes(sys.argv[1:]))]
        passed = pytest(sys.argv[1:])
        outcomes = [part.result() for part in beside]
    sys.stdout.write("".join(outcome.said for outcome in outcomes))
    return 0 if passed and all(outcome.well for outcome in outcomes) else 1


def lint() -> Outcome:
    """Run every linter, one after the other: they take turns with the tests. Say what each says that is not content."""
    outcomes = [run_linter(name) for name in LINTERS]
    return Outcome(all(one.well for one in outcomes), "".join(one.said for one in outcomes))


def run_linter(name: str) -> Outcome:
    program, *arguments = shlex.split(LINTERS[name])
    environment = {**os.environ, **(PRODUCTION if name == "deployment" else {})}
    begun = time.monotonic()
    done = subprocess.run([BIN / program, *arguments], capture_output=True, text=True, env=environment, check=False)
    verdict = "clean" if done.returncode == 0 else "NOT CLEAN\n" + (done.stdout + done.stderr).strip()
    return Outcome(done.returncode == 0, f"{name}: {verdict} ({time.monotonic() - begun:.0f} s)\n")


def lanes(arguments: list[str]) -> list[Callable[[], Outcome]]:
    """Return what runs beside the other tests of the whole suite: those that kill processes, and wait for new ones."""
    return [] if arguments else [kills]


def kills() -> Outcome:
    files = sorted(str(path) for path in (ROOT / "tests").rglob("test_*.py") if "mark.kills" in path.read_text())
    done = subprocess.run([*PYTEST, "-m", "kills", "-n", "0", *files], capture_output=True, text=True, check=False)
    return Outcome(done.returncode == 0, f"tests that kill processes:\n{done.stdout}{done.stderr}")


def pytest(arguments: list[str]) -> bool:
    """Run the tests on every processor, in the order that tests/conftest.py gives: what takes long is begun first."""
    workers = str(max(2, os.cpu_count() or 2))
    parallel = [] if "-n" in " ".join(arguments) else ["-n", workers, "--dist", "loadscope", "--no-loadscope-reorder"]
    others = ["-m", "not kills"] * bool(lanes(arguments))
    return subprocess.run([*PYTEST, *parallel, *others, *arguments], check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
