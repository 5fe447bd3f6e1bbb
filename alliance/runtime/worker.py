"""A web worker that answers everybody who has connected before it goes."""

from gunicorn.workers.sync import SyncWorker


class LastingWorker(SyncWorker):
    """Asked to end, it takes those who wait in line at its socket too: the kernel has accepted them already."""

    def run(self) -> None:
        super().run()
        for listener in self.sockets:
            self._empty(listener)

    def _empty(self, listener) -> None:  # type: ignore[no-untyped-def]  # gunicorn has no types
        """Answer until nobody waits; the server ends it when its grace is over."""
        while True:
            self.notify()
            try:
                self.accept(listener)
            except OSError:
                return
