"""What the tests need beside Python packages: a browser, the PDF engine's libraries, readers of PDF."""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TextIO

from alliance.runtime import native

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def browser() -> str:
    """Return the package of a Chromium: Debian also has one without windows, which is the quickest for tests."""
    try:
        system = platform.freedesktop_os_release()["ID"]
    except OSError:
        system = ""
    return "chromium-headless-shell" if system == "debian" else "chromium"


class Need(NamedTuple):
    """Something of the system: whether it is there, its Debian packages, and whether tests fail without it."""

    name: str
    there: Callable[[], bool]
    packages: tuple[str, ...]
    required: bool


NEEDS = (
    Need("a browser", lambda: any(map(shutil.which, BROWSERS)), (browser(),), required=True),
    Need("the PDF engine's libraries", lambda: not native.missing(), native.DEBIAN_PACKAGES, required=True),
    Need("poppler", lambda: bool(shutil.which("pdftotext")), ("poppler-utils",), required=False),
    Need("hledger", lambda: bool(shutil.which("hledger")), ("hledger",), required=False),
    Need("Java", lambda: bool(shutil.which("java")), ("default-jre-headless",), required=False),
    Need("JAXB for veraPDF", lambda: Path("/usr/share/java/jaxb-api.jar").exists(), ("libjaxb-java",), required=False),
)


def provide(out: TextIO) -> None:
    """Install what is missing where that is allowed unasked (root) or agreed (a terminal); else say what to type."""
    absent = missing()
    if absent and may_install(absent):
        install(absent)
        absent = missing()
    if not absent:
        return
    out.write(f"The tests lack {', '.join(need.name for need in absent)}: type  sudo {' '.join(apt(absent))}\n")
    out.flush()
    if os.environ.get("CI") or any(need.required for need in absent):
        sys.exit(3)


def missing() -> list[Need]:
    return [need for need in NEEDS if not need.there()]


def apt(needs: list[Need]) -> list[str]:
    packages = (package for need in needs for package in need.packages)
    return ["apt-get", "install", "-y", "--no-install-recommends", *packages]


def may_install(absent: list[Need]) -> bool:
    if not shutil.which("apt-get"):
        return False
    if os.geteuid() == 0:
        return True
    names = ", ".join(need.name for need in absent)
    return sys.stdin.isatty() and input(
        f"The tests need {names}. Install now with sudo apt-get? [Y/n] "
    ).strip().lower() in ("", "y")


def install(absent: list[Need]) -> None:
    prefix = [] if os.geteuid() == 0 else ["sudo"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], apt(absent)):
        subprocess.run([*prefix, *command], env=environment, stdout=subprocess.DEVNULL, check=False)
