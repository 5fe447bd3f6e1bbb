"""A process that does not outlive its parent, even where the parent is killed outright (Linux)."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(ending: signal.Signals = signal.SIGKILL) -> None:
    """Ask the kernel to send `ending` to this process when its parent has gone. Elsewhere than on Linux: nothing."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, ending, 0, 0, 0)


def leashed(ending: signal.Signals) -> Callable[[], None]:
    """Return what a child runs between fork and exec: the leash, unless the parent has gone meanwhile."""
    parent = os.getpid()

    def put_on() -> None:
        die_with_parent(ending)
        if os.getppid() != parent:
            os._exit(1)

    return put_on
