"""The supervisor: starts again what dies, gives up what cannot live, leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from alliance.runtime import PartFailed, supervisor
from alliance.runtime.parts import Part
from alliance.runtime.supervisor import Supervisor

ROOT = Path(__file__).parents[2]
SLEEP = (sys.executable, "-c", "import time; time.sleep(60)")
STUBBORN = (sys.executable, "-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)")
WITH_CHILD = (sys.executable, "-c", "import subprocess; subprocess.run(['sleep', '60'])")


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def watch(tmp_path, told) -> Iterator[Supervisor]:
    watch = Supervisor(tmp_path, told.append)
    yield watch
    watch.stop(list(watch._running))


def part(name: str, command: tuple[str, ...], **options: float) -> Part:
    return Part(name, command, environment=os.environ, **options)  # type: ignore[arg-type]


def pid(watch: Supervisor, name: str) -> int:
    return watch._running[name].process.pid


def until(holds, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def lives(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_killed_part_is_started_again_within_a_second(watch, told):
    watch.start(part("worker", SLEEP))
    first = pid(watch, "worker")
    os.kill(first, signal.SIGKILL)

    def again() -> bool:
        watch.tick()
        return pid(watch, "worker") != first

    assert until(again, 1)
    assert told == ["worker: was ended by SIGKILL, starting it again"]


def test_part_that_cannot_live_is_given_up_with_its_last_words(watch, monkeypatch):
    monkeypatch.setattr(supervisor, "PAUSES", (0.0, 0.0))
    watch.start(part("worker", (sys.executable, "-c", "print('no such thing'); raise SystemExit(4)")))
    with pytest.raises(PartFailed, match="worker ended with code 4 again and again, given up: no such thing"):
        watch.wait(lambda: False, "worker")


def test_part_that_never_answers_is_named(watch):
    watch.start(part("web", SLEEP))
    with pytest.raises(PartFailed, match="web does not answer"):
        watch.wait(lambda: False, "web", seconds=0.2)


def test_stubborn_part_is_killed_after_its_patience(watch):
    watch.start(part("worker", STUBBORN, patience=0.3))
    time.sleep(0.5)
    process = pid(watch, "worker")
    watch.stop(["worker"])
    assert not lives(process)


def children(process: int) -> list[int]:
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process)], capture_output=True, text=True, check=False)
    return [int(word) for word in listed.stdout.split()]


def test_stop_takes_what_a_part_started_with_it(watch):
    watch.start(part("worker", WITH_CHILD))
    process = pid(watch, "worker")
    assert until(lambda: children(process))
    (child,) = children(process)
    os.kill(process, signal.SIGKILL)
    watch.stop(["worker"])
    assert until(lambda: not lives(child))


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's leash is Linux's")
def test_killed_supervisor_leaves_no_part(tmp_path):
    script = (
        "import os, sys; from pathlib import Path; from alliance.runtime.parts import Part\n"
        "from alliance.runtime.supervisor import Supervisor\n"
        "watch = Supervisor(Path(sys.argv[1]), print)\n"
        "watch.start(Part('worker', ('sleep', '60'), environment=os.environ))\n"
        "print(watch._running['worker'].process.pid, flush=True); watch.run()"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as watching:
        assert watching.stdout
        process = int(watching.stdout.readline())
        assert lives(process)
        watching.kill()
    assert until(lambda: not lives(process))
