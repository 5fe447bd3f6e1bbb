"""The background engine: Celery with settings that lose nothing, and the doorbell that pages ring.

State of record is never in the queue. The register and the job rows say what is due; a message only says
"look now", and the schedule looks anyway. So a doorbell that nobody hears costs seconds, not work.
"""

import logging
import os
import socket
import time
from typing import Any

import structlog
from celery import Celery
from celery.signals import (
    after_task_publish,
    beat_init,
    setup_logging,
    task_postrun,
    task_prerun,
    worker_init,
    worker_process_init,
    worker_ready,
)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")

from django.conf import settings

from alliance.core.origin import refuse_to_start_without
from alliance.runtime.health import sign_of_scheduler
from alliance.runtime.leash import die_with_parent
from alliance.runtime.places import places

log = logging.getLogger(__name__)

CELERY_NODE = f"celery@{socket.gethostname()}"
LONGEST_TASK = 300
DOORBELL_SECONDS = settings.ALLIANCE_DOORBELL_TIMEOUT
DEAF_SECONDS = 5.0
# How a page talks to the broker: one try, one second.
DOORBELL = {
    "socket_timeout": DOORBELL_SECONDS,
    "socket_connect_timeout": DOORBELL_SECONDS,
    "max_retries": 0,
    "retry_on_timeout": False,
}

app = Celery("alliance", broker=settings.REDIS_URL or places(settings.ALLIANCE_DATA).broker_url)
app.conf.update(
    accept_content=["json"],
    task_serializer="json",
    task_ignore_result=True,
    timezone="UTC",
    # A task is acknowledged when it has ended, and goes back to the queue when its process is killed.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    broker_transport_options={
        "visibility_timeout": LONGEST_TASK + 60,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_timeout": settings.ALLIANCE_BROKER_TIMEOUT,
        "socket_connect_timeout": settings.ALLIANCE_BROKER_CONNECT_TIMEOUT,
        "socket_keepalive": True,
    },
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    # Documents take memory: a child that has grown is replaced, one that hangs is stopped.
    task_soft_time_limit=LONGEST_TASK - 60,
    task_time_limit=LONGEST_TASK,
    worker_concurrency=int(os.environ.get("ALLIANCE_WORKER_PROCESSES", "2")),
    worker_max_tasks_per_child=50,
    worker_max_memory_per_child=700_000,  # KiB
    worker_send_task_events=False,
    # The schedule is fixed, and short enough to need no memory of its last run.
    beat_scheduler="celery.beat:Scheduler",
    beat_max_loop_interval=5,
    beat_schedule={
        "deliver what the register says is due": {
            "task": "alliance.relay",
            "schedule": 15.0,
            "options": {"expires": 15},
        },
        "mail invitations": {"task": "alliance.mail_invitations", "schedule": 15.0, "options": {"expires": 15}},
        "send mail about accounts": {
            "task": "alliance.send_account_mail",
            "schedule": 30.0,
            "options": {"expires": 30},
        },
        "note credentials that the register has not heard of": {
            "task": "alliance.note_credentials",
            "schedule": 3600.0,
            "options": {"expires": 3600},
        },
        "take up jobs left behind": {"task": "alliance.sweep_jobs", "schedule": 10.0, "options": {"expires": 10}},
        "close decisions past their deadline": {
            "task": "governance.close_due",
            "schedule": 60.0,
            "options": {"expires": 60},
        },
        "carry the ledger's sums forward": {
            "task": "funds.carry_forward",
            "schedule": 1800.0,
            "options": {"expires": 1800},
        },
        "keep a large ledger's open data": {
            "task": "reporting.keep_open_data",
            "schedule": 1800.0,
            "options": {"expires": 1800},
        },
        "remind of instalments": {"task": "funds.remind_due", "schedule": 3600.0, "options": {"expires": 3600}},
    },
)

_deaf_until = 0.0


def ring(task_name: str, *args: Any) -> bool:
    """Ask for a task to be run soon; say whether the broker took it. Never raises, never takes over a second.

    A broker that did not answer is left alone for some seconds, so that pages stay quick while it is away.
    """
    global _deaf_until
    if time.monotonic() < _deaf_until:
        return False
    try:
        with app.connection_for_write(transport_options=DOORBELL) as connection:
            headers = {"request_id": structlog.contextvars.get_contextvars().get("request_id")}
            app.send_task(task_name, args=args, headers=headers, connection=connection, retry=False, ignore_result=True)
    except Exception as failure:  # whatever the broker's client raises: the schedule will look anyway
        _deaf_until = time.monotonic() + DEAF_SECONDS
        log.warning("The broker did not take %s: %s", task_name, failure)
        return False
    return True


def broker_answers() -> bool:
    """Say whether the broker answers within a second."""
    try:
        with app.connection_for_write(transport_options=DOORBELL) as connection:
            return bool(connection.default_channel.client.ping())
    except Exception:  # any failure means no
        return False


@setup_logging.connect
def keep_our_logs(**kwargs: Any) -> None:
    """Leave logging as the settings have it; Celery would replace it."""


@task_prerun.connect
def name_the_task(task_id: str, task: Any, **kwargs: Any) -> None:
    """Have every log line of a task carry it, and the request that rang for it."""
    rang = getattr(task.request, "request_id", None)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(task=task.name, task_id=task_id, **({"request_id": rang} if rang else {}))


@task_postrun.connect
def forget_the_task(**kwargs: Any) -> None:
    structlog.contextvars.clear_contextvars()


worker_init.connect(refuse_to_start_without)
beat_init.connect(refuse_to_start_without)


@worker_process_init.connect
def leash(**kwargs: Any) -> None:
    """Keep the pool's processes from outliving a worker that was killed."""
    die_with_parent()


@worker_ready.connect
def look_at_once(**kwargs: Any) -> None:
    """Take up at the start what was left behind."""
    ring("alliance.sweep_jobs")
    ring("alliance.relay")


@beat_init.connect
def leave_a_sign(**kwargs: Any) -> None:
    """Let the scheduler's health be seen: it leaves a sign at each message that the broker took."""
    after_task_publish.connect(_sign, weak=False)


def _sign(**kwargs: Any) -> None:
    sign_of_scheduler().touch()
