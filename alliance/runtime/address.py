"""The portal's address on this machine."""

import socket
import urllib.error
import urllib.request

LOOPBACK = "127.0.0.1"
# Straight to this machine, whatever proxy the environment names.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def url(port: int) -> str:
    return f"http://{LOOPBACK}:{port}/"


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def page_answers(address: str) -> bool:
    """Say whether a page answers 200."""
    try:
        with _opener.open(address, timeout=30) as response:
            return bool(response.status == 200)
    except (OSError, urllib.error.URLError):
        return False
