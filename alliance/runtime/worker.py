"""A web server that stops without breaking a connection: its door closes first, then whoever is inside is answered."""

import ctypes
import mmap
import socket
import struct
import sys
from typing import Any

from gunicorn.workers.sync import SyncWorker

SO_ATTACH_FILTER = 26  # Linux; the socket module does not name it
RETURN_NOTHING = struct.pack("HBBI", 0x06, 0, 0, 0)  # a packet filter of one instruction: let nothing through
_stopping = mmap.mmap(-1, 1)  # shared with the workers, which are forked from the server that sets it


def close_door_first(server: Any) -> None:
    """Have the server, when it is to stop, refuse newcomers before it closes the socket on those who wait in line."""
    stop = server.stop

    def stop_politely(graceful: bool = True) -> None:
        _stopping[0] = 1
        for listener in server.LISTENERS:
            close_door(listener.sock)
        stop(graceful)

    server.stop = stop_politely


def close_door(listener: socket.socket) -> None:
    """Let no new connection reach a listening socket; those already accepted by the kernel stay in line.

    A newcomer's first packet is dropped; it is sent again a second later, when the socket is gone, and refused.
    """
    if sys.platform == "linux" and listener.family in (socket.AF_INET, socket.AF_INET6):
        instructions = ctypes.create_string_buffer(RETURN_NOTHING)
        program = struct.pack("@HP", 1, ctypes.addressof(instructions))
        listener.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)


class LastingWorker(SyncWorker):
    """When the whole server stops it answers those in line too. A worker that is merely replaced leaves them to the next."""

    def run(self) -> None:
        super().run()
        if _stopping[0]:
            for listener in self.sockets:
                self._empty(listener)

    def _empty(self, listener: Any) -> None:
        """Answer until nobody waits; the server's grace bounds it."""
        while True:
            self.notify()
            try:
                self.accept(listener)
            except OSError:
                listener.close()
                return
