"""Health checks of the containers: `python -m alliance.runtime.health web|worker|scheduler`; exit 0 is healthy."""

import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

# The schedule's most frequent entry runs every ten seconds.
SILENCE_SECONDS = 60


def web() -> bool:
    """Ask the server for its health address, under a host name that it accepts."""
    port = os.environ.get("ALLIANCE_BIND", "127.0.0.1:8000").rsplit(":", 1)[1]
    host = os.environ.get("ALLIANCE_HOSTS", "localhost").split(",")[0].strip().lstrip(".")
    request = urllib.request.Request(f"http://127.0.0.1:{port}/healthz", headers={"Host": host})
    with urllib.request.urlopen(request, timeout=5) as response:  # noqa: S310  a fixed address on this machine
        return bool(response.status == 200)


def worker() -> bool:
    """Ask this container's worker for a sign of life through the broker."""
    from alliance.celery import CELERY_NODE

    command = [sys.executable, "-m", "celery", "--app", "alliance.celery", "inspect", "ping"]
    return subprocess.run([*command, "--destination", CELERY_NODE, "--timeout", "5"], check=False).returncode == 0


def scheduler() -> bool:
    """Look when the scheduler last handed a message to the broker."""
    return time.time() - sign_of_scheduler().stat().st_mtime < SILENCE_SECONDS


def sign_of_scheduler() -> Path:
    return Path(os.environ.get("ALLIANCE_DATA") or Path(__file__).parents[2] / "var") / "scheduler-heard"


CHECKS = {"web": web, "worker": worker, "scheduler": scheduler}

if __name__ == "__main__":
    try:
        healthy = CHECKS[sys.argv[1]]()
    except OSError as failure:
        sys.stderr.write(f"{failure}\n")
        healthy = False
    sys.exit(not healthy)
