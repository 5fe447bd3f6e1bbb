"""Make the virtual environment of this checkout when it is missing or behind, then run the portal or the tests.

Standard library only: it runs before anything is installed. What is up to date is not done again.
"""

import hashlib
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
MISSING = 3
# Everything in base.txt stands in test.txt too.
BASE, TEST = "requirements/base.txt", "requirements/test.txt"


def main() -> None:
    task, arguments = sys.argv[1], sys.argv[2:]
    os.chdir(ROOT)
    if task == "portal":
        make_environment(BASE, also=TEST)
        if "--empty" in arguments:  # beside the demonstration, never in its place
            os.environ.setdefault("ALLIANCE_DATA", str(ROOT / "var" / "empty"))
        run([str(PYTHON), "manage.py", "demo", *arguments])
    make_environment(TEST, also=TEST)
    run([str(PYTHON), "scripts/suite.py", *arguments])


def run(command: list[str]) -> None:
    """Become this command: signals go straight to it."""
    os.execv(command[0], command)  # noqa: S606


def make_environment(requirements: str, also: str) -> None:
    """Install the requirements into .venv, unless they (or those in `also`, which hold them) are there."""
    version = venv_version()
    if version and {stamp(requirements, version), stamp(also, version)} & installed():
        return
    if not version:
        version = make_venv()
    if subprocess.run([str(PYTHON), "-c", "import pip"], capture_output=True, check=False).returncode:
        subprocess.run([str(PYTHON), "-m", "ensurepip"], capture_output=True, check=False)
    tell(f"installing {requirements} into .venv …")
    pip = ["install", "-qq", "--require-hashes", "--no-deps", "--only-binary", ":all:", "--no-compile"]
    done = subprocess.run(
        [str(PYTHON), "-m", "pip", *pip, "--disable-pip-version-check", "-r", requirements], check=False
    )
    if done.returncode:
        leave(f"{requirements} could not be installed; the lines above say why")
    (ENVIRONMENT / "installed").write_text(stamp(requirements, version) + "\n")


def venv_version() -> str | None:
    """Return the version of the environment's Python, or None where there is none that suits."""
    ask = "import sys; print('%d.%d' % sys.version_info[:2]); sys.exit(sys.version_info < (3, 12))"
    try:
        done = subprocess.run([str(PYTHON), "-c", ask], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def make_venv() -> str:
    if find_spec("ensurepip") is None or find_spec("venv") is None:
        leave("the venv module is missing: sudo apt-get install -y python3-venv")
    tell(f"making .venv with Python {sys.version.split()[0]} …")
    done = subprocess.run([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)], check=False)
    if done.returncode:
        leave("the virtual environment could not be made; the lines above say why")
    return "{}.{}".format(*sys.version_info[:2])


def stamp(requirements: str, version: str) -> str:
    digest = hashlib.sha256((ROOT / requirements).read_bytes()).hexdigest()
    return f"{requirements} {version} {digest}"


def installed() -> set[str]:
    try:
        return set((ENVIRONMENT / "installed").read_text().splitlines())
    except FileNotFoundError:
        return set()


def tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def leave(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.exit(MISSING)


if __name__ == "__main__":
    main()
