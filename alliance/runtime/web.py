"""The web server's configuration (gunicorn reads the names of this module).

Sync workers behind persistent database connections; the application is loaded once and shared by fork. A stop answers
whoever has connected: the requests in hand, and those that wait in line. The portal writes its own line per request.
"""

import os
import sys
from typing import Any

from alliance.runtime import worker
from alliance.runtime.leash import die_with_parent

bind = os.environ.get("ALLIANCE_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("ALLIANCE_WEB_WORKERS", "2"))
worker_class = "alliance.runtime.worker.LastingWorker"
preload_app = True
timeout = int(os.environ.get("ALLIANCE_WEB_TIMEOUT", "60"))
graceful_timeout = int(os.environ.get("ALLIANCE_WEB_GRACE", "20"))
max_requests = 5000
max_requests_jitter = 500
errorlog = "-"
control_socket_disable = True
if sys.platform == "linux":
    worker_tmp_dir = "/dev/shm"  # noqa: S108  the workers' heartbeat, kept off the disk


def on_starting(server: Any) -> None:
    """Serve nothing while links in mail would lead nowhere."""
    from alliance.core.origin import refuse_to_start_without

    refuse_to_start_without()


def post_fork(server: Any, child: Any) -> None:
    """Keep a worker from outliving a server that was killed."""
    die_with_parent()


def when_ready(server: Any) -> None:
    """Prepare a polite stop, and load the broker's client before the workers are forked: their first doorbell is quick."""
    worker.close_door_first(server)
    from kombu.transport import redis  # noqa: F401

    from alliance.celery import app

    app.finalize()
