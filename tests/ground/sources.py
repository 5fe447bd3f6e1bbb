"""What a layer is made of: the files that had a part in making it, and what else would change it."""

import hashlib
import importlib
import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from importlib.util import resolve_name
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
# They say where tests run and with what; nothing of them is written into a database.
OF_THE_PLACE = {"ALLIANCE_DATA", "ALLIANCE_TEST_DB", "ALLIANCE_BROWSER", "ALLIANCE_SECRET_KEY", "ALLIANCE_LOCAL"}


def packages() -> list[str]:
    """Return the top folders of the tree that hold Python, tests among them."""
    return sorted(path.parent.name for path in ROOT.glob("*/__init__.py"))


def digests(files: Iterable[str]) -> dict[str, str]:
    """Return each file's SHA-256, and nothing for one that is not there."""
    return {file: _digest((ROOT / file).read_bytes()) if (ROOT / file).is_file() else "" for file in sorted(files)}


def surroundings() -> dict[str, str]:
    """Return what may change the layer without being a file in it: versions, settings, and which files there are.

    A new file may be found by a convention (a migration, an app's `receivers`): so the files' names are part of it.
    """
    names = sorted(str(file.relative_to(ROOT)) for package in packages() if package != "tests" for file in _in(package))
    settings = sorted(f"{name}={os.environ[name]}" for name in {*os.environ} - OF_THE_PLACE if "ALLIANCE_" in name)
    installed = sorted(path.name for path in Path(sysconfig.get_path("purelib")).glob("*.dist-info"))
    lists = {"installed": installed, "settings": settings, "names": names}
    return {"python": sys.version} | {what: _digest("\n".join(lines).encode()) for what, lines in lists.items()}


def _in(package: str) -> Iterator[Path]:
    for folder, _folders, names in (ROOT / package).walk():
        yield from (folder / name for name in names if not name.endswith(".pyc"))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Watch:
    """Sees which files of the tree this process reads, and which modules it loads by a name in a text."""

    def __init__(self) -> None:
        self.read: set[str] = set()
        self.named: set[str] = set()
        self._import_module = importlib.import_module
        importlib.import_module = self._note
        sys.addaudithook(self._look)

    def _note(self, name: str, package: str | None = None) -> Any:
        self.named.add(resolve_name(name, package))
        return self._import_module(name, package)

    def _look(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[0], str | Path):
            self.read.add(str(arguments[0]))

    def data(self, *apart: Path) -> set[str]:
        """Return the files of the tree that were read, without code, hidden folders and the folders named."""
        files = {Path(name).resolve() for name in self.read if not name.endswith((".py", ".pyc"))}
        ours = {file for file in files if file.is_relative_to(ROOT) and not any(map(file.is_relative_to, apart))}
        parts = {file.relative_to(ROOT) for file in ours if file.is_file()}
        return {str(part) for part in parts if not part.parts[0].startswith(".")}


def loaded() -> set[str]:
    """Return the modules of the tree that this process has loaded."""
    return {name for name in sys.modules if name.partition(".")[0] in packages()}


class Imports:
    """Who imports whom in the tree, wherever in a module the import is."""

    def __init__(self) -> None:
        import grimp

        self._graph = grimp.build_graph(*packages(), cache_dir=None)  # a cache still knows modules that are gone

    def reach(self, modules: Iterable[str]) -> set[str]:
        """Return what runs when these modules are loaded and used: what they import, the packages they lie in, and on."""
        found: set[str] = set()
        todo = [name for name in modules if name in self._graph.modules]
        while todo:
            if (name := todo.pop()) not in found:
                found.add(name)
                todo += self._graph.find_modules_directly_imported_by(name)
                todo += [name.rpartition(".")[0]] * ("." in name)
        return found


def source_of(module: str) -> str:
    """Return the file of a module of the tree."""
    folder = ROOT.joinpath(*module.split("."))
    file = folder / "__init__.py" if (folder / "__init__.py").exists() else folder.with_suffix(".py")
    return str(file.relative_to(ROOT))
