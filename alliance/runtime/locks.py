"""Locks between processes, by `flock`: the kernel lets go of them however a process ends."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Lock:
    """One lock file, held shared by many or exclusively by one."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def take(self, patience: float = 0.0) -> bool:
        """Take it exclusively (also from shared), waiting up to `patience` seconds; say whether it was had."""
        deadline = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    return False
                time.sleep(0.1)
            else:
                return True

    def share(self) -> None:
        """Take it shared, or step down to shared; wait for whoever has it exclusively."""
        fcntl.flock(self._file, fcntl.LOCK_SH)

    def release(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        os.close(self._file)


@contextmanager
def exclusively(path: Path) -> Iterator[None]:
    """Hold the lock file alone while the block runs."""
    lock = Lock(path)
    try:
        fcntl.flock(lock._file, fcntl.LOCK_EX)
        yield
    finally:
        lock.close()
