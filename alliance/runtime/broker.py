"""The embedded Valkey of a data folder: the queue, kept in an append-only file, on a Unix socket."""

import socket
from pathlib import Path

from alliance.runtime.places import Places, places
from alliance.runtime.programs import valkey_server


def default_url(data: Path | str) -> str:
    """Return the address of the embedded broker of a data folder; starts nothing."""
    return places(data).broker_url


def command(where: Places) -> list[str]:
    """Return the broker's command line."""
    options = {
        "port": "0",
        "unixsocket": str(where.broker_socket),
        "unixsocketperm": "700",
        "dir": str(where.broker),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
    }
    return [str(valkey_server()), *(word for name, value in options.items() for word in (f"--{name}", value))]


def clear_socket(where: Places) -> None:
    """Remove the socket of a broker that ended badly."""
    if not answers(where):
        where.broker_socket.unlink(missing_ok=True)


def answers(where: Places) -> bool:
    """Say whether the broker answers."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(1)
        try:
            line.connect(str(where.broker_socket))
            line.sendall(b"PING\r\n")
            return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False
