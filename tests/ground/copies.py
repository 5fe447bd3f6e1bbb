"""A worker's own copies of the layers: which one its tests run on, and whether a test has changed it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, connections
from pytest_django import DjangoDbBlocker

from tests.ground import server
from tests.ground.kept import kept
from tests.ground.layers import PEOPLE, Layer
from tests.ground.scenes import STAGE, Scene


class Copies:
    """The databases of one worker, one for each layer asked for; a changed one is copied again before its next use."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._kept: dict[Layer, str] = {}
        self._clean: set[str] = set()
        self._asked: tuple[Layer, tuple[Scene, ...]] = (PEOPLE, ())
        self._blocker: DjangoDbBlocker | None = None

    def begin(self, blocker: DjangoDbBlocker) -> None:
        """Have the database that the first test asked for: from now on there is a server."""
        self._blocker = blocker
        self.ask(*self._asked)

    def ask(self, layer: Layer, scenes: tuple[Scene, ...]) -> None:
        """Have Django on a clean copy of this layer, and these scenes in it; a module's own transaction stays as it is."""
        before, self._asked = self._asked[0], (layer, scenes)
        if self._blocker is None:
            return
        with self._blocker.unblock():
            STAGE.keep(scenes if layer is before else ())
            if not connection.in_atomic_block:
                self._use(layer)
            STAGE.have(scenes)

    def _use(self, layer: Layer) -> None:
        name = f"{self.name}_{layer.name}"
        if name == settings.DATABASES["default"]["NAME"] and name in self._clean:
            return
        connections.close_all()
        if name not in self._clean:
            if layer not in self._kept:
                self._kept[layer] = kept(layer)
            server.copy(self._kept[layer], name)
            self._clean.add(name)
        _connect_to(name)

    def spoil(self) -> None:
        """Note that a test has changed the copy in use."""
        self._clean.discard(settings.DATABASES["default"]["NAME"])

    def end(self) -> None:
        """Drop this worker's copies."""
        STAGE.keep()
        connections.close_all()
        server.drop(*server.databases(f"{self.name}_"))


@contextmanager
def elsewhere(name: str) -> Iterator[None]:
    """Have Django on another database of the server meanwhile."""
    own = str(settings.DATABASES["default"]["NAME"])
    connections.close_all()
    _connect_to(name)
    try:
        yield
    finally:
        connections.close_all()
        _connect_to(own)


def _connect_to(name: str) -> None:
    """Have every line that is opened from now on, in any thread, lead to this database."""
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
    connections.settings["default"]["NAME"] = name
