"""Layers kept between runs: found again, or made anew when anything that had a part in them has changed."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings

from alliance.runtime.locks import Lock, exclusively
from alliance.runtime.places import places
from tests.ground import server
from tests.ground.layers import LAYERS, Layer
from tests.ground.sources import ROOT, digests, surroundings

DATA = Path(settings.ALLIANCE_DATA)  # of the run: a test may set its own
FOLDER = DATA / "kept"
_held: dict[str, Lock] = {}
_failed: dict[Layer, RuntimeError] = {}


def kept(layer: Layer) -> str:
    """Return the name of the layer's database. It stays while this process runs."""
    if layer in _failed:
        raise _failed[layer]
    with exclusively(FOLDER / "making.lock"):
        try:
            name = _found_or_made(layer)
        except RuntimeError as failure:
            _failed[layer] = failure
            raise
        if name not in _held:
            _held[name] = _lock(name)
            _held[name].share()
        return name


def _found_or_made(layer: Layer) -> str:
    record = _record(layer)
    if record and holds(record) and server.databases(record["database"]):
        return str(record["database"])
    return _make(layer)


def holds(record: dict[str, Any]) -> bool:
    """Say whether everything that had a part in the layer is as it was."""
    return bool(record["around"] == _around() and record["files"] == digests(record["files"]))


def _make(layer: Layer) -> str:
    """Make a layer upon the one below it, and remove what was kept before and nobody uses."""
    below = _found_or_made(layer.below) if layer.below else None
    around, new = _around(), f"{_beginning(layer)}new"
    server.copy(below, new)
    files = _run(layer, new) | (_files(layer.below) if layer.below else {})
    record = {"around": around, "files": files}
    name = _beginning(layer) + hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()[:12]
    server.shelve(new, name)
    _path(layer).write_text(json.dumps(record | {"database": name}, indent=1))
    _clear()
    return name


def _run(layer: Layer, database: str) -> dict[str, str]:
    environment = {**os.environ, "DATABASE_URL": server.address(database), "ALLIANCE_DATA": str(DATA)}
    command = [sys.executable, "-m", "tests.ground.making", layer.name]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the layer {layer.name} was not made:\n{done.stderr[-4000:]}")
    made: dict[str, str] = json.loads(done.stdout.splitlines()[-1])  # the last line: the log comes before it
    return made


def _clear() -> None:
    """Drop what no record names; what another run still copies from stays until a later clearing."""
    named = {record["database"] for layer in LAYERS.values() if (record := _record(layer))}
    for name in server.databases(_beginning()):
        if name not in named and name not in _held and _lock(name).take():
            server.drop(name)
            (FOLDER / f"{name}.lock").unlink()


def _around() -> dict[str, str]:
    with server.line() as cursor:
        cursor.execute("SHOW server_version")
        return surroundings() | {"server": cursor.fetchone()[0]}


def _path(layer: Layer) -> Path:
    return FOLDER / f"{layer.name}.json"


def _record(layer: Layer) -> dict[str, Any] | None:
    return json.loads(_path(layer).read_text()) if _path(layer).exists() else None


def _files(layer: Layer) -> dict[str, str]:
    record = _record(layer)
    return dict(record["files"]) if record else {}


def _lock(name: str) -> Lock:
    return Lock(FOLDER / f"{name}.lock")


def _beginning(layer: Layer | None = None) -> str:
    """Return how the databases of this data folder are named: others may use the same server."""
    return f"kept_{places(DATA).mark}_" + (f"{layer.name}_" if layer else "")
