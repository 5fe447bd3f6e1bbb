"""Make one layer in the database that DATABASE_URL names, and print what had a part in it.

A process of its own: what it has loaded and read when it ends is all that the layer can depend on. The addresses'
modules name every view, and a layer is made by operations: views count only where an operation imports them, which
the linter forbids.
"""

# ruff: noqa: E402  the watch begins before anything else is loaded
from tests.ground.sources import ROOT, Imports, Watch, digests, loaded, source_of

WATCH = Watch()

import json
import os
import sys
import time
from pathlib import Path

import pytest  # noqa: F401  by this the settings know that tests run

BEGUN = time.time()


def make(name: str) -> dict[str, str]:
    """Add the layer, and return the files that had a part in it with their digests."""
    import django

    django.setup()
    first = loaded()
    from tests.ground.layers import LAYERS

    LAYERS[name].add()
    files = {source_of(module) for module in modules(first)} | WATCH.data(Path(os.environ["ALLIANCE_DATA"]))
    if changed := [file for file in files if (ROOT / file).stat().st_mtime > BEGUN]:
        sys.exit(f"changed while the layer {name} was made: {', '.join(changed)}")
    return digests(files)


def modules(first: set[str]) -> set[str]:
    """Return the modules that had a part; refuse where one was loaded in a way that is not foreseen here."""
    imports = Imports()
    addresses = {name for name in WATCH.named if name.endswith("urls")}
    had_a_part = imports.reach({*first, *WATCH.named, "tests.ground.layers"} - addresses)
    by_address = imports.reach(addresses)
    if unforeseen := loaded() - had_a_part - by_address - {__name__, "tests.ground.making"}:
        sys.exit(f"loaded, and nobody knows why: {', '.join(sorted(unforeseen))}")
    return had_a_part | addresses


if __name__ == "__main__":
    sys.stdout.write(json.dumps(make(sys.argv[1])))
