"""The native libraries of the PDF engine, which come from the system and not from Python packages."""

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

DEBIAN_PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
LIBRARIES = {
    "linux": ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0"),
    "darwin": ("libpango-1.0.dylib", "libpangoft2-1.0.dylib", "libharfbuzz-subset.dylib"),
}


def missing() -> list[str]:
    """Return the libraries that cannot be loaded."""
    return [name for name in LIBRARIES.get(sys.platform, ()) if not _loads(name)]


def what_to_type() -> str:
    """Return the one line that installs them here."""
    if sys.platform == "darwin":
        return "brew install pango"
    return "sudo apt-get install -y --no-install-recommends " + " ".join(DEBIAN_PACKAGES)


def provide(answered: Path, say: Callable[[str], None], *, ask: bool) -> None:
    """See to the libraries: root installs them unasked, a person at a terminal is asked once, else say what to type."""
    if not missing():
        return
    if _can_install() and (_agreed(answered) if ask and sys.stdin.isatty() else os.geteuid() == 0):
        say("documents: installing " + " ".join(DEBIAN_PACKAGES))
        _install()
    if missing():
        say(f"documents: PDF files cannot be made until this is typed: {what_to_type()}")


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _can_install() -> bool:
    return bool(shutil.which("apt-get")) and (os.geteuid() == 0 or bool(shutil.which("sudo")))


def _agreed(answered: Path) -> bool:
    if answered.exists():
        return False
    answered.parent.mkdir(parents=True, exist_ok=True)
    answered.touch()
    packages = " ".join(DEBIAN_PACKAGES)
    return input(f"PDF documents need {packages}. Install them now with apt-get? [Y/n] ").strip().lower() in (
        "",
        "y",
        "yes",
    )


def _install() -> None:
    """Install by apt-get. A failure is not fatal: the portal runs without PDF documents."""
    prefix = [] if os.geteuid() == 0 else ["sudo"]
    quiet = None if prefix else subprocess.DEVNULL
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for action in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *DEBIAN_PACKAGES]):
        subprocess.run([*prefix, "apt-get", *action], stdout=quiet, env=environment, check=False)
