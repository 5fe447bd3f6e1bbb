"""The native libraries of the PDF engine, which come from the system and not from Python packages.

Where nobody may install, they are fetched by apt-get into the data folder and named to the portal's processes.
"""

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
LOAD_THEM = "import ctypes, sys; list(map(ctypes.CDLL, sys.argv[1:]))"
FONT_CONFIGURATION = Path("/etc/fonts/fonts.conf")
ANSWERED = "asked-for-libraries"


def missing() -> list[str]:
    """Return the libraries that cannot be loaded from the system."""
    return [name for name in LIBRARIES.get(sys.platform, ()) if not _loads(name)]


def what_to_type() -> str:
    """Return the one line that installs them here."""
    if sys.platform == "darwin":
        return "brew install pango"
    return "sudo apt-get install -y --no-install-recommends " + " ".join(DEBIAN_PACKAGES)


def environment(data: Path) -> dict[str, str]:
    """Return what processes need in their environment to find the libraries that were fetched into this data folder."""
    root = fetched(data)
    folders = sorted(str(path) for path in root.glob("usr/lib/*-linux-*"))
    if not folders:
        return {}
    before = [path for path in [os.environ.get("LD_LIBRARY_PATH", "")] if path]
    fonts = {} if FONT_CONFIGURATION.exists() else {"FONTCONFIG_PATH": str(root / "etc" / "fonts")}
    return {"LD_LIBRARY_PATH": ":".join([*folders, *before]), **fonts}


def fetched(data: Path) -> Path:
    """Return where the packages are unpacked that were fetched into a data folder."""
    return data / "native" / "root"


def provide(data: Path, say: Callable[[str], None], *, ask: bool) -> None:
    """See to the libraries: a person at a terminal is asked once; root installs them; who may not gets them in the data folder.

    A failure is not fatal: the portal runs without PDF documents, and says what to type.
    """
    if not missing() or _fetched_ones_load(data):
        return
    if shutil.which("apt-get") and (not (ask and sys.stdin.isatty()) or _agreed(data / ANSWERED)):
        if os.geteuid() == 0 or (ask and sys.stdin.isatty() and shutil.which("sudo")):
            say("documents: installing " + " ".join(DEBIAN_PACKAGES))
            _install()
        if os.geteuid() != 0 and missing():
            say(f"documents: fetching {' '.join(DEBIAN_PACKAGES)} into {data / 'native'}")
            _fetch(data)
    if missing() and not _fetched_ones_load(data):
        say(f"documents: PDF files cannot be made until this is typed: {what_to_type()}")


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _fetched_ones_load(data: Path) -> bool:
    """Try them in a process that is told of them: where libraries are is read once, when a process starts."""
    if not (own := environment(data)):
        return False
    command = [sys.executable, "-c", LOAD_THEM, *LIBRARIES[sys.platform]]
    return subprocess.run(command, env={**os.environ, **own}, capture_output=True, check=False).returncode == 0


def _agreed(answered: Path) -> bool:
    if answered.exists():
        return False
    answered.parent.mkdir(parents=True, exist_ok=True)
    answered.touch()
    packages = " ".join(DEBIAN_PACKAGES)
    answer = input(f"PDF documents need {packages}. Get them now with apt-get? [Y/n] ")
    return answer.strip().lower() in ("", "y", "yes")


def _install() -> None:
    prefix = [] if os.geteuid() == 0 else ["sudo"]
    quiet = None if prefix else subprocess.DEVNULL
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for action in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *DEBIAN_PACKAGES]):
        subprocess.run([*prefix, "apt-get", *action], stdout=quiet, env=environment, check=False)


def _fetch(data: Path) -> None:
    """Get the packages and what they need by apt-get, with lists and a cache of its own; it checks their signatures."""
    home, root = data / "native", fetched(data)
    shutil.rmtree(home, ignore_errors=True)
    archives, new = home / "cache" / "archives", home / "new"
    for folder in (home / "state" / "lists" / "partial", archives / "partial"):
        folder.mkdir(parents=True)
    own = (f"Dir::State={home / 'state'}", f"Dir::Cache={home / 'cache'}", "Debug::NoLocking=true")
    apt = ["apt-get", "-qq", *(word for option in own for word in ("-o", option))]
    install = ["install", "--download-only", "-y", "--no-install-recommends", *DEBIAN_PACKAGES]
    if _went_well([*apt, "update"]) and _went_well([*apt, *install]):
        packages = sorted(archives.glob("*.deb"))
        if packages and all(_went_well(["dpkg-deb", "--extract", str(package), str(new)]) for package in packages):
            new.rename(root)
    for folder in (home / "state", home / "cache", new):
        shutil.rmtree(folder, ignore_errors=True)


def _went_well(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False
