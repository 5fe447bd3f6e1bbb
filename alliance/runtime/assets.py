"""What is built from the tree before the portal can serve it: message catalogues and static files."""

import hashlib
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from alliance.runtime.leash import leashed

ROOT = Path(__file__).parents[2]


def compile_catalogues(locale: Path = ROOT / "locale") -> int:
    """Compile the catalogues whose text is newer than their compiled form; return how many."""
    stale = [text for text in locale.glob("*/LC_MESSAGES/*.po") if _is_stale(text)]
    for text in stale:
        _compile(text)
    return len(stale)


def _is_stale(text: Path) -> bool:
    compiled = text.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < text.stat().st_mtime


def _compile(text: Path) -> None:
    """Write beside and rename: a running portal never reads half a catalogue."""
    new = text.with_suffix(".mo.new")
    with text.open("rb") as source, new.open("wb") as target:
        write_mo(target, read_po(source, locale=text.parts[-3]))
    new.replace(text.with_suffix(".mo"))


class StaticFiles:
    """The collected static files of a data folder."""

    def __init__(self, data: Path) -> None:
        self._mark = data / "static-collected"
        self._collecting: subprocess.Popen[str] | None = None

    def begin(self) -> bool:
        """Begin to collect them in a process of its own, if they have changed; say whether."""
        if self._mark.exists() and self._mark.read_text() == fingerprint():
            return False
        command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--clear", "--verbosity", "0"]
        self._collecting = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=leashed(signal.SIGKILL),
        )
        return True

    def finish(self) -> str:
        """Wait for the collecting to end; return what went wrong, or nothing."""
        if self._collecting is None:
            return ""
        said, _ = self._collecting.communicate()
        if self._collecting.returncode == 0:
            self._mark.write_text(fingerprint())
            return ""
        return (said.strip().splitlines() or ["collectstatic failed"])[-1]

    def stop(self) -> None:
        """End a collecting that nobody waits for any more."""
        if self._collecting is not None and self._collecting.poll() is None:
            self._collecting.kill()
            self._collecting.communicate()


def fingerprint() -> str:
    """Return a digest that changes when a static file or a pinned package does."""
    lines = sorted(_describe(path) for path in _sources() if path.is_file())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _sources() -> Iterator[Path]:
    yield ROOT / "requirements" / "base.txt"
    yield from (ROOT / "alliance" / "settings.py", ROOT / "alliance" / "core" / "assets.py")
    yield from (ROOT / "static").rglob("*")


def _describe(path: Path) -> str:
    status = path.stat()
    return f"{path.relative_to(ROOT)} {status.st_size} {status.st_mtime_ns}"


if __name__ == "__main__":
    compile_catalogues()
