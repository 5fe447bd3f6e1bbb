"""Run the linters and the whole suite on an embedded database of their own. Arguments go to pytest."""

import os
import shlex
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from alliance.runtime import database  # noqa: E402
from alliance.runtime.assets import compile_catalogues  # noqa: E402
from alliance.runtime.commands import unwind_when_asked_to_end  # noqa: E402
from scripts.needs import provide  # noqa: E402

BIN = Path(sys.executable).parent
PRODUCTION = {
    "ALLIANCE_LOCAL": "0",
    "ALLIANCE_SECRET_KEY": "a key of this check alone, long enough and with many different characters: 0123456789",
    "ALLIANCE_HOSTS": "portal.example",
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
    "catalogues": "python -m scripts.catalogues --check",
    "words": "python -m scripts.words",
    "pages": "python -m scripts.pages --check",
    "migrations": "python manage.py makemigrations --check --dry-run",
    "deployment": "python manage.py check --deploy --fail-level WARNING",
}


def main() -> int:
    os.chdir(ROOT)
    unwind_when_asked_to_end()
    provide(sys.stdout)
    compile_catalogues()
    data = Path(os.environ.setdefault("ALLIANCE_DATA", str(ROOT / "var" / "check")))
    with database.using(data, hasty=True):
        clean = lint()
        passed = pytest(sys.argv[1:])
    return 0 if clean and passed else 1


def lint() -> bool:
    """Run every linter, two at a time; say which are content, and show what the others say."""
    with ThreadPoolExecutor(2) as pool:
        return all(list(pool.map(run_linter, LINTERS)))


def run_linter(name: str) -> bool:
    program, *arguments = shlex.split(LINTERS[name])
    environment = {**os.environ, **(PRODUCTION if name == "deployment" else {})}
    begun = time.monotonic()
    done = subprocess.run([BIN / program, *arguments], capture_output=True, text=True, env=environment, check=False)
    verdict = "clean" if done.returncode == 0 else "NOT CLEAN\n" + (done.stdout + done.stderr).strip()
    sys.stdout.write(f"{name}: {verdict} ({time.monotonic() - begun:.0f} s)\n")
    sys.stdout.flush()
    return done.returncode == 0


def pytest(arguments: list[str]) -> bool:
    # In the order that tests/conftest.py gives: what takes long is begun first.
    workers = str(max(2, os.cpu_count() or 2))
    parallel = [] if "-n" in " ".join(arguments) else ["-n", workers, "--dist", "loadscope", "--no-loadscope-reorder"]
    return subprocess.run([sys.executable, "-m", "pytest", "-q", *parallel, *arguments], check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
